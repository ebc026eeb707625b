"""Queries of the ledger: balances, entries, awards, and the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from services.volunteers.ledger.models import (
    Account,
    AccountKey,
    AccountKind,
    Leg,
    SourceEvent,
    Transfer,
)
from shared.contracts.volunteers import PointsAwarded, PointsReversed
from shared.messages_admin.effects import Effect, TrailKey
from shared.pagination import Page, page

SIGNS = {PointsAwarded.type: 1, PointsReversed.type: -1}


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """The points of an account."""

    balance: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        """The points that can be spent."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """The result of an audit: the sum of all legs, and the accounts with a wrong balance."""

    total: int
    mismatched_accounts: tuple[UUID, ...]

    @property
    def is_balanced(self) -> bool:
        """The balance of the books: a sum of zero and no mismatched account."""
        return self.total == 0 and not self.mismatched_accounts


def account_key(account: Account) -> AccountKey:
    """Return the key of `account`."""
    return AccountKey(account.station_id, cast(AccountKind, account.kind), account.owner_id)


async def get_balance(tx: AsyncSession, key: AccountKey) -> AccountBalance:
    """Return the points of the account; zero for an account that was never opened."""
    result = await tx.execute(select(Account.posted, Account.held).where(Account.id == key.id))
    row = result.one_or_none()
    return AccountBalance(row.posted or 0, row.held or 0) if row else AccountBalance()


async def entries(
    tx: AsyncSession, key: AccountKey, *, after: UUID | None, limit: int
) -> Page[Leg]:
    """Return a page of the account's legs with their transfers, newest first."""
    statement = (
        select(Leg)
        .join(Leg.transfer)
        .options(contains_eager(Leg.transfer))
        .where(Leg.account_id == key.id)
    )
    return await page(tx, statement, Leg.id, after=after, limit=limit)


async def legs_of(tx: AsyncSession, transfer: Transfer) -> Sequence[Leg]:
    """List the legs of `transfer` with their accounts."""
    statement = (
        select(Leg)
        .options(joinedload(Leg.account, innerjoin=True))
        .where(Leg.transfer_id == transfer.id)
        .order_by(Leg.id)
    )
    return (await tx.scalars(statement)).all()


async def awards_for(tx: AsyncSession, source_event: SourceEvent) -> Sequence[Transfer]:
    """List the awards for `source_event`."""
    statement = (
        select(Transfer)
        .where(
            Transfer.station_id == source_event.station_id,
            Transfer.cause_type == source_event.type,
            Transfer.cause_subject == source_event.subject,
            Transfer.revision == source_event.revision,
            Transfer.kind == "award",
        )
        .order_by(Transfer.id)
    )
    return (await tx.scalars(statement)).all()


async def point_effects(tx: AsyncSession, trail_key: TrailKey) -> Sequence[Effect]:
    """List the transfers of a trail; the messages of the trail name all of them."""
    by_transfer = {
        UUID(message.data["transfer_id"]): message
        for message in trail_key.messages
        if message.type in SIGNS
    }
    statement = (
        select(Transfer)
        .where(Transfer.id.in_(by_transfer), Transfer.station_id == trail_key.station)
        .order_by(Transfer.created_at, Transfer.id)
    )
    return [
        Effect(
            kind="points",
            id=transfer.id,
            what=transfer.rule,
            state=transfer.kind,
            causation=by_transfer[transfer.id].causationid,
            subject=transfer.cause_subject,
            to=UUID(by_transfer[transfer.id].data["owner_id"]),
            amount=SIGNS[by_transfer[transfer.id].type] * by_transfer[transfer.id].data["amount"],
            at=transfer.created_at,
        )
        for transfer in await tx.scalars(statement)
    ]


async def audit_ledger(tx: AsyncSession, station: UUID) -> LedgerAudit:
    """Audit a station's books: sum all legs, compare them with every running balance."""
    total = await tx.scalar(
        select(func.coalesce(func.sum(Leg.amount), 0))
        .join(Leg.account)
        .where(Account.station_id == station)
    )
    mismatched = await tx.scalars(
        select(Account.id)
        .outerjoin(Leg, Leg.account_id == Account.id)
        .where(Account.station_id == station, Account.posted.is_not(None))
        .group_by(Account.id)
        .having(Account.posted != func.coalesce(func.sum(Leg.amount), 0))
        .order_by(Account.id)
    )
    return LedgerAudit(int(total or 0), tuple(mismatched))
