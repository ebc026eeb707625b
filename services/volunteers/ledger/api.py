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
from shared.web.http import ApiRouter, CurrentActor, Filters, Pagination, ResponseModel, Tx

router = ApiRouter(prefix="/points", tags=["points"])


class PointsFilter(Filters):
    """Whose points: one's own, or at the desk a resident's."""

    resident: UUID | None = None


class PointsBalanceView(ResponseModel):
    """Points: all of them, those promised, and those that can be spent."""

    balance: int
    held: int
    available: int


class EntryView(ResponseModel):
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
async def points(
    tx: Tx, actor: CurrentActor, filters: Annotated[PointsFilter, Query()]
) -> PointsBalanceView:
    """How many points there are."""
    return PointsBalanceView.model_validate(await queries.get_balance(tx, _account(actor, filters)))


@router.get("/me/entries", policy="points.read")
async def entries(
    request: Request,
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[PointsFilter, Query()],
    pagination: Pagination,
) -> list[EntryView]:
    """How the points came about, newest first."""
    account = _account(actor, filters)
    found = pagination.set_next_link(
        await queries.entries(tx, account, after=pagination.after, limit=pagination.limit)
    )
    language = language_of(request, actor)
    return [EntryView.of(leg, language) for leg in found.items]


def _account(actor: Actor, filters: PointsFilter) -> AccountKey:
    if filters.resident not in (None, actor.subject_id) and not actor.is_staff:
        raise Forbidden
    if filters.resident is not None:
        return AccountKey(actor.station, "resident", filters.resident)
    is_partner = actor.has(Role.PARTNER) and not actor.has(Role.RESIDENT)
    return AccountKey(actor.station, "partner" if is_partner else "resident", actor.subject_id)
