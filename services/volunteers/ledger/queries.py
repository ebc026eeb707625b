"""Reading the books: balances, entries, what a cause was paid, and whether all balances."""

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
from shared.db import Page, page
from shared.messages_admin.trail import Effect, TrailKey

SIGNS = {PointsAwarded.type: 1, PointsReversed.type: -1}


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What an account holds, in points."""

    balance: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        """What can be spent."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """A check of a station's books: the sum of all legs, and the accounts that don't agree."""

    total: int
    mismatched_accounts: tuple[UUID, ...]

    @property
    def is_balanced(self) -> bool:
        """Whether the books are in balance."""
        return self.total == 0 and not self.mismatched_accounts


def account_key(account: Account) -> AccountKey:
    """The key of an account in the books."""
    return AccountKey(account.station_id, cast(AccountKind, account.kind), account.owner_id)


async def get_balance(tx: AsyncSession, key: AccountKey) -> AccountBalance:
    """What the account holds; nothing where it was never opened."""
    found = await tx.execute(select(Account.posted, Account.held).where(Account.id == key.id))
    row = found.one_or_none()
    return AccountBalance(row.posted or 0, row.held or 0) if row else AccountBalance()


async def entries(
    tx: AsyncSession, key: AccountKey, *, after: UUID | None, limit: int
) -> Page[Leg]:
    """What happened to the account, newest first, each leg with its transfer."""
    statement = (
        select(Leg)
        .join(Leg.transfer)
        .options(contains_eager(Leg.transfer))
        .where(Leg.account_id == key.id)
    )
    return await page(tx, statement, Leg.id, after=after, limit=limit)


async def legs_of(tx: AsyncSession, transfer: Transfer) -> Sequence[Leg]:
    """The legs of a transfer with their accounts."""
    statement = (
        select(Leg)
        .options(joinedload(Leg.account, innerjoin=True))
        .where(Leg.transfer_id == transfer.id)
        .order_by(Leg.id)
    )
    return (await tx.scalars(statement)).all()


async def awards_for(tx: AsyncSession, source_event: SourceEvent) -> Sequence[Transfer]:
    """What was paid on an occasion."""
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
    """The transfers that the case's messages tell of, which are all of them."""
    told = {
        UUID(message.data["transfer_id"]): message
        for message in trail_key.messages
        if message.type in SIGNS
    }
    statement = (
        select(Transfer)
        .where(Transfer.id.in_(told), Transfer.station_id == trail_key.station)
        .order_by(Transfer.created_at, Transfer.id)
    )
    return [
        Effect(
            kind="points",
            id=transfer.id,
            what=transfer.rule,
            state=transfer.kind,
            causation=told[transfer.id].causationid,
            subject=transfer.cause_subject,
            to=told[transfer.id].data["owner_id"],
            amount=SIGNS[told[transfer.id].type] * told[transfer.id].data["amount"],
            at=transfer.created_at,
        )
        for transfer in await tx.scalars(statement)
    ]


async def audit_ledger(tx: AsyncSession, station: UUID) -> LedgerAudit:
    """Add up a station's books anew: all legs, and every account against its running balance."""
    total = await tx.scalar(
        select(func.coalesce(func.sum(Leg.amount), 0))
        .join(Leg.account)
        .where(Account.station_id == station)
    )
    astray = await tx.scalars(
        select(Account.id)
        .outerjoin(Leg, Leg.account_id == Account.id)
        .where(Account.station_id == station, Account.posted.is_not(None))
        .group_by(Account.id)
        .having(Account.posted != func.coalesce(func.sum(Leg.amount), 0))
        .order_by(Account.id)
    )
    return LedgerAudit(int(total or 0), tuple(astray))
