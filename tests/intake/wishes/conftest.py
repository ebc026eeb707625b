"""People of a new station, in a transaction that is rolled back."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Actor
from tests.intake.wishes.people import People


@pytest.fixture
async def people(tx: AsyncSession, desk: Actor) -> People:
    """Whoever has to do with a wish."""
    return await People.create(tx, desk)
