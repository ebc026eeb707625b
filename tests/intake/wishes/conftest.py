"""Fixtures for wishes: people of a new station, rolled back after the test."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Actor
from tests.intake.wishes.people import People


@pytest.fixture
async def people(tx: AsyncSession, desk: Actor) -> People:
    """Create the actors around a wish."""
    return await People.create(tx, desk)
