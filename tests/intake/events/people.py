"""The people around an event as actors of one station, and the events that they plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions
from services.intake.events.models import Event, EventFields
from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from shared import clock
from shared.auth import Actor, Role
from shared.contracts.envelope import Envelope
from tests.support.messages import list_recorded

STARTS_AFTER = timedelta(hours=2)
EVENT_DURATION = timedelta(minutes=90)


def make_event_fields(**overrides: Any) -> EventFields:
    """Build a clean-up in two hours, of an hour and a half, for five helpers and twenty guests."""
    starts_at: datetime = overrides.pop("starts_at", clock.now() + STARTS_AFTER)
    values: dict[str, Any] = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "summary": "一起把楼道扫干净。",
        "place": "3 栋楼下",
        "starts_at": starts_at,
        "ends_at": starts_at + EVENT_DURATION,
        "helper_places": 5,
        "guest_places": 20,
        **overrides,
    }
    return EventFields(**values)


@dataclass(frozen=True)
class EventPeople:
    """A desk and two residents."""

    desk: Actor
    helper: Actor
    guest: Actor

    @classmethod
    async def create(cls, tx: AsyncSession, desk: Actor) -> Self:
        """Register two residents of the desk's station."""
        return cls(desk, await register_resident(tx, desk), await register_resident(tx, desk))

    async def publish_event(self, tx: AsyncSession, **overrides: Any) -> Event:
        """Create and publish an event."""
        event = await actions.create(tx, self.desk, make_event_fields(**overrides))
        return await actions.publish(tx, self.desk, event.id)


async def register_resident(tx: AsyncSession, desk: Actor) -> Actor:
    """Register a resident."""
    person = await residents.register(tx, desk, ResidentFields(name="演示居民"))
    return Actor(desk.station, person.id, frozenset({Role.RESIDENT}))


async def list_messages_about(tx: AsyncSession, subject: str) -> list[Envelope]:
    """List the messages about a subject, oldest first."""
    return await list_recorded(tx, subject=subject)


def short_type_names(messages: list[Envelope]) -> list[str]:
    """List the types of messages of events without prefix and version."""
    return [message.type.removeprefix("linli.event.").removesuffix(".v1") for message in messages]
