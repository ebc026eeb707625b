"""The JSON routes of earning rules."""

from datetime import datetime
from typing import cast
from uuid import UUID

from fastapi import Request

from services.volunteers.language import language_of
from services.volunteers.rules import queries
from services.volunteers.rules.models import AmountKind, Rule
from shared.language import Language, translate
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

router = ApiRouter(prefix="/rules", tags=["rules"])


class RuleView(ResponseModel):
    """One version of a rule; `in_force` is true while the version decides."""

    id: UUID
    name: str
    version: int
    standard: bool
    in_force: bool
    message_type: str
    paid_kinds: list[str]
    amount_kind: AmountKind
    amount: int
    reason: str
    valid_from: datetime | None
    valid_until: datetime | None

    @classmethod
    def of(cls, rule: Rule, language: Language, *, is_in_force: bool) -> "RuleView":
        """Build the view of `rule`, with the reason in `language`."""
        return cls(
            id=rule.id,
            name=rule.name,
            version=rule.version,
            standard=rule.station_id is None,
            in_force=is_in_force,
            message_type=rule.message_type,
            paid_kinds=rule.paid_kinds,
            amount_kind=cast(AmountKind, rule.amount_kind),
            amount=rule.amount,
            reason=translate(rule.reason, language),
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
        )


@router.get("", policy="rules.read")
async def rules(
    request: Request, tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[RuleView]:
    """List the standard rules and the station's own, all their versions, newest first."""
    page = pagination.set_next_link(
        await queries.page_of_rules(tx, actor, after=pagination.after, limit=pagination.limit)
    )
    language = language_of(request, actor)
    deciding = {rule.id for rule in await queries.rules_in_force(tx, actor)}
    return [RuleView.of(r, language, is_in_force=r.id in deciding) for r in page.items]
