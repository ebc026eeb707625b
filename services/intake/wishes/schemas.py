"""The requests and responses of wishes."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.intake.on_behalf_request import OnBehalfRequest
from services.intake.wishes.history import ActorKind
from services.intake.wishes.queries import TransitionForReader, WishFilter, WishForReader
from services.intake.wishes.states import WishState
from shared.auth import Actor
from shared.contracts.intake import TakerKind
from shared.text_validation import OneLine
from shared.web.http import Filters, ResponseModel

Title = Annotated[str, StringConstraints(min_length=2, max_length=60), OneLine]
FreeText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class PostWish(OnBehalfRequest):
    """A new wish."""

    title: Title
    details: Annotated[str, StringConstraints(max_length=1000)] = ""


class RequestWithReason(OnBehalfRequest):
    """An action that needs a reason."""

    reason: FreeText


class ReleaseWish(OnBehalfRequest):
    """A return of a wish, or a hand-over `to` another approved volunteer (by resident id)."""

    reason: FreeText | None = None
    to: UUID | None = None


class DeliverWish(OnBehalfRequest):
    """A delivery: what was done, and in how many minutes."""

    note: FreeText
    minutes: Annotated[Minutes, Field(strict=True)]


class ConfirmWish(OnBehalfRequest):
    """A confirmation: thanks, and whether the neighbours may see the photos."""

    thanks: FreeText | None = None
    photos_public: bool = False


class AnswerWish(OnBehalfRequest):
    """The reason why the wish can't come true."""

    answer: FreeText


class WishFilterParams(Filters):
    """The filters of the list of wishes; `state` may be repeated."""

    state: list[WishState] = Field(default=[], max_length=len(WishState))
    mine: bool = False
    taken: bool = False
    needs_decision: bool = False

    def to_filter(self) -> WishFilter:
        """Convert the parameters to the filter of the query."""
        return WishFilter(
            states=tuple(self.state),
            mine=self.mine,
            as_taker=self.taken,
            needs_decision=self.needs_decision,
        )


class HomeAddressView(ResponseModel):
    """The home of the resident who made the wish."""

    building: str
    unit: int
    number: str


class WishView(ResponseModel):
    """A wish; what the reader may not know is null."""

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
        """Build the response for the reader `actor`."""
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
    """A step of a wish's life: in which capacity it was made, and whether for somebody else."""

    at: datetime
    hand: ActorKind
    on_behalf: bool
    from_state: WishState | None
    to_state: WishState
    note: str | None
    name: str | None

    @classmethod
    def of(cls, for_reader: TransitionForReader) -> Self:
        """Build the response from a transition."""
        transition = for_reader.transition
        return cls.model_validate(
            {
                "at": transition.at,
                "hand": transition.hand,
                "on_behalf": transition.on_behalf_of is not None,
                "from_state": transition.from_state,
                "to_state": transition.to_state,
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
        """Build the response with the steps for the reader `actor`."""
        wish = WishView.of(for_reader, actor)
        return cls(**dict(wish), steps=[StepView.of(step) for step in transitions])
