"""Tables of volunteers and their duties, with ids of residents and no names."""

from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar
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
from services.volunteers.people.policies import POLICIES
from shared import clock
from shared.aggregate import Aggregate, action, choice_check, only_in, state_check
from shared.auth import Actor
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved
from shared.db import TimestampTZ
from shared.errors import Conflict, NotFound
from shared.language import N_


class VolunteerState(StrEnum):
    """The states of a volunteer."""

    APPLIED = "applied"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    LEFT = "left"


M = TypeVar("M", VolunteerApplied, VolunteerApproved)


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
        state_check(VolunteerState),
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
        volunteer = cls.new(
            station,
            resident_id=resident,
            state=VolunteerState.APPLIED.value,
            skills=list(dict.fromkeys(skills)),
            times=list(dict.fromkeys(times)),
            approved_at=None,
        )
        volunteer.pending.append(volunteer._message(VolunteerApplied))
        return volunteer

    @action(
        only_in(VolunteerState.APPLIED, error=AlreadyDecided),
        roles=POLICIES["volunteers.approve"],
    )
    def approve(self, _: Actor) -> None:
        """Approve the application. Raises: AlreadyDecided."""
        self.state = VolunteerState.APPROVED.value
        self.approved_at = clock.now()
        self.pending.append(self._message(VolunteerApproved))

    def snapshot_message(self) -> VolunteerApplied | VolunteerApproved | None:
        """Return the message that announces the current state; None for a state without one."""
        if self.state == VolunteerState.APPLIED:
            return self._message(VolunteerApplied)
        return self._message(VolunteerApproved) if self.state == VolunteerState.APPROVED else None

    def _message(self, contract: type[M]) -> M:
        return contract(volunteer_id=self.id, resident_id=self.resident_id)


class Duty(Base):
    """A duty of a resident, as the latest message about the duty says.

    `resident_id` is None where no volunteer has the duty: the row stays, so that a late message
    opens no duty. `version` is the sequence of the latest message; `starts_at` and `ends_at` are
    when an event begins and ends, `until` is when the lease of a wish ends. `due` orders duties:
    those without a time come last.
    """

    __tablename__ = "duties"
    __table_args__ = (
        choice_check("kind", ("wish", "event")),
        choice_check("state", ("open", "closed")),
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
