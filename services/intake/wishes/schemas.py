"""What clients say about wishes, and what they get."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.intake.wishes.history import ActorKind
from services.intake.wishes.models import TakerKind, WishState
from services.intake.wishes.queries import TransitionForReader, WishFilter, WishForReader
from shared.auth import Actor
from shared.web.http import Filters, RequestModel, ResponseModel

Title = Annotated[str, StringConstraints(min_length=2, max_length=60)]
FreeText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class OnBehalfRequest(RequestModel):
    """An act, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None


class PostWish(OnBehalfRequest):
    """A new wish."""

    title: Title
    details: Annotated[str, StringConstraints(max_length=1000)] = ""


class RequestWithReason(OnBehalfRequest):
    """An act that needs a reason."""

    reason: FreeText


class ReleaseWish(OnBehalfRequest):
    """Giving back, or handing over `to` another approved volunteer (their resident id)."""

    reason: FreeText | None = None
    to: UUID | None = None


class DeliverWish(OnBehalfRequest):
    """What was done, and in how many minutes."""

    note: FreeText
    minutes: Minutes


class ConfirmWish(OnBehalfRequest):
    """Thanks, and whether the neighbours may see the photos."""

    thanks: FreeText | None = None
    photos_public: bool = False


class AnswerWish(OnBehalfRequest):
    """Why the wish can't come true."""

    answer: FreeText


class WishFilterParams(Filters):
    """Which wishes to list; `state` may be repeated."""

    state: list[WishState] = Field(default=[], max_length=len(WishState))
    mine: bool = False
    taken: bool = False
    needs_decision: bool = False

    def to_filter(self) -> WishFilter:
        """What the query takes."""
        return WishFilter(
            states=tuple(self.state),
            mine=self.mine,
            as_taker=self.taken,
            needs_decision=self.needs_decision,
        )


class HomeAddressView(ResponseModel):
    """Where the one who made the wish lives."""

    building: str
    unit: int
    number: str


class WishView(ResponseModel):
    """A wish; what isn't for the reader is null."""

    id: UUID
    version: int
    state: WishState
    title: str
    details: str
    created_at: datetime
    open_since: datetime | None
    resident_id: UUID | None
    resident_name: str | None
    home: HomeAddressView | None
    taker_kind: TakerKind | None
    taker_id: UUID | None
    taker_name: str | None
    lease_until: datetime | None
    delivered_at: datetime | None
    delivery_note: str | None
    minutes: int | None
    fulfilled_at: datetime | None
    thanks: str | None
    photos_public: bool
    answer: str | None
    mine: bool
    taken_by_me: bool

    @classmethod
    def of(cls, for_reader: WishForReader, actor: Actor) -> Self:
        """The view of a wish for that reader."""
        wish = for_reader.wish
        fields = {name: getattr(wish, name) for name in cls.model_fields if hasattr(wish, name)}
        if not wish.shows_person_to(actor):
            fields |= {"resident_id": None, "taker_kind": None, "taker_id": None}
        return cls(
            **fields,
            resident_name=for_reader.resident_name,
            home=HomeAddressView.model_validate(for_reader.home) if for_reader.home else None,
            taker_name=for_reader.taker_name,
            mine=wish.is_owner(actor),
            taken_by_me=wish.is_taker(actor),
        )


class StepView(ResponseModel):
    """One step of a wish's life: whose hand made it, and whether for somebody else."""

    at: datetime
    hand: ActorKind
    on_behalf: bool
    from_state: WishState | None
    to_state: WishState
    note: str | None
    name: str | None

    @classmethod
    def of(cls, for_reader: TransitionForReader) -> Self:
        """The view of a step."""
        step = for_reader.transition
        return cls.model_validate(
            {
                "at": step.at,
                "hand": step.hand,
                "on_behalf": step.on_behalf_of is not None,
                "from_state": step.from_state,
                "to_state": step.to_state,
                "note": for_reader.note,
                "name": for_reader.name,
            }
        )


class WishDetail(WishView):
    """A wish with its steps."""

    steps: list[StepView]

    @classmethod
    def with_transitions(
        cls, for_reader: WishForReader, transitions: list[TransitionForReader], actor: Actor
    ) -> Self:
        """The view of a wish and its steps for that reader."""
        wish = WishView.of(for_reader, actor)
        return cls(**dict(wish), steps=[StepView.of(step) for step in transitions])
