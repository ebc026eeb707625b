"""The table of deliveries."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from services.notify.wording.rules import ChannelName
from shared.aggregate import choice_check, in_choices
from shared.db import TimestampTZ
from shared.language import Language

State = Literal["queued", "leased", "sent", "failed"]
UNFINISHED_STATES: tuple[State, ...] = ("queued", "leased")

# The kind of work that wakes the sender.
QUEUED = "deliveries queued"


class Delivery(Base):
    """One notification to one recipient over one channel, inserted once for each `cause`.

    `due_at` is the next attempt of a queued delivery, the end of the lease of a leased one, and
    None after the outcome. `params` are plain; `sealed` maps further params to sealed text, erased
    at `expires_at`. `via` is the adapter that sent the delivery, `subject` the path of what the
    delivery is about. `causation` is the message that caused the delivery, `traceparent` the span.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("recipient_id", "channel", "cause"),
        choice_check("channel", get_args(ChannelName)),
        choice_check("state", get_args(State)),
        CheckConstraint(
            f"({in_choices('state', UNFINISHED_STATES)}) = (due_at IS NOT NULL)", name="due"
        ),
        choice_check("language", get_args(Language)),
        Index("ix_deliveries_station_id_id", "station_id", "id"),
        Index("ix_deliveries_inbox", "station_id", "recipient_id", "channel", "id"),
        Index(
            "ix_deliveries_unread",
            "station_id",
            "recipient_id",
            "channel",
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_deliveries_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_deliveries_sealed", "expires_at", postgresql_where=text("sealed IS NOT NULL")),
        Index(
            "ix_deliveries_addressed",
            "created_at",
            postgresql_where=text("address_sealed IS NOT NULL"),
        ),
        Index("ix_deliveries_correlation", "correlation"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    recipient_id: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str]
    cause: Mapped[UUID] = mapped_column(Uuid)
    template: Mapped[str]
    language: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    address_sealed: Mapped[str | None]
    subject: Mapped[str]
    correlation: Mapped[UUID] = mapped_column(Uuid)
    causation: Mapped[str | None]
    traceparent: Mapped[str | None]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    via: Mapped[str | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)
    due_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    expires_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    sent_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    read_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
