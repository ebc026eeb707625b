"""People of a new station, in a transaction that is rolled back."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Actor
from tests.intake.events.concurrent_joins import EventPeople


@pytest.fixture
async def event_people(tx: AsyncSession, desk: Actor) -> EventPeople:
    """A desk and two residents."""
    return await EventPeople.create(tx, desk)
