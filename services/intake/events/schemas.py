"""The requests and responses of events."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.intake.events.attendance import AttendeeRef
from services.intake.events.models import EventFields, EventState
from services.intake.events.participation import ParticipationState
from services.intake.events.queries import EventForReader, Participant
from services.intake.on_behalf_request import OnBehalfRequest
from shared.contracts.events import EventKind, EventRole
from shared.language import N_
from shared.web.http import RequestModel, ResponseModel

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TypedCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class EventBody(RequestModel, EventFields):
    """An event as staff enter it; times have a UTC offset."""


class Join(OnBehalfRequest):
    """A join in a role; `insist` joins although another event is at that time."""

    role: EventRole = "guest"
    insist: bool = False


class CheckIn(RequestModel):
    """A check-in of an attendee, who is named by either a shown code or a resident id."""

    code: TypedCode | None = None
    resident_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.code is None) == (self.resident_id is None):
            raise ValueError(N_("Please give either a code or a resident"))
        return self

    def to_attendee(self) -> AttendeeRef:
        """Convert the request to the reference that the actions take."""
        return AttendeeRef(self.code, self.resident_id)


class CheckOut(CheckIn):
    """A check-out of an attendee; `minutes` are from a paper list, without a check-in."""

    minutes: Annotated[int, Field(strict=True, ge=0, le=1440 * 3)] | None = None


class Undo(RequestModel):
    """The resident whose check-in was a mistake."""

    resident_id: UUID


class Close(RequestModel):
    """The result of the event, in words."""

    result: FreeText | None = None


class Cancel(RequestModel):
    """A cancellation; everybody who joined reads the reason."""

    reason: Reason


class ParticipationView(ResponseModel):
    """A resident's participation in an event."""

    id: UUID
    version: int
    role: EventRole
    state: ParticipationState
    joined_at: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int | None


class EventView(ResponseModel):
    """An event; `helpers` and `guests` are occupied places, `mine` is one's own participation."""

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
        """Build the response for a reader."""
        event, names = for_reader.event, cls.model_fields
        fields = {name: getattr(event, name) for name in names if hasattr(event, name)}
        own = {"partner": for_reader.partner, "mine": for_reader.mine}
        return cls.model_validate({**fields, **own})


class AttendanceView(ParticipationView):
    """A participation after check-in or check-out; `changed` is false for a repeat."""

    resident_id: UUID
    resident_name: str
    changed: bool

    @classmethod
    def of(cls, participant: Participant, *, changed: bool) -> Self:
        """Build the response for the desk."""
        return cls(
            **dict(ParticipationView.model_validate(participant.participation)),
            resident_id=participant.participation.resident_id,
            resident_name=participant.person.name,
            changed=changed,
        )


class ParticipantView(ParticipationView):
    """A resident who takes part, or left; for the desk."""

    resident_id: UUID
    resident_name: str
    building: str | None
    unit: int | None
    number: str | None

    @classmethod
    def of(cls, participant: Participant) -> Self:
        """Build the response for the desk."""
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
    """A code to show at check-`in` or check-`out`, and until when it is shown."""

    code: str
    purpose: Literal["in", "out"]
    valid_until: datetime
