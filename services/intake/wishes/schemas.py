"""What clients say about wishes, and what they get."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.intake.wishes.history import Hand
from services.intake.wishes.models import State, TakerKind
from services.intake.wishes.queries import Seen, SeenStep, Wanted
from shared.auth import Actor
from shared.web.http import Body, Filters, View

Title = Annotated[str, StringConstraints(min_length=2, max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Minutes = Annotated[int, Field(ge=1, le=1440)]


class Act(Body):
    """An act, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None


class PostWish(Act):
    """A new wish."""

    title: Title
    details: Annotated[str, StringConstraints(max_length=1000)] = ""


class WithReason(Act):
    """An act that needs a reason."""

    reason: Words


class ReleaseWish(Act):
    """Giving back, or handing over `to` another approved volunteer (their resident id)."""

    reason: Words | None = None
    to: UUID | None = None


class DeliverWish(Act):
    """What was done, and in how many minutes."""

    note: Words
    minutes: Minutes


class ConfirmWish(Act):
    """Thanks, and whether the neighbours may see the photos."""

    thanks: Words | None = None
    photos_public: bool = False


class AnswerWish(Act):
    """Why the wish can't come true."""

    answer: Words


class WishFilters(Filters):
    """Which wishes to list; `state` may be repeated."""

    state: list[State] = Field(default=[], max_length=len(State))
    mine: bool = False
    taken: bool = False
    needs_decision: bool = False

    def wanted(self) -> Wanted:
        """What the query takes."""
        return Wanted(
            states=tuple(self.state),
            mine=self.mine,
            taken=self.taken,
            needs_decision=self.needs_decision,
        )


class HomeView(View):
    """Where the one who made the wish lives."""

    building: str
    unit: int
    number: str


class WishView(View):
    """A wish; what isn't for the reader is null."""

    id: UUID
    version: int
    state: State
    title: str
    details: str
    created_at: datetime
    open_since: datetime | None
    resident_id: UUID | None
    resident_name: str | None
    home: HomeView | None
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
    def of(cls, seen: Seen, actor: Actor) -> Self:
        """The view of a wish for that reader."""
        wish = seen.wish
        fields = {name: getattr(wish, name) for name in cls.model_fields if hasattr(wish, name)}
        if not wish.shows_person_to(actor):
            fields |= {"resident_id": None, "taker_kind": None, "taker_id": None}
        return cls(
            **fields,
            resident_name=seen.resident_name,
            home=HomeView.model_validate(seen.home) if seen.home else None,
            taker_name=seen.taker_name,
            mine=wish.made_by(actor),
            taken_by_me=wish.taken_by(actor),
        )


class StepView(View):
    """One step of a wish's life: whose hand made it, and whether for somebody else."""

    at: datetime
    hand: Hand
    on_behalf: bool
    from_state: State | None
    to_state: State
    note: str | None
    name: str | None

    @classmethod
    def of(cls, seen: SeenStep) -> Self:
        """The view of a step."""
        step = seen.step
        return cls.model_validate(
            {
                "at": step.at,
                "hand": step.hand,
                "on_behalf": step.on_behalf_of is not None,
                "from_state": step.from_state,
                "to_state": step.to_state,
                "note": seen.note,
                "name": seen.name,
            }
        )


class OneWishView(WishView):
    """A wish with its steps."""

    steps: list[StepView]

    @classmethod
    def whole(cls, seen: Seen, steps: list[SeenStep], actor: Actor) -> Self:
        """The view of a wish and its steps for that reader."""
        wish = WishView.of(seen, actor)
        return cls(**dict(wish), steps=[StepView.of(step) for step in steps])
