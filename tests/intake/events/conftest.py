"""People of a new station, in a transaction that is rolled back."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Actor
from tests.intake.events.concurrent_joins import Crowd


@pytest.fixture
async def crowd(tx: AsyncSession, desk: Actor) -> Crowd:
    """A desk and two residents."""
    return await Crowd.met(tx, desk)
