"""Contracts of the volunteers service about volunteers and points."""

from typing import Literal
from uuid import UUID

from shared.contracts.contract import Contract, example_id

OwnerKind = Literal["resident", "partner", "merchant", "station"]


class VolunteerMessage(
    Contract,
    service="volunteers",
    subject="volunteers/{volunteer_id}",
    example={"volunteer_id": example_id(4), "resident_id": example_id(3)},
):
    """The projection of a volunteer that every message about them carries whole."""

    volunteer_id: UUID
    """The volunteer."""
    resident_id: UUID
    """The resident who the volunteer is."""


class VolunteerApplied(
    VolunteerMessage, type="linli.volunteer.applied.v1", readers={"intake", "notify"}
):
    """A resident asks to be a volunteer."""


class VolunteerApproved(
    VolunteerMessage, type="linli.volunteer.approved.v1", readers={"intake", "notify"}
):
    """Staff approved a volunteer, who may take wishes from now on."""


class PointsMessage(
    Contract,
    service="volunteers",
    subject="accounts/{account_id}",
    example={
        "account_id": example_id(5),
        "owner_kind": "resident",
        "owner_id": example_id(3),
        "transfer_id": example_id(6),
        "amount": 20,
        "balance": 120,
        "balance_version": 6,
        "rule": "wish-fulfilled",
        "wish_id": example_id(2),
        "cause_subject": f"wishes/{example_id(2)}",
        "title": "想换一个灯泡",
    },
):
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


class PointsAwarded(PointsMessage, type="linli.points.awarded.v1", readers={"notify"}):
    """Points were credited to an account."""


class PointsReversed(
    PointsMessage,
    type="linli.points.reversed.v1",
    readers={"notify"},
    example={"balance": 100, "balance_version": 7},
):
    """Points that had been credited were taken back; `amount` is what was taken, positive."""
