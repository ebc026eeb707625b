"""Effects that features report for a trail: plain data, without HTTP and without the bus."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class TrailKey:
    """A correlation id within one station, and the messages that the service sent under it."""

    station: UUID
    correlation: UUID
    messages: Sequence[Envelope] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect of messages in a feature: a transfer of points, a delivery.

    `what` is its kind (a rule, a channel), `causation` the message that led to it, `to` the person
    whom it concerns, `until` its end.
    """

    kind: str
    id: UUID
    what: str
    state: str
    causation: str | None
    subject: str
    to: UUID | None = None
    amount: int | None = None
    attempts: int | None = None
    error: str | None = None
    at: datetime
    until: datetime | None = None
    due_at: datetime | None = None


Effects = Callable[[AsyncSession, TrailKey], Awaitable[Sequence[Effect]]]
