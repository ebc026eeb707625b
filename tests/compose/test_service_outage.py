"""An outage of all replicas of volunteers and notify, during which residents go on."""

from tests.compose.deployment import Deployment
from tests.journeys.test_service_outage import act_during_outage, assert_arrives_once
from tests.support.api_clients import ApiClient

STOPPED_SERVICES = ("volunteers", "notify")


async def test_actions_during_an_outage_take_effect_once(
    deployment: Deployment, desk: ApiClient
) -> None:
    await deployment.compose("stop", *STOPPED_SERVICES)
    try:
        person, attendance = await act_during_outage(desk)
    finally:
        await deployment.compose("start", *STOPPED_SERVICES)
    await assert_arrives_once(person, attendance)
