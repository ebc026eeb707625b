"""Tables of volunteers and their duties, with ids of residents and no names."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.volunteers.base import Base
from shared import clock
from shared.aggregate import Aggregate
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from shared.db import TimestampTZ
from shared.errors import Conflict, NotFound
from shared.language import N_

State = Literal["applied", "approved", "suspended", "left"]


class AlreadyApplied(Conflict):
    """A second application of a resident at a station."""

    title = N_("There is already an application of this resident")


class AlreadyDecided(Conflict):
    """An approval of an application that has been decided."""

    title = N_("This application has been decided already")


class NoApplication(NotFound):
    """A missing application: the resident has not applied."""

    title = N_("There is no application yet")


class Volunteer(Aggregate, Base):
    """A resident who helps: `applied → approved`; nothing leads to the other states yet."""

    __tablename__ = "volunteers"
    __table_args__ = (
        UniqueConstraint("station_id", "resident_id"),
        CheckConstraint("state IN ('applied', 'approved', 'suspended', 'left')", name="state"),
        CheckConstraint("state = 'applied' OR approved_at IS NOT NULL", name="approved_once"),
    )
    plural = "volunteers"

    resident_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    times: Mapped[list[str]] = mapped_column(ARRAY(Text))
    approved_at: Mapped[datetime | None] = mapped_column(TimestampTZ)

    @classmethod
    def apply(cls, station: UUID, resident: UUID, skills: list[str], times: list[str]) -> Self:
        """Create the application of `resident`."""
        return cls.new(
            station,
            resident_id=resident,
            state="applied",
            skills=list(dict.fromkeys(skills)),
            times=list(dict.fromkeys(times)),
            approved_at=None,
        )

    def approve(self) -> None:
        """Approve the application. Raises: AlreadyDecided."""
        if self.state != "applied":
            raise AlreadyDecided
        self.state = "approved"
        self.approved_at = clock.now()

    def snapshot_message(self) -> VolunteerApplied | VolunteerApproved | None:
        """Return the message that announces the current state; None for a state without one."""
        if self.state == "applied":
            return VolunteerApplied(volunteer_id=self.id, resident_id=self.resident_id)
        if self.state == "approved":
            return VolunteerApproved(volunteer_id=self.id, resident_id=self.resident_id)
        return None


class Duty(Base):
    """A duty of a resident, as the latest message about the duty says.

    `resident_id` is None where no volunteer has the duty: the row stays, so that a late message
    opens no duty. `version` is the sequence of the latest message; `starts_at` and `ends_at` are
    when an event begins and ends, `until` is when the lease of a wish ends. `due` orders duties:
    those without a time come last.
    """

    __tablename__ = "duties"
    __table_args__ = (
        CheckConstraint("kind IN ('wish', 'event')", name="kind"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("state = 'closed' OR resident_id IS NOT NULL", name="open_has_owner"),
        Index(None, "station_id", "resident_id", postgresql_where="state = 'open'"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID | None] = mapped_column(Uuid)
    title: Mapped[str]
    state: Mapped[str]
    event_id: Mapped[UUID | None] = mapped_column(Uuid)
    starts_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    ends_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    until: Mapped[datetime | None] = mapped_column(TimestampTZ)
    version: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[datetime] = column_property(
        func.coalesce(starts_at, until, text("'infinity'::timestamptz")), deferred=True
    )

    @property
    def about(self) -> str:
        """The path of the event or the wish: `events/0190…`, `wishes/0190…`.

        A duty stored before the column `event_id` existed has the path of the participation.
        """
        if self.kind == "wish":
            return f"wishes/{self.subject_id}"
        return f"events/{self.event_id}" if self.event_id else f"participations/{self.subject_id}"
