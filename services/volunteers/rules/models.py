"""Tables of earning rules and of the source events that they have evaluated."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.volunteers.base import Base
from shared.aggregate import choice_check
from shared.contracts.contract import Contract
from shared.db import TimestampTZ
from shared.language import N_

# The reasons of the standard rules, which a migration inserts.
REASONS = (N_("A wish came true"), N_("Helped at an event"), N_("Came to an event"))
AmountKind = Literal["flat", "by_hour"]
OWNERS: dict[str, Literal["resident", "partner"]] = {
    "volunteer": "resident",
    "resident": "resident",
    "helper": "resident",
    "guest": "resident",
    "partner": "partner",
}


class Rule(Base):
    """One version of one earning rule; a rule without a station is every station's standard.

    `who` and `who_kind` are paths into the message's content: to the payee's id and to the payee's
    kind; only the kinds in `paid_kinds` are paid. `amount` is in whole points, for each hour of
    the content's `minutes` where `amount_kind` is `by_hour`.
    """

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("station_id", "name", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("amount > 0", name="amount"),
        choice_check("amount_kind", get_args(AmountKind)),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("valid_from < valid_until", name="valid"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str]
    version: Mapped[int]
    message_type: Mapped[str]
    who: Mapped[str]
    who_kind: Mapped[str]
    paid_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    amount_kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    active: Mapped[bool]
    valid_from: Mapped[datetime | None] = mapped_column(TimestampTZ)
    valid_until: Mapped[datetime | None] = mapped_column(TimestampTZ)

    def is_valid(self, at: datetime) -> bool:
        """Return whether the rule is valid at the moment `at`; the end is excluded."""
        has_started = self.valid_from is None or self.valid_from <= at
        return has_started and (self.valid_until is None or at < self.valid_until)

    def payee(self, content: Contract) -> tuple[str, UUID] | None:
        """Return the payee's kind and id, or None if the rule pays nobody for `content`."""
        kind, id_ = _value_at_path(content, self.who_kind), self.payee_id(content)
        if kind in self.paid_kinds and kind in OWNERS and id_ is not None:
            return str(kind), id_
        return None

    def payee_id(self, content: Contract) -> UUID | None:
        """Return the id that the path `who` leads to, of whatever kind, or None."""
        id_ = _value_at_path(content, self.who)
        return id_ if isinstance(id_, UUID) else None

    def points(self, content: Contract) -> int:
        """Return the points for `content`; fractions are dropped, so 0 is possible."""
        if self.amount_kind == "flat":
            return self.amount
        return self.amount * int(getattr(content, "minutes", 0)) // 60


class RuleEvaluation(Base):
    """The record that the rules have evaluated a source event, so that none is evaluated twice."""

    __tablename__ = "judged"

    station_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    judged_at: Mapped[datetime] = mapped_column(TimestampTZ)


def in_force(rules: Iterable[Rule], station: UUID, at: datetime) -> list[Rule]:
    """List those of the rules that decide in `station` at the moment `at`.

    Of each name this is the newest valid version; a station's own rule replaces the standard one,
    and an inactive rule of the station switches the standard one off.
    """
    deciding: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda rule: (rule.station_id is not None, rule.version)):
        if rule.station_id in (None, station) and rule.is_valid(at):
            deciding[rule.name] = rule
    return [rule for _, rule in sorted(deciding.items()) if rule.active]


def _value_at_path(content: object, path: str) -> object:
    for name in path.split("."):
        content = getattr(content, name, None)
    return content
