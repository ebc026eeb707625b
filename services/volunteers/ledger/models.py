"""The ledger: accounts, transfers that never change, and legs that sum to zero."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, get_args
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.volunteers.base import Base
from shared.aggregate import Aggregate, choice_check
from shared.contracts.volunteers import OwnerKind
from shared.db import TimestampTZ
from shared.errors import Conflict
from shared.language import N_

AccountKind = Literal["resident", "partner", "issuing"]
TransferKind = Literal["award", "reversal"]
NAMESPACE = UUID("6f1c1d3e-6d5b-5c0a-9b53-3f2d7b8c1a40")


def lock_of(owner: UUID) -> str:
    """Return the key under which changes to all accounts of `owner` are ordered."""
    return f"points/{owner}"


class NotEnoughPoints(Conflict):
    """A transfer of more points than the account has available."""

    title = N_("There are not enough points for this")


@dataclass(frozen=True, order=True, slots=True)
class AccountKey:
    """The identity of an account: its station, kind and owner, which give its id and its lock."""

    station: UUID
    kind: AccountKind
    owner: UUID

    @classmethod
    def issuing(cls, station: UUID) -> Self:
        """Return the key of the account that `station` issues points from."""
        return cls(station, "issuing", station)

    @property
    def id(self) -> UUID:
        """The account's id, the same for whoever opens the account."""
        return uuid5(NAMESPACE, f"account {self.station} {self.kind} {self.owner}")

    @property
    def has_balance(self) -> bool:
        """The presence of a running balance; issuing accounts have none, so nothing waits there."""
        return self.kind != "issuing"

    @property
    def owner_kind(self) -> OwnerKind:
        """The kind of the account's owner, as messages name it."""
        return "station" if self.kind == "issuing" else self.kind

    @property
    def lock(self) -> str:
        """The key under which changes to the account are ordered."""
        return lock_of(self.owner)


@dataclass(slots=True)
class Balance:
    """An account's running balance while transfers are posted to it."""

    posted: int
    held: int
    version: int

    def move(self, amount: int) -> None:
        """Add a leg's amount. Raises: NotEnoughPoints if fewer than 0 points would be available."""
        if self.posted + amount - self.held < 0:
            raise NotEnoughPoints
        self.posted += amount
        self.version += 1


class Account(Aggregate, Base):
    """Points of one owner: `posted` in all, `held` of them promised, the rest available."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("station_id", "kind", "owner_id"),
        choice_check("kind", get_args(AccountKind)),
        CheckConstraint(
            "CASE WHEN kind = 'issuing' THEN posted IS NULL AND held IS NULL "
            "ELSE posted IS NOT NULL AND held IS NOT NULL END",
            name="running_balance",
        ),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("posted - held >= 0", name="available"),
    )
    plural = "accounts"

    kind: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    posted: Mapped[int | None] = mapped_column(BigInteger)
    held: Mapped[int | None] = mapped_column(BigInteger)


class Transfer(Base):
    """A movement of points and its cause; the database refuses any change of the row.

    The cause is the aggregate `cause_subject` at `revision`, announced by a message of
    `cause_type`; `rule` at `rule_version` set the amount.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("reverses_id"),
        choice_check("kind", get_args(TransferKind)),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
        Index(None, "station_id", "cause_subject"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str]
    rule: Mapped[str]
    rule_version: Mapped[int]
    cause_type: Mapped[str]
    cause_subject: Mapped[str]
    revision: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    title: Mapped[str]
    correlation_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfers.id"))


class Leg(Base):
    """The amount that one transfer adds to one account."""

    __tablename__ = "legs"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        UniqueConstraint("transfer_id", "account_id"),
        Index(None, "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("transfers.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)

    transfer: Mapped[Transfer] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")


@dataclass(frozen=True, order=True, slots=True)
class SourceEvent:
    """An aggregate at a revision, which points are paid for.

    `type` is the type of the message that announces the revision.
    """

    station_id: UUID
    type: str
    subject: str
    revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """The cause of a transfer: its source event, its rule and its reason.

    `reason` is a sentence of the catalogue, or the station's own; `title` names the occasion.
    """

    source_event: SourceEvent
    rule: str
    rule_version: int
    reason: str
    title: str
    correlation: UUID

    @property
    def transfer_id(self) -> UUID:
        """The id of the transfer for the cause: the same cause always has the same id."""
        event = self.source_event
        key = [str(event.station_id), self.rule, event.subject, event.revision]
        return uuid5(NAMESPACE, json.dumps(key, ensure_ascii=False))

    @property
    def columns(self) -> dict[str, object]:
        """The columns of a transfer that hold the cause."""
        return {
            "station_id": self.source_event.station_id,
            "rule": self.rule,
            "rule_version": self.rule_version,
            "cause_type": self.source_event.type,
            "cause_subject": self.source_event.subject,
            "revision": self.source_event.revision,
            "reason": self.reason,
            "title": self.title,
            "correlation_id": self.correlation,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A transfer to be posted: its id, kind and cause, and the amount for each account."""

    id: UUID
    kind: TransferKind
    cause: Cause
    legs: tuple[tuple[AccountKey, int], ...]
    reverses: UUID | None = None

    @classmethod
    def award(cls, cause: Cause, to: AccountKey, amount: int) -> Self:
        """Create a posting that issues `amount` points of the station to the account `to`."""
        legs = ((AccountKey.issuing(cause.source_event.station_id), -amount), (to, amount))
        return cls(id=cause.transfer_id, kind="award", cause=cause, legs=legs)

    @classmethod
    def reversal(cls, of: UUID, cause: Cause, legs: tuple[tuple[AccountKey, int], ...]) -> Self:
        """Create a posting that undoes the transfer `of`, whose legs are `legs`."""
        reversed_legs = tuple((key, -amount) for key, amount in legs)
        id_ = uuid5(NAMESPACE, f"reversal {of}")
        return cls(id=id_, kind="reversal", cause=cause, legs=reversed_legs, reverses=of)
