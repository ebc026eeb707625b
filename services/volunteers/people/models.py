"""Volunteers and their coming duties; no names here, only ids."""

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
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from shared.db import Aggregate, TimestampTZ
from shared.errors import Conflict, NotFound
from shared.language import N_

State = Literal["applied", "approved", "suspended", "left"]


class AlreadyApplied(Conflict):
    """One application per resident and station."""

    title = N_("There is already an application of this resident")


class AlreadyDecided(Conflict):
    """Only somebody who applied can be approved."""

    title = N_("This application has been decided already")


class NoApplication(NotFound):
    """The resident has not applied."""

    title = N_("There is no application yet")


class Volunteer(Aggregate, Base):
    """A resident who helps: `applied → approved`; suspending and leaving come later."""

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
        """A resident asks to help, says what they can do and when."""
        return cls.new(
            station,
            resident_id=resident,
            state="applied",
            skills=list(dict.fromkeys(skills)),
            times=list(dict.fromkeys(times)),
            approved_at=None,
        )

    def approve(self) -> None:
        """From now on they may take wishes; AlreadyDecided."""
        if self.state != "applied":
            raise AlreadyDecided
        self.state = "approved"
        self.approved_at = clock.now()

    def snapshot_message(self) -> VolunteerApplied | VolunteerApproved | None:
        """The message that says what holds of them now; None where there is none for it yet."""
        if self.state == "applied":
            return VolunteerApplied(volunteer_id=self.id, resident_id=self.resident_id)
        if self.state == "approved":
            return VolunteerApproved(volunteer_id=self.id, resident_id=self.resident_id)
        return None


class Duty(Base):
    """What somebody has taken on, as the latest message about it says.

    `resident_id` is None where no volunteer has it to do: the row stays, so that a late message
    opens nothing. `version` is the sequence of the message that decided; `starts_at` and `ends_at`
    are when an event begins and ends, `until` is when the lease of a wish ends. `due` orders them:
    what has no time comes last.
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
        """What it is about, to be followed: `events/0190…`, `wishes/0190…`.

        A participation where the event was not kept yet when it was heard of.
        """
        if self.kind == "wish":
            return f"wishes/{self.subject_id}"
        return f"events/{self.event_id}" if self.event_id else f"participations/{self.subject_id}"
