"""What clients say about events, and what they get."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from services.intake.events.attendance import Who
from services.intake.events.models import MOST_PLACES, Details, State
from services.intake.events.participation import Part, Participation
from services.intake.events.queries import Participant, Seen
from shared.contracts.events import EventKind, EventRole
from shared.language import N_
from shared.web.http import Body, View

Title = Annotated[str, StringConstraints(min_length=2, max_length=60)]
Place = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Places = Annotated[int, Field(ge=0, le=MOST_PLACES)]


CodeTyped = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class EventBody(Body):
    """An event as staff write it; times name their offset."""

    kind: EventKind
    title: Title
    summary: Annotated[str, StringConstraints(max_length=2000)] = ""
    place: Place
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None

    def details(self) -> Details:
        """The same for the rules to judge."""
        return Details(**dict(self))


class Act(Body):
    """An act, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None


class Join(Act):
    """In which role; `insist` joins although another event is at that time."""

    role: EventRole = "guest"
    insist: bool = False


class CheckIn(Body):
    """Whom: by the code that they show, or by who they are; one of the two."""

    code: CodeTyped | None = None
    resident_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.code is None) == (self.resident_id is None):
            raise ValueError(N_("Please give either a code or a resident"))
        return self

    def who(self) -> Who:
        """The same for the rules to judge."""
        return Who(self.code, self.resident_id)


class CheckOut(CheckIn):
    """Whom; `minutes` are those of a list on paper, where there was no check-in."""

    minutes: Annotated[int, Field(ge=0, le=1440 * 3)] | None = None


class Undo(Body):
    """Whose check-in was a mistake."""

    resident_id: UUID


class Close(Body):
    """What came of the event, in words."""

    result: Words | None = None


class Cancel(Body):
    """Why; everybody who joined reads it."""

    reason: Reason


class PartView(View):
    """Somebody's part in an event."""

    id: UUID
    version: int
    role: EventRole
    state: Part
    joined_at: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int | None


class EventView(View):
    """An event; `helpers` and `guests` are the places taken, `mine` is the reader's own part."""

    id: UUID
    version: int
    state: State
    kind: EventKind
    title: str
    summary: str
    place: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    helper_places: int
    helpers: int
    guest_places: int
    guests: int
    partner_id: UUID | None
    partner: str | None
    reason: str | None
    result: str | None
    mine: PartView | None

    @classmethod
    def of(cls, seen: Seen) -> Self:
        """The view of an event for that reader."""
        event = seen.event
        fields = {name: getattr(event, name) for name in cls.model_fields if hasattr(event, name)}
        mine = PartView.model_validate(seen.mine) if seen.mine else None
        return cls(**fields, partner=seen.partner, mine=mine)


class AttendanceView(PartView):
    """Who was checked in or out; `changed` is false where they had been before."""

    resident_id: UUID
    resident_name: str
    changed: bool

    @classmethod
    def of(cls, part: Participation, name: str, *, changed: bool) -> Self:
        """The view for the desk."""
        own = PartView.model_validate(part)
        return cls(**dict(own), resident_id=part.resident_id, resident_name=name, changed=changed)


class ParticipantView(PartView):
    """Somebody who takes part, or left; for the desk."""

    resident_id: UUID
    resident_name: str
    building: str | None
    unit: int | None
    number: str | None

    @classmethod
    def of(cls, one: Participant) -> Self:
        """The view for the desk."""
        home = one.person.home
        return cls(
            **dict(PartView.model_validate(one.part)),
            resident_id=one.part.resident_id,
            resident_name=one.person.name,
            building=home.building if home else None,
            unit=home.unit if home else None,
            number=home.number if home else None,
        )


class CodeView(View):
    """A code to show at the door, for coming `in` or going `out`, and until when it is shown."""

    code: str
    purpose: Literal["in", "out"]
    valid_until: datetime
