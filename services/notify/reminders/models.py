"""The table of reminders, a read copy of who participates in which event."""

from datetime import datetime, time, timedelta, timezone
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, Index, Interval, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.aggregate import choice_check
from shared.db import TimestampTZ

ReminderState = Literal["coming", "over"]

REMINDER_TIME = time(18)


class Reminder(Base):
    """A resident's participation as of the newest message, whose sequence is `version`.

    `utc_offset` is the station's at the start. `remind_at` is the evening before, or None for a
    resident who joined after that evening and has just read the confirmation. The row stays when
    the participation is over, so that a late message reminds nobody.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        choice_check("state", get_args(ReminderState)),
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
        """The start of the event in the station's time."""
        return self.starts_at.astimezone(timezone(self.utc_offset))


def evening_before(starts_at: datetime) -> datetime:
    """Return 18:00 on the day before `starts_at`, in the offset of `starts_at`.

    A message has no time zone, only the offset at the start: on the eve of a change to summer time
    or back, the result is an hour off. China changes no clocks.
    """
    day_before = starts_at.date() - timedelta(days=1)
    return datetime.combine(day_before, REMINDER_TIME, starts_at.tzinfo)
