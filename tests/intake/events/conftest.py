"""Fixtures for events: people of a new station, rolled back after the test."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Actor
from tests.intake.events.people import EventPeople


@pytest.fixture
async def event_people(tx: AsyncSession, desk: Actor) -> EventPeople:
    """Register a desk and two residents."""
    return await EventPeople.create(tx, desk)
