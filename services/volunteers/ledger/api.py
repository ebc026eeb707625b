"""The JSON routes of points: balances and entries."""

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
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Filters, ResponseModel, Tx
from shared.web.pagination import Pagination

router = ApiRouter(prefix="/points", tags=["points"])


class PointsFilter(Filters):
    """The owner of the points: oneself, or for the desk any resident."""

    resident: UUID | None = None


class PointsBalanceView(ResponseModel):
    """Points of an account: all of them, those promised, and those that can be spent."""

    balance: int
    held: int
    available: int


class EntryView(ResponseModel):
    """One change of a balance: its amount, reason, occasion and rule."""

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
        """Build the view of `leg` and its transfer, with the reason in `language`."""
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
    """Return the points of the account."""
    return PointsBalanceView.model_validate(await queries.get_balance(tx, _account(actor, filters)))


@router.get("/me/entries", policy="points.read")
async def entries(
    request: Request,
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[PointsFilter, Query()],
    pagination: Pagination,
) -> list[EntryView]:
    """List the changes of the balance, newest first."""
    account = _account(actor, filters)
    page = pagination.set_next_link(
        await queries.entries(tx, account, after=pagination.after, limit=pagination.limit)
    )
    language = language_of(request, actor)
    return [EntryView.of(leg, language) for leg in page.items]


def _account(actor: Actor, filters: PointsFilter) -> AccountKey:
    if filters.resident not in (None, actor.subject_id) and not actor.is_staff:
        raise Forbidden
    if filters.resident is not None:
        return AccountKey(actor.station, "resident", filters.resident)
    is_partner = actor.has(Role.PARTNER) and not actor.has(Role.RESIDENT)
    return AccountKey(actor.station, "partner" if is_partner else "resident", actor.subject_id)
