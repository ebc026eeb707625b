"""A machine of a partner."""

import pytest

from tests.intake.publishers.partner_client import Machine
from tests.intake.station_client import Scene


@pytest.fixture
async def machine(scene: Scene) -> Machine:
    """One that may publish everything that partners can say."""
    return await Machine.ready(scene)
