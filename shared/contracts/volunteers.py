"""Contracts of the volunteers service about volunteers and points."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.envelope import Contract

OwnerKind = Literal["resident", "partner", "merchant", "station"]


class VolunteerApplied(Contract):
    """A resident asks to be a volunteer."""

    type: ClassVar[str] = "linli.volunteer.applied.v1"
    volunteer_id: UUID
    """The volunteer."""
    resident_id: UUID
    """The resident who the volunteer is."""


class VolunteerApproved(Contract):
    """Staff approved a volunteer, who may take wishes from now on."""

    type: ClassVar[str] = "linli.volunteer.approved.v1"
    volunteer_id: UUID
    """The volunteer."""
    resident_id: UUID
    """The resident who the volunteer is."""


class PointsMessage(Contract):
    """One posting to an account, with the balance after it and the balance's version."""

    account_id: UUID
    """The account."""
    owner_kind: OwnerKind
    """What kind of owner the account has."""
    owner_id: UUID
    """Whose account it is."""
    transfer_id: UUID
    """The transfer that the posting is part of."""
    amount: int
    """By how many whole points the account changed."""
    balance: int
    """How many whole points are on the account after it."""
    balance_version: int
    """The version of the balance: of two messages the one with the greater is the later."""
    rule: str
    """The rule that paid."""
    wish_id: UUID | None = None
    """The wish that it was paid for, where it is one."""
    cause_subject: str
    """The aggregate that it was paid for."""
    title: str
    """What it was paid for, for people to read."""


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
