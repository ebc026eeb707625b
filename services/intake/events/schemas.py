"""What clients say about events, and what they get."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from services.intake.events.attendance import AttendeeRef
from services.intake.events.models import MAX_PLACES, EventFields, EventState
from services.intake.events.participation import Participation, ParticipationState
from services.intake.events.queries import EventForReader, Participant
from shared.contracts.events import EventKind, EventRole
from shared.language import N_
from shared.web.http import RequestModel, ResponseModel

Title = Annotated[str, StringConstraints(min_length=2, max_length=60)]
Place = Annotated[str, StringConstraints(min_length=1, max_length=100)]
FreeText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Places = Annotated[int, Field(ge=0, le=MAX_PLACES)]


TypedCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class EventBody(RequestModel):
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

    def to_fields(self) -> EventFields:
        """The same for the rules to judge."""
        return EventFields(**dict(self))


class OnBehalfRequest(RequestModel):
    """An act, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None


class Join(OnBehalfRequest):
    """In which role; `insist` joins although another event is at that time."""

    role: EventRole = "guest"
    insist: bool = False


class CheckIn(RequestModel):
    """Whom: by the code that they show, or by who they are; one of the two."""

    code: TypedCode | None = None
    resident_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.code is None) == (self.resident_id is None):
            raise ValueError(N_("Please give either a code or a resident"))
        return self

    def attendee(self) -> AttendeeRef:
        """The same for the rules to judge."""
        return AttendeeRef(self.code, self.resident_id)


class CheckOut(CheckIn):
    """Whom; `minutes` are those of a list on paper, where there was no check-in."""

    minutes: Annotated[int, Field(ge=0, le=1440 * 3)] | None = None


class Undo(RequestModel):
    """Whose check-in was a mistake."""

    resident_id: UUID


class Close(RequestModel):
    """What came of the event, in words."""

    result: FreeText | None = None


class Cancel(RequestModel):
    """Why; everybody who joined reads it."""

    reason: Reason


class ParticipationView(ResponseModel):
    """Somebody's part in an event."""

    id: UUID
    version: int
    role: EventRole
    state: ParticipationState
    joined_at: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int | None


class EventView(ResponseModel):
    """An event; `helpers` and `guests` are the places taken, `mine` is the reader's own part."""

    id: UUID
    version: int
    state: EventState
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
    mine: ParticipationView | None

    @classmethod
    def of(cls, for_reader: EventForReader) -> Self:
        """The view of an event for that reader."""
        event = for_reader.event
        fields = {name: getattr(event, name) for name in cls.model_fields if hasattr(event, name)}
        mine = ParticipationView.model_validate(for_reader.mine) if for_reader.mine else None
        return cls(**fields, partner=for_reader.partner, mine=mine)


class AttendanceView(ParticipationView):
    """Who was checked in or out; `changed` is false where they had been before."""

    resident_id: UUID
    resident_name: str
    changed: bool

    @classmethod
    def of(cls, participation: Participation, name: str, *, changed: bool) -> Self:
        """The view for the desk."""
        own = ParticipationView.model_validate(participation)
        return cls(
            **dict(own), resident_id=participation.resident_id, resident_name=name, changed=changed
        )


class ParticipantView(ParticipationView):
    """Somebody who takes part, or left; for the desk."""

    resident_id: UUID
    resident_name: str
    building: str | None
    unit: int | None
    number: str | None

    @classmethod
    def of(cls, participant: Participant) -> Self:
        """The view for the desk."""
        home = participant.person.home
        return cls(
            **dict(ParticipationView.model_validate(participant.participation)),
            resident_id=participant.participation.resident_id,
            resident_name=participant.person.name,
            building=home.building if home else None,
            unit=home.unit if home else None,
            number=home.number if home else None,
        )


class CodeView(ResponseModel):
    """A code to show at the door, for coming `in` or going `out`, and until when it is shown."""

    code: str
    purpose: Literal["in", "out"]
    valid_until: datetime
