"""The wish and its state machine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.wishes import errors
from shared import clock
from shared.aggregate import Aggregate
from shared.auth import Actor
from shared.db import TimestampTZ
from shared.errors import Conflict

LEASE_TTL = timedelta(days=7)
STATION_TAKES_AFTER = timedelta(days=14)
DESK_DECIDES_AFTER = timedelta(days=7)
REOPEN_WINDOW = timedelta(days=7)

TakerKind = Literal["volunteer", "partner", "station"]


class WishState(StrEnum):
    """The states of a wish."""

    POSTED = "posted"
    OPEN = "open"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Taker:
    """The taker of a wish: a volunteer (by resident id), a partner's account, or the station."""

    kind: TakerKind
    id: UUID


class Wish(Aggregate, Base):
    """A resident's small wish; it has a taker exactly while claimed, delivered or fulfilled."""

    __tablename__ = "wishes"
    __table_args__ = (
        CheckConstraint(
            "state IN ('posted', 'open', 'claimed', 'delivered', 'fulfilled', 'declined',"
            " 'withdrawn', 'answered')",
            name="state",
        ),
        CheckConstraint("taker_kind IN ('volunteer', 'partner', 'station')", name="taker_kind"),
        CheckConstraint(
            "(taker_id IS NOT NULL) = (state IN ('claimed', 'delivered', 'fulfilled'))"
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
        return cls.new(
            station,
            resident_id=resident,
            title=title,
            details=details,
            state=WishState.POSTED.value,
            confirmations=0,
            photos_public=False,
        )

    def is_owner(self, actor: Actor) -> bool:
        """Return whether the actor is the wish's resident, or acts on that resident's behalf."""
        return actor.subject_id == self.resident_id

    def is_taker(self, actor: Actor) -> bool:
        """Return whether the actor has the wish; the station's wishes are with the whole desk."""
        if self.taker_kind == "station":
            return actor.is_staff and actor.on_behalf_of is None
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

    def approve(self) -> None:
        """Open the wish to takers. Raises: AlreadyReviewed."""
        self._require(WishState.POSTED, errors.AlreadyReviewed)
        self._open()

    def decline(self, reason: str) -> None:
        """Refuse the wish in review. Raises: AlreadyReviewed."""
        self._require(WishState.POSTED, errors.AlreadyReviewed)
        self.state = WishState.DECLINED.value
        self.answer = reason

    def claim(self, taker: Taker) -> None:
        """Give the wish to `taker`. Raises: OwnWish, AlreadyClaimed, NotOpen."""
        if self.state in (WishState.CLAIMED, WishState.DELIVERED):
            raise errors.AlreadyClaimed
        self._require(WishState.OPEN, errors.NotOpen)
        if taker.id == self.resident_id:
            raise errors.OwnWish
        self.taker_kind, self.taker_id = taker.kind, taker.id
        self.open_since = None
        self._lease()

    def give_back(self, actor: Actor) -> None:
        """Open the wish again. Raises: NotYourTask, AlreadyDelivered, NotClaimed."""
        self._require_claimed()
        if not (actor.is_staff or self.is_taker(actor)):
            raise errors.NotYourTask
        self.release()

    def release(self) -> None:
        """Take the wish from its taker and open it again. Raises: NotClaimed."""
        if self.state not in (WishState.CLAIMED, WishState.DELIVERED):
            raise errors.NotClaimed
        self._clear_taker()
        self._open()

    def check_work(self, actor: Actor) -> None:
        """Check that the actor can deliver. Raises: NotYourTask, AlreadyDelivered, NotClaimed."""
        self._require_claimed()
        if not self.is_taker(actor):
            raise errors.NotYourTask

    def check_taker(self, actor: Actor) -> None:
        """Check that the actor is the taker. Raises: NotYourTask, NotClaimed, WishClosed."""
        if self.state in (WishState.POSTED, WishState.OPEN):
            raise errors.NotClaimed
        if self.state not in (WishState.CLAIMED, WishState.DELIVERED):
            raise errors.WishClosed
        if not self.is_taker(actor):
            raise errors.NotYourTask

    def deliver(self, actor: Actor, note: str, minutes: int) -> None:
        """Record the delivery. Raises: NotYourTask, AlreadyDelivered, NotClaimed."""
        self.check_work(actor)
        self.state = WishState.DELIVERED.value
        self.lease_until = None
        self.delivered_by = actor.person
        self.delivered_at = clock.now()
        self.delivery_note = note
        self.minutes = minutes

    def confirm(self, actor: Actor, thanks: str | None, photos_public: bool) -> None:
        """Confirm the delivery as its resident, or at the desk for the resident.

        Raises: NotDelivered, DeliveredByYourself, NotYours, DecisionNotDue.
        """
        self._require(WishState.DELIVERED, errors.NotDelivered)
        if actor.person == self.delivered_by or actor.subject_id == self.taker_id:
            raise errors.DeliveredByYourself
        self._check_may_decide(actor)
        self._fulfil()
        self.thanks = thanks
        self.photos_public = photos_public

    def confirm_on_trust(self) -> None:
        """Confirm a trusted partner's delivery without the resident. Raises: NotDelivered."""
        self._require(WishState.DELIVERED, errors.NotDelivered)
        self._fulfil()

    def refuse(self, actor: Actor) -> None:
        """Send the wish back to its taker. Raises: NotDelivered, NotYours, DecisionNotDue."""
        self._require(WishState.DELIVERED, errors.NotDelivered)
        self._check_may_decide(actor)
        self._return_to_taker()

    def reopen(self, actor: Actor) -> None:
        """Withdraw the confirmation. Raises: NotFulfilled, NotYours, TooLateToReopen."""
        self._require(WishState.FULFILLED, errors.NotFulfilled)
        if not (actor.is_staff or self.is_owner(actor)):
            raise errors.NotYours
        confirmed = self.fulfilled_at
        if not actor.is_staff and (confirmed is None or clock.now() - confirmed > REOPEN_WINDOW):
            raise errors.TooLateToReopen
        self._return_to_taker()

    def check_withdrawal(self, actor: Actor) -> None:
        """Check that the actor may withdraw the wish now. Raises: NotYours, WishClosed."""
        if not self.is_owner(actor):
            raise errors.NotYours
        if self.state not in (
            WishState.POSTED,
            WishState.OPEN,
            WishState.CLAIMED,
            WishState.DELIVERED,
        ):
            raise errors.WishClosed

    def withdraw(self, actor: Actor) -> None:
        """Close the wish, released before, for its resident. Raises: NotYours, WishClosed."""
        self.check_withdrawal(actor)
        self._clear_taker()
        self._close(WishState.WITHDRAWN)

    def answer_unfulfilled(self, answer: str) -> None:
        """Close the wish, released before, with an answer. Raises: AlreadyDelivered, NotOpen."""
        if self.state == WishState.DELIVERED:
            raise errors.AlreadyDelivered
        self._require(WishState.OPEN, errors.NotOpen)
        self._close(WishState.ANSWERED)
        self.answer = answer

    def _require(self, state: WishState, error: type[Conflict]) -> None:
        if self.state != state:
            raise error

    def _require_claimed(self) -> None:
        if self.state == WishState.DELIVERED:
            raise errors.AlreadyDelivered
        self._require(WishState.CLAIMED, errors.NotClaimed)

    def _check_may_decide(self, actor: Actor) -> None:
        if self.is_owner(actor):
            return
        if not actor.is_staff or actor.on_behalf_of is not None:
            raise errors.NotYours
        if self.delivered_at is None or clock.now() - self.delivered_at < DESK_DECIDES_AFTER:
            raise errors.DecisionNotDue

    def _fulfil(self) -> None:
        self.state = WishState.FULFILLED.value
        self.confirmations += 1
        self.fulfilled_at = clock.now()

    def _open(self) -> None:
        self.state = WishState.OPEN.value
        self.open_since = clock.now()

    def _lease(self) -> None:
        self.state = WishState.CLAIMED.value
        self.lease_until = None if self.taker_kind == "station" else clock.now() + LEASE_TTL

    def _return_to_taker(self) -> None:
        self._clear_delivery()
        self._lease()

    def _clear_delivery(self) -> None:
        self.delivered_by = self.delivered_at = self.delivery_note = self.minutes = None
        self.fulfilled_at = self.thanks = None
        self.photos_public = False

    def _clear_taker(self) -> None:
        self._clear_delivery()
        self.taker_kind = self.taker_id = self.lease_until = None

    def _close(self, state: WishState) -> None:
        self.state = state.value
        self.open_since = None
