"""Actions on the ledger: transfers are posted once each, in batches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Uuid, column, select, text, update, values
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import (
    Account,
    AccountKey,
    Balance,
    Cause,
    Posting,
    SourceEvent,
    Transfer,
)
from services.volunteers.ledger.queries import account_key, legs_of
from shared import clock
from shared.bus.locks import acquire_locks
from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.contracts.volunteers import PointsAwarded, PointsReversed
from shared.ids import new_id

# One statement with arrays rather than one per row, since legs are inserted most often of all.
_LEGS = text(
    "INSERT INTO legs (id, transfer_id, account_id, amount) SELECT * FROM unnest("
    "CAST(:ids AS uuid[]), CAST(:transfers AS uuid[]), CAST(:accounts AS uuid[]),"
    " CAST(:amounts AS bigint[]))"
)
CausesByTransfer = Mapping[UUID, Message[Any]]


async def post(
    tx: AsyncSession, postings: Sequence[Posting], causes: CausesByTransfer | None = None
) -> list[Posting]:
    """Post the transfers that the ledger lacks, record their messages, and return the new ones.

    `causes` maps a transfer's id to the message that caused the transfer, where the context has
    none. Accounts are locked in one order.

    Raises: NotEnoughPoints, after which no transfer of the batch may be committed.
    """
    await acquire_locks(
        tx, {key.lock for posting in postings for key, _ in posting.legs if key.has_balance}
    )
    fresh = await _insert_new_transfers(tx, postings)
    if not fresh:
        return []
    keys = {key for posting in fresh for key, _ in posting.legs}
    await _open_accounts(tx, keys)
    await _add_legs(tx, fresh)
    balances = await _balances(tx, keys)
    outgoing = []
    for posting in fresh:
        for key, amount in posting.legs:
            if key.has_balance:
                balances[key].move(amount)
                cause = (causes or {}).get(posting.id)
                outgoing.append(_balance_message(posting, key, amount, balances[key], cause))
    await _write_balances(tx, balances)
    await record_messages(tx, outgoing)
    return fresh


async def reverse(
    tx: AsyncSession, transfers: Iterable[Transfer], *, reason: str, message: Message[Any]
) -> list[Posting]:
    """Reverse each transfer by a new one, once however often asked. Raises: NotEnoughPoints."""
    reversals = []
    for transfer in transfers:
        cause = _cause(transfer, reason, message.correlation)
        legs = tuple((account_key(leg.account), leg.amount) for leg in await legs_of(tx, transfer))
        reversals.append(Posting.reversal(transfer.id, cause, legs))
    return await post(tx, reversals, {reversal.id: message for reversal in reversals})


def _cause(transfer: Transfer, reason: str, correlation: UUID) -> Cause:
    return Cause(
        source_event=SourceEvent(
            transfer.station_id, transfer.cause_type, transfer.cause_subject, transfer.revision
        ),
        rule=transfer.rule,
        rule_version=transfer.rule_version,
        reason=reason,
        title=transfer.title,
        correlation=correlation,
    )


async def _insert_new_transfers(tx: AsyncSession, postings: Sequence[Posting]) -> list[Posting]:
    by_id = {posting.id: posting for posting in postings}
    if not by_id:
        return []
    rows = [
        {
            "id": posting.id,
            "kind": posting.kind,
            "created_at": clock.now(),
            "reverses_id": posting.reverses,
            **posting.cause.columns,
        }
        for posting in by_id.values()
    ]
    statement = insert(Transfer).on_conflict_do_nothing().returning(Transfer.id)
    new_ids = set(await tx.scalars(statement, rows))
    return [posting for posting in by_id.values() if posting.id in new_ids]


async def _open_accounts(tx: AsyncSession, keys: set[AccountKey]) -> None:
    """Insert the missing accounts.

    Existing accounts are read first, since two transactions that insert the same account wait for
    each other.
    """
    ids = [key.id for key in keys]
    existing = set(await tx.scalars(select(Account.id).where(Account.id.in_(ids))))
    rows = [
        {
            "id": key.id,
            "station_id": key.station,
            "kind": key.kind,
            "owner_id": key.owner,
            "posted": 0 if key.has_balance else None,
            "held": 0 if key.has_balance else None,
            "version": 0,
            "created_at": clock.now(),
        }
        for key in sorted(keys)
        if key.id not in existing
    ]
    if rows:
        await tx.execute(insert(Account).values(rows).on_conflict_do_nothing())


async def _add_legs(tx: AsyncSession, postings: Iterable[Posting]) -> None:
    legs = [(posting.id, key.id, amount) for posting in postings for key, amount in posting.legs]
    transfers, accounts, amounts = zip(*legs, strict=True)
    ids = [new_id() for _ in legs]
    columns = {"ids": ids, "transfers": transfers, "accounts": accounts, "amounts": amounts}
    await tx.execute(_LEGS, columns)


async def _balances(tx: AsyncSession, keys: set[AccountKey]) -> dict[AccountKey, Balance]:
    ids = {key.id: key for key in keys if key.has_balance}
    statement = (
        select(Account.id, Account.posted, Account.held, Account.version)
        .where(Account.id.in_(ids))
        .order_by(Account.id)
        .with_for_update()
    )
    rows = await tx.execute(statement)
    return {
        ids[id_]: Balance(posted or 0, held or 0, version) for id_, posted, held, version in rows
    }


async def _write_balances(tx: AsyncSession, balances: Mapping[AccountKey, Balance]) -> None:
    after = values(
        column("id", Uuid), column("posted", BigInteger), column("version", Integer), name="after"
    ).data([(key.id, balance.posted, balance.version) for key, balance in balances.items()])
    accounts = Account.__table__
    await tx.execute(
        update(accounts)  # type: ignore[arg-type]  # mapped to a Table, typed as FromClause
        .where(accounts.c.id == after.c.id)
        .values(posted=after.c.posted, version=after.c.version)
    )


def _balance_message(
    posting: Posting, key: AccountKey, amount: int, balance: Balance, cause: Message[Any] | None
) -> OutgoingMessage:
    kind, _, id_ = posting.cause.source_event.subject.partition("/")
    contract = PointsAwarded if posting.kind == "award" else PointsReversed
    content = contract(
        account_id=key.id,
        owner_kind=key.owner_kind,
        owner_id=key.owner,
        transfer_id=posting.id,
        amount=abs(amount),
        balance=balance.posted,
        balance_version=balance.version,
        rule=posting.cause.rule,
        wish_id=UUID(id_) if kind == "wishes" else None,
        cause_subject=posting.cause.source_event.subject,
        title=posting.cause.title,
    )
    account = f"{Account.plural}/{key.id}"
    return OutgoingMessage(account, key.station, balance.version, content, cause)
