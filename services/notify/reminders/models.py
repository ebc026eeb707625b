"""A read copy of who comes to which event."""

from datetime import datetime, time, timedelta, timezone
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Interval, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.db import TimestampTZ

REMINDER_TIME = time(18)


class Reminder(Base):
    """A resident's part in an event as last heard of; `version` is the deciding sequence.

    `utc_offset` is the station's at the start, `remind_at` the evening before: None for who joined
    after it, whom the confirmation has just told. One that is over stays, so that a late message
    reminds nobody.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("state IN ('coming', 'over')", name="state"),
        Index(
            "ix_appointments_due",
            "remind_at",
            postgresql_where=text("state = 'coming' AND reminded_at IS NULL"),
        ),
        Index("ix_appointments_starts_at", "starts_at"),
    )

    participation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID] = mapped_column(Uuid)
    event_id: Mapped[UUID] = mapped_column(Uuid)
    title: Mapped[str]
    place: Mapped[str]
    role: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(TimestampTZ)
    utc_offset: Mapped[timedelta] = mapped_column(Interval)
    state: Mapped[str]
    remind_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    reminded_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    correlation: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(BigInteger)

    @property
    def local_start(self) -> datetime:
        """When it starts, by the station's clock."""
        return self.starts_at.astimezone(timezone(self.utc_offset))


def evening_before(starts_at: datetime) -> datetime:
    """Six in the evening of the day before, by the clock of the moment's own offset.

    A message brings no zone, only the offset at the start: on the eve of a change to summer time
    or back it comes an hour off. China changes no clocks.
    """
    return datetime.combine(
        starts_at.date() - timedelta(days=1), REMINDER_TIME, timezone(utc_offset_of(starts_at))
    )


def utc_offset_of(moment: datetime) -> timedelta:
    """How far the clock of an aware moment is ahead of UTC."""
    return moment.utcoffset() or timedelta(0)
