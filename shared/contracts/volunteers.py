"""What the volunteers service says: about volunteers and about points."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.envelope import Contract

OwnerKind = Literal["resident", "partner", "merchant", "station"]


class VolunteerApplied(Contract):
    """A resident asks to be a volunteer."""

    type: ClassVar[str] = "linli.volunteer.applied.v1"
    volunteer_id: UUID
    resident_id: UUID


class VolunteerApproved(Contract):
    """Staff approved a volunteer, who may take wishes from now on."""

    type: ClassVar[str] = "linli.volunteer.approved.v1"
    volunteer_id: UUID
    resident_id: UUID


class PointsMessage(Contract):
    """One posting to an account, with the balance after it and the balance's version.

    `amount` and `balance` are whole points; `rule` names what paid; `cause_subject` is the
    aggregate that it was paid for and `wish_id` its id where it is a wish; `title` is for people.
    """

    account_id: UUID
    owner_kind: OwnerKind
    owner_id: UUID
    transfer_id: UUID
    amount: int
    balance: int
    balance_version: int
    rule: str
    wish_id: UUID | None = None
    cause_subject: str
    title: str


class PointsAwarded(PointsMessage):
    """Points were credited to an account."""

    type: ClassVar[str] = "linli.points.awarded.v1"


class PointsReversed(PointsMessage):
    """Points that had been credited were taken back; `amount` is what was taken, positive."""

    type: ClassVar[str] = "linli.points.reversed.v1"


CONTRACTS: tuple[type[Contract], ...] = (
    VolunteerApplied,
    VolunteerApproved,
    PointsAwarded,
    PointsReversed,
)
