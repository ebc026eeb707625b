"""Queries of earning rules and their evaluations."""

from collections.abc import Collection, Sequence
from dataclasses import astuple
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import SourceEvent
from services.volunteers.rules.models import Rule, RuleEvaluation, in_force
from shared import clock
from shared.auth import Actor
from shared.pagination import Page, page


async def rules_for(
    tx: AsyncSession, message_type: str, stations: Collection[UUID]
) -> Sequence[Rule]:
    """List all versions of the rules for `message_type`: the standard and these stations' own."""
    own = or_(Rule.station_id.is_(None), Rule.station_id.in_(stations))
    return (await tx.scalars(select(Rule).where(Rule.message_type == message_type, own))).all()


async def page_of_rules(
    tx: AsyncSession, actor: Actor, *, after: UUID | None, limit: int
) -> Page[Rule]:
    """Return a page of the standard rules and the station's own, all versions, newest first."""
    return await page(tx, _rules_of(actor), Rule.id, after=after, limit=limit)


async def rules_in_force(tx: AsyncSession, actor: Actor) -> list[Rule]:
    """List the rules that decide in the actor's station now."""
    return in_force((await tx.scalars(_rules_of(actor))).all(), actor.station, clock.now())


def _rules_of(actor: Actor) -> Select[Rule]:
    own = or_(Rule.station_id.is_(None), Rule.station_id == actor.station)
    return select(Rule).where(own)


async def was_evaluated(tx: AsyncSession, source_event: SourceEvent) -> bool:
    """Return whether the rules have evaluated `source_event`."""
    return await tx.get(RuleEvaluation, astuple(source_event)) is not None
