"""The people around an event, as actors of one station, and events as they are planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions
from services.intake.events.models import Details, Event
from services.intake.residents import actions as register
from services.intake.residents import models as residents
from shared import clock
from shared.auth import Actor, Role
from shared.bus.tables import outbox
from shared.contracts.envelope import Envelope

SOON = timedelta(hours=2)
LENGTH = timedelta(minutes=90)


def planned(**other: Any) -> Details:
    """A clean-up in two hours, of an hour and a half, with five helpers and twenty guests."""
    begins: datetime = other.pop("starts_at", clock.now() + SOON)
    values: dict[str, Any] = {
        "kind": "clean_up",
        "title": "楼道大扫除",
        "summary": "一起把楼道扫干净。",
        "place": "3 栋楼下",
        "starts_at": begins,
        "ends_at": begins + LENGTH,
        "helper_places": 5,
        "guest_places": 20,
        **other,
    }
    return Details(**values)


@dataclass(frozen=True)
class Crowd:
    """A desk and two residents."""

    desk: Actor
    helper: Actor
    guest: Actor

    @classmethod
    async def met(cls, tx: AsyncSession, desk: Actor) -> Self:
        """New people of the desk's station."""
        return cls(desk, await resident(tx, desk), await resident(tx, desk))

    async def event(self, tx: AsyncSession, **other: Any) -> Event:
        """A published event."""
        event = await actions.create(tx, self.desk, planned(**other))
        return await actions.publish(tx, self.desk, event.id)


async def resident(tx: AsyncSession, desk: Actor) -> Actor:
    """Somebody on the register."""
    person = await register.register(tx, desk, residents.Details(name="演示居民"))
    return Actor(desk.station, person.id, frozenset({Role.RESIDENT}))


async def said_about(tx: AsyncSession, subject: str) -> list[Envelope]:
    """What was recorded about a subject, oldest first."""
    bodies = await tx.scalars(
        select(outbox.c.body).where(outbox.c.subject == subject).order_by(outbox.c.id)
    )
    return [Envelope.from_json(body) for body in bodies]


def names(messages: list[Envelope]) -> list[str]:
    """The short names of messages of events."""
    return [message.type.removeprefix("linli.event.").removesuffix(".v1") for message in messages]
