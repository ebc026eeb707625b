"""The JSON routes of earning rules."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field

from services.volunteers.language import language_of
from services.volunteers.rules import queries
from services.volunteers.rules.models import Rule
from shared.db import PAGE
from shared.http import Api, Body, Tx, View, Who, link_next
from shared.language import Language, translate

router = Api(prefix="/rules", tags=["rules"])


class Part(Body):
    """Which part of the list is wanted."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = PAGE


class RuleView(View):
    """One version of a rule; `in_force` says whether it decides at this moment."""

    id: UUID
    name: str
    version: int
    standard: bool
    in_force: bool
    message_type: str
    paid_kinds: list[str]
    amount: int
    reason: str
    valid_from: datetime | None
    valid_until: datetime | None

    @classmethod
    def of(cls, rule: Rule, language: Language, *, decides: bool) -> "RuleView":
        """The view of a rule, its reason in `language`."""
        return cls(
            id=rule.id,
            name=rule.name,
            version=rule.version,
            standard=rule.station_id is None,
            in_force=decides,
            message_type=rule.message_type,
            paid_kinds=rule.paid_kinds,
            amount=rule.amount,
            reason=translate(rule.reason, language),
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
        )


@router.get("", policy="rules.read")
async def rules(
    request: Request, response: Response, tx: Tx, actor: Who, part: Annotated[Part, Query()]
) -> list[RuleView]:
    """The standard rules and the station's own, all their versions, newest first."""
    found = await queries.page_of_rules(tx, actor, after=part.after, limit=part.limit)
    link_next(request, response, found)
    language = language_of(request, actor)
    deciding = {rule.id for rule in await queries.deciding(tx, actor)}
    return [RuleView.of(r, language, decides=r.id in deciding) for r in found.items]
