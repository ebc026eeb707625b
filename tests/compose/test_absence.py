"""Volunteers and notify are stopped, every replica: residents go on, and later it all arrives."""

from tests.compose.deployment import Deployment
from tests.journeys.test_service_outage import act_during_outage, assert_arrives_once
from tests.support.api_clients import Person

STOPPED_SERVICES = ("volunteers", "notify")


async def test_what_happens_meanwhile_arrives_once(deployment: Deployment, desk: Person) -> None:
    await deployment.compose("stop", *STOPPED_SERVICES)
    try:
        person, attendance = await act_during_outage(desk)
    finally:
        await deployment.compose("start", *STOPPED_SERVICES)
    await assert_arrives_once(person, attendance)
