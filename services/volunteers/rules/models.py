"""Earning rules and the record of what they have judged."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.volunteers.base import Base
from shared.contracts.envelope import Contract
from shared.db import TimestampTZ
from shared.language import N_

# The sentences of the standard rules, which a migration writes.
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
    """One version of one earning rule; without a station it is the standard of every station.

    `who` and `who_kind` are paths into the message's content: to the payee's id and to what the
    payee is; only the kinds in `paid_kinds` are paid. `amount` is in whole points, for each hour of
    the content's `minutes` where `amount_kind` is `by_hour`.
    """

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("station_id", "name", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("amount_kind IN ('flat', 'by_hour')", name="amount_kind"),
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
        """Whether it counts at that moment; the end is excluded."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_until is None or at < self.valid_until)

    def payee(self, content: Contract) -> tuple[str, UUID] | None:
        """The kind and the id of whom it pays, or None when it pays nobody for this."""
        kind, id_ = _value_at_path(content, self.who_kind), _value_at_path(content, self.who)
        if kind in self.paid_kinds and kind in OWNERS and isinstance(id_, UUID):
            return str(kind), id_
        return None

    def points(self, content: Contract) -> int:
        """How many points it pays for this; parts of a point are dropped, so 0 is possible."""
        if self.amount_kind == "flat":
            return self.amount
        return self.amount * int(getattr(content, "minutes", 0)) // 60


class RuleEvaluation(Base):
    """A cause that the rules in force have judged: it is never judged again, whatever they paid."""

    __tablename__ = "judged"

    station_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    judged_at: Mapped[datetime] = mapped_column(TimestampTZ)


def in_force(rules: Iterable[Rule], station: UUID, at: datetime) -> list[Rule]:
    """Which of these decide in the station at that moment.

    Of each name the newest valid version; a station's own goes before the standard, and an
    inactive one switches the standard off.
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
