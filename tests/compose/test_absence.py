"""Volunteers and notify are stopped, every replica: residents go on, and later it all arrives."""

from tests.compose.deployment import Deployment
from tests.journeys.test_service_outage import arrives_once, meanwhile
from tests.support.api_clients import Person

OTHERS = ("volunteers", "notify")


async def test_what_happens_meanwhile_arrives_once(deployment: Deployment, desk: Person) -> None:
    await deployment.compose("stop", *OTHERS)
    try:
        person, attendance = await meanwhile(desk)
    finally:
        await deployment.compose("start", *OTHERS)
    await arrives_once(person, attendance)
