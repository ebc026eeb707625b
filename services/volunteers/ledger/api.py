"""The JSON routes of points: what somebody has, and how it came about."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.volunteers.language import language_of
from services.volunteers.ledger import queries
from services.volunteers.ledger.models import AccountKey, Leg
from shared.auth import Actor, Role
from shared.errors import Forbidden
from shared.language import Language, translate
from shared.web.http import Api, Filters, Tx, View, Where, Who

router = Api(prefix="/points", tags=["points"])


class Whose(Filters):
    """Whose points: one's own, or at the desk a resident's."""

    resident: UUID | None = None


class StandingView(View):
    """Points: all of them, those promised, and those that can be spent."""

    balance: int
    held: int
    available: int


class EntryView(View):
    """One change: by how much, why, on what occasion, by which rule."""

    id: UUID
    transfer_id: UUID
    amount: int
    kind: str
    reason: str
    title: str
    rule: str
    rule_version: int
    cause_subject: str
    correlation_id: UUID
    created_at: datetime

    @classmethod
    def of(cls, leg: Leg, language: Language) -> "EntryView":
        """The view of a leg and its transfer, its reason in `language`."""
        transfer = leg.transfer
        return cls(
            id=leg.id,
            transfer_id=transfer.id,
            amount=leg.amount,
            kind=transfer.kind,
            reason=translate(transfer.reason, language),
            title=transfer.title,
            rule=transfer.rule,
            rule_version=transfer.rule_version,
            cause_subject=transfer.cause_subject,
            correlation_id=transfer.correlation_id,
            created_at=transfer.created_at,
        )


@router.get("/me", policy="points.read")
async def points(tx: Tx, actor: Who, whose: Annotated[Whose, Query()]) -> StandingView:
    """How many points there are."""
    return StandingView.model_validate(await queries.standing(tx, _account(actor, whose)))


@router.get("/me/entries", policy="points.read")
async def entries(
    request: Request, tx: Tx, actor: Who, whose: Annotated[Whose, Query()], where: Where
) -> list[EntryView]:
    """How the points came about, newest first."""
    account = _account(actor, whose)
    found = where.link(await queries.entries(tx, account, after=where.after, limit=where.limit))
    language = language_of(request, actor)
    return [EntryView.of(leg, language) for leg in found.items]


def _account(actor: Actor, whose: Whose) -> AccountKey:
    if whose.resident not in (None, actor.for_whom) and not actor.at_desk:
        raise Forbidden
    if whose.resident is not None:
        return AccountKey(actor.station, "resident", whose.resident)
    is_partner = actor.has(Role.PARTNER) and not actor.has(Role.RESIDENT)
    return AccountKey(actor.station, "partner" if is_partner else "resident", actor.for_whom)
