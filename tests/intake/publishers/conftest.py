"""A machine of a partner."""

import pytest

from tests.intake.publishers.machine import Machine
from tests.intake.scene import Scene


@pytest.fixture
async def machine(scene: Scene) -> Machine:
    """One that may publish everything that partners can say."""
    return await Machine.ready(scene)
