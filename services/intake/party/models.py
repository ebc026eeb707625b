"""The entry of a party member, of the estate's branch or of one elsewhere."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared.aggregate import Aggregate, choice_check
from shared.errors import Conflict, Invalid
from shared.language import N_


class MemberAlreadyExists(Conflict):
    """A second entry of the same resident."""

    title = N_("This resident is entered as a party member already")


class Membership(StrEnum):
    """The branch that a party member belongs to."""

    ESTATE = "estate"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, kw_only=True)
class MembershipFields:
    """The fields of an entry; `joined_on` is when the member joined the party.

    `reported` is whether a member of another branch has reported to the estate's, too (双报到).
    """

    membership: Membership
    reported: bool = False
    joined_on: date | None = None

    def check(self) -> None:
        """Check the fields against each other. Raises: Invalid, with the errors by field."""
        if self.reported and self.membership == Membership.ESTATE:
            raise Invalid(errors={"reported": N_("Only members of another branch report here too")})


class PartyMember(Aggregate, Base):
    """A resident's entry as a party member; no message carries it."""

    __tablename__ = "party_members"
    __table_args__ = (
        UniqueConstraint("station_id", "resident_id"),
        choice_check("membership", Membership),
        CheckConstraint("NOT reported OR membership = 'elsewhere'", name="reported"),
    )
    plural = "party-members"

    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    membership: Mapped[str]
    reported: Mapped[bool]
    joined_on: Mapped[date | None]

    @classmethod
    def enter(cls, station: UUID, resident: UUID, fields: MembershipFields) -> Self:
        """Create an entry. Raises: Invalid."""
        fields.check()
        values = {**asdict(fields), "membership": fields.membership.value}
        return cls.new(station, resident_id=resident, **values)
