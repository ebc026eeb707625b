"""The wish and its state machine."""

from datetime import datetime, timedelta
from typing import Self, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.wishes import errors
from services.intake.wishes.policies import WISH_TAKER_ROLES, WISHER_ROLES
from services.intake.wishes.states import (
    ASSIGNED_STATES,
    IS_CLAIMED,
    IS_DELIVERED,
    IS_POSTED,
    STATES_WITH_TAKER,
    WishState,
)
from services.intake.wishes.taker import Taker
from shared import clock
from shared.aggregate import (
    Aggregate,
    action,
    choice_check,
    in_choices,
    never_in,
    only_if,
    only_in,
    state_check,
)
from shared.auth import Actor
from shared.contracts import intake as messages
from shared.contracts.intake import ReleaseReason, TakerKind, WishMessage
from shared.db import TimestampTZ
from shared.errors import NotFound
from shared.policies import DESK

LEASE_TTL = timedelta(days=7)
STATION_TAKES_AFTER = timedelta(days=14)
DESK_DECIDES_AFTER = timedelta(days=7)
REOPEN_WINDOW = timedelta(days=7)


class Wish(Aggregate, Base):
    """A resident's small wish; it has a taker exactly while claimed, delivered or fulfilled."""

    __tablename__ = "wishes"
    __table_args__ = (
        state_check(WishState),
        choice_check("taker_kind", get_args(TakerKind)),
        CheckConstraint(
            f"(taker_id IS NOT NULL) = ({in_choices('state', STATES_WITH_TAKER)})"
            " AND (taker_kind IS NULL) = (taker_id IS NULL)",
            name="taker",
        ),
        CheckConstraint("taker_id <> resident_id", name="own_wish"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        Index(None, "station_id", "state", "id"),
        Index(None, "station_id", "resident_id", "id"),
        Index(None, "station_id", "taker_id", "id", postgresql_where=text("taker_id IS NOT NULL")),
        Index(None, "lease_until", postgresql_where=text("state = 'claimed'")),
        Index(None, "open_since", postgresql_where=text("state = 'open'")),
    )
    plural = "wishes"

    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    title: Mapped[str]
    details: Mapped[str]
    state: Mapped[str]
    open_since: Mapped[datetime | None] = mapped_column(TimestampTZ)
    taker_kind: Mapped[str | None]
    taker_id: Mapped[UUID | None] = mapped_column(Uuid)
    lease_until: Mapped[datetime | None] = mapped_column(TimestampTZ)
    delivered_by: Mapped[UUID | None] = mapped_column(Uuid)
    delivered_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    delivery_note: Mapped[str | None]
    minutes: Mapped[int | None]
    confirmations: Mapped[int]
    fulfilled_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    thanks: Mapped[str | None]
    photos_public: Mapped[bool]
    answer: Mapped[str | None]

    @classmethod
    def post(cls, station: UUID, resident: UUID, title: str, details: str) -> Self:
        """Create a wish that waits for review."""
        wish = cls.new(
            station,
            resident_id=resident,
            title=title,
            details=details,
            state=WishState.POSTED.value,
            confirmations=0,
            photos_public=False,
        )
        wish.pending.append(messages.WishPosted.of(wish))
        return wish

    def is_owner(self, actor: Actor) -> bool:
        """Return whether the actor is the wish's resident, or acts on that resident's behalf."""
        return actor.subject_id == self.resident_id

    def is_taker(self, actor: Actor) -> bool:
        """Return whether the actor has the wish; the station's wishes are with the whole desk."""
        if self.taker_kind == "station":
            return actor.is_desk_itself
        return actor.subject_id == self.taker_id

    def visible_to(self, actor: Actor) -> bool:
        """Return whether the actor may know of the wish at all."""
        return (
            actor.is_staff
            or self.state == WishState.OPEN
            or self.is_owner(actor)
            or self.is_taker(actor)
        )

    def shows_person_to(self, actor: Actor) -> bool:
        """Return whether the actor may know the resident's name and home."""
        return actor.is_staff or self.is_owner(actor) or self.is_taker(actor)

    def _may_claim(self, actor: Actor) -> bool:
        return Taker.of(actor).id != self.resident_id

    def _may_release(self, actor: Actor) -> bool:
        return actor.is_staff or self.is_taker(actor)

    def _may_confirm(self, actor: Actor) -> bool:
        return actor.person != self.delivered_by and actor.subject_id != self.taker_id

    def _may_decide(self, actor: Actor) -> bool:
        return self.is_owner(actor) or actor.is_desk_itself

    def _may_decide_now(self, actor: Actor) -> bool:
        return self.is_owner(actor) or _time_since(self.delivered_at) >= DESK_DECIDES_AFTER

    def _may_reopen(self, actor: Actor) -> bool:
        return actor.is_staff or self.is_owner(actor)

    def _may_reopen_now(self, actor: Actor) -> bool:
        return actor.is_staff or _time_since(self.fulfilled_at) <= REOPEN_WINDOW

    _by_taker = only_if(is_taker, error=errors.NotYourTask)
    _by_decider = (
        only_if(_may_decide, error=errors.NotYours),
        only_if(_may_decide_now, error=errors.DecisionNotDue),
    )

    @action(IS_POSTED, roles=DESK)
    def approve(self, _: Actor) -> None:
        """Open the wish to takers. Raises: AlreadyReviewed."""
        self.open_since = clock.now()
        self._enter(WishState.OPEN, messages.WishOpened)

    @action(IS_POSTED, roles=DESK)
    def decline(self, _: Actor, reason: str) -> None:
        """Refuse the wish in review. Raises: AlreadyReviewed."""
        self.answer = reason
        self._enter(WishState.DECLINED, messages.WishDeclined)

    @action(
        never_in(*ASSIGNED_STATES, error=errors.AlreadyClaimed),
        only_in(WishState.OPEN, error=errors.NotOpen),
        only_if(_may_claim, error=errors.OwnWish),
        roles=WISH_TAKER_ROLES,
        depends_on=(errors.NotAVolunteer,),
    )
    def claim(self, actor: Actor) -> None:
        """Give the wish to the actor. Raises: AlreadyClaimed, NotOpen, OwnWish."""
        self.assign(Taker.of(actor))

    def assign(self, taker: Taker) -> None:
        """Give the open wish to `taker`. Raises: OwnWish."""
        if taker.id == self.resident_id:
            raise errors.OwnWish
        self.taker_kind, self.taker_id = taker.kind, taker.id
        self.open_since = None
        self._lease(messages.WishClaimed)

    @action(
        *IS_CLAIMED,
        only_if(_may_release, error=errors.NotYourTask),
        roles=WISH_TAKER_ROLES,
        depends_on=(errors.SameTaker, errors.NotAVolunteer, errors.OwnWish),
    )
    def release(self, _: Actor, reason: ReleaseReason = "given_back") -> None:
        """Open the wish again. Raises: AlreadyDelivered, NotClaimed, NotYourTask."""
        self.release_taker(reason)

    def release_taker(self, reason: ReleaseReason) -> None:
        """Take the wish from its taker, whom the message still names, and open it again."""
        self._enter(WishState.OPEN, messages.WishReleased, reason=reason)
        self._clear_taker()
        self.open_since = clock.now()

    @action(*IS_CLAIMED, _by_taker, roles=WISH_TAKER_ROLES)
    def deliver(self, actor: Actor, note: str, minutes: int) -> None:
        """Record the delivery. Raises: AlreadyDelivered, NotClaimed, NotYourTask."""
        self.lease_until = None
        self.delivered_by, self.delivered_at = actor.person, clock.now()
        self.delivery_note, self.minutes = note, minutes
        self._enter(WishState.DELIVERED, messages.WishDelivered)

    @action(
        never_in(WishState.POSTED, WishState.OPEN, error=errors.NotClaimed),
        only_in(*ASSIGNED_STATES, error=errors.WishClosed),
        _by_taker,
        roles=WISH_TAKER_ROLES,
        depends_on=(errors.TooManyPhotos,),
    )
    def add_photo(self, _: Actor) -> None:
        """Allow a new photo, a row of its own. Raises: NotClaimed, WishClosed, NotYourTask."""

    @action(*IS_CLAIMED, _by_taker, roles=WISH_TAKER_ROLES, depends_on=(NotFound,))
    def remove_photo(self, _: Actor) -> None:
        """Allow a photo to go. Raises: AlreadyDelivered, NotClaimed, NotYourTask."""

    @action(
        IS_DELIVERED,
        only_if(_may_confirm, error=errors.DeliveredByYourself),
        *_by_decider,
        roles=WISHER_ROLES,
    )
    def confirm(self, _: Actor, thanks: str | None, photos_public: bool) -> None:
        """Confirm it. Raises: NotDelivered, DeliveredByYourself, NotYours, DecisionNotDue."""
        self.thanks, self.photos_public = thanks, photos_public
        self.fulfil()

    def fulfil(self) -> None:
        """Count the delivery as confirmed."""
        self.confirmations += 1
        self.fulfilled_at = clock.now()
        self._enter(WishState.FULFILLED, messages.WishFulfilled, revision=self.confirmations)

    @action(IS_DELIVERED, *_by_decider, roles=WISHER_ROLES)
    def refuse(self, _: Actor) -> None:
        """Send the wish back to its taker. Raises: NotDelivered, NotYours, DecisionNotDue."""
        self._clear_delivery()
        self._lease(messages.WishRefused)

    @action(
        only_in(WishState.FULFILLED, error=errors.NotFulfilled),
        only_if(_may_reopen, error=errors.NotYours),
        only_if(_may_reopen_now, error=errors.TooLateToReopen),
        roles=WISHER_ROLES,
    )
    def reopen(self, _: Actor) -> None:
        """Withdraw the confirmation. Raises: NotFulfilled, NotYours, TooLateToReopen."""
        self._clear_delivery()
        self._lease(messages.WishReopened, revision=self.confirmations)

    @action(
        only_if(is_owner, error=errors.NotYours),
        only_in(WishState.POSTED, WishState.OPEN, *ASSIGNED_STATES, error=errors.WishClosed),
        roles=WISHER_ROLES,
    )
    def withdraw(self, _: Actor) -> None:
        """Close the wish, released before, for its resident. Raises: NotYours, WishClosed."""
        self._close(WishState.WITHDRAWN, messages.WishWithdrawn)

    @action(
        never_in(WishState.DELIVERED, error=errors.AlreadyDelivered),
        only_in(WishState.OPEN, WishState.CLAIMED, error=errors.NotOpen),
        name="answer",
        roles=DESK,
    )
    def close_with_answer(self, _: Actor, answer: str) -> None:
        """Close the wish unfulfilled, released before. Raises: AlreadyDelivered, NotOpen."""
        self.answer = answer
        self._close(WishState.ANSWERED, messages.WishAnswered)

    def _enter(self, state: WishState, message: type[WishMessage], **fields: object) -> None:
        self.state = state.value
        self.pending.append(message.of(self, **fields))

    def _lease(self, message: type[WishMessage], **fields: object) -> None:
        self.lease_until = None if self.taker_kind == "station" else clock.now() + LEASE_TTL
        self._enter(WishState.CLAIMED, message, **fields)

    def _close(self, state: WishState, message: type[WishMessage]) -> None:
        self._clear_taker()
        self.open_since = None
        self._enter(state, message)

    def _clear_taker(self) -> None:
        self._clear_delivery()
        self.taker_kind = self.taker_id = self.lease_until = None

    def _clear_delivery(self) -> None:
        self.delivered_by = self.delivered_at = self.delivery_note = self.minutes = None
        self.fulfilled_at = self.thanks = None
        self.photos_public = False


def _time_since(moment: datetime | None) -> timedelta:
    return clock.now() - moment if moment else timedelta()
