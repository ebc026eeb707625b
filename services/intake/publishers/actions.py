"""Admitting publishers, granting to them, and giving them keys and passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.publishers.models import (
    ApiKey,
    GrantSpec,
    Publisher,
    PublisherAlreadyExists,
    new_key,
)
from services.intake.publishers.queries import hash_api_key
from shared import clock
from shared.auth import Actor, Role
from shared.db import flush_or_conflict, load
from shared.errors import Invalid, NotFound
from shared.language import N_
from shared.web.preconditions import ExpectedVersion

NOTE_USE_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True)
class IssuedKey:
    """A key as it is kept, and the key itself, which nobody sees again."""

    key: ApiKey
    secret: str


async def admit(
    tx: AsyncSession, actor: Actor, name: str, account_id: UUID, grants: Sequence[GrantSpec] = ()
) -> Publisher:
    """Admit a machine of the partner with that account; PublisherAlreadyExists, Invalid."""
    try:
        account = await load(tx, Account, account_id, station=actor.station)
    except NotFound:
        account = None
    if account is None or account.role != Role.PARTNER:
        raise Invalid(errors={"account_id": N_("This is no account of a partner")})
    publisher = Publisher.admit(actor.station, name, account.id)
    publisher.grant(grants, actor.person)
    await flush_or_conflict(tx, publisher, PublisherAlreadyExists)
    return publisher


async def grant(
    tx: AsyncSession,
    actor: Actor,
    publisher_id: UUID,
    grants: Sequence[GrantSpec],
    expected: ExpectedVersion,
) -> Publisher:
    """Let a publisher do this and nothing else from now on; NotFound, Stale, Invalid."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    expected.check(publisher.version)
    publisher.grant(grants, actor.person)
    await tx.flush()
    return publisher


async def issue_key(
    tx: AsyncSession, actor: Actor, publisher_id: UUID, types: list[str] | None
) -> IssuedKey:
    """A new key, for all that is granted or for some types of it; NotFound, NotGranted."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    return await _issue(tx, actor, publisher, types)


async def rotate_key(
    tx: AsyncSession, actor: Actor, publisher_id: UUID, key_id: UUID, overlap: timedelta
) -> IssuedKey:
    """A new key in the place of one that ends after `overlap`, for what of it is still granted.

    Raises NotFound, KeyExpired, and NotGranted where nothing is.
    """
    publisher = await _get_for_update(tx, actor, publisher_id)
    old = await _get_key_for_update(tx, publisher, key_id)
    old.end(actor.person, overlap)
    return await _issue(tx, actor, publisher, publisher.filter_granted(old.types))


async def end_key(tx: AsyncSession, actor: Actor, publisher_id: UUID, key_id: UUID) -> ApiKey:
    """Let a key end now; NotFound, KeyExpired."""
    key = await _get_key_for_update(tx, await _get_for_update(tx, actor, publisher_id), key_id)
    key.end(actor.person)
    return key


async def set_password(tx: AsyncSession, actor: Actor, publisher_id: UUID) -> tuple[Publisher, str]:
    """A new password for the broker, to which the command line tells it; NotFound."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    password = publisher.set_password(actor.person)
    return publisher, password


async def note_use(tx: AsyncSession, key: ApiKey) -> None:
    """Note that a key was used, to the hour, so that it can be seen which keys nobody needs.

    Past the key's version, and never waiting: many requests use one key at once.
    """
    now = clock.now()
    due = (
        select(ApiKey.id)
        .where(ApiKey.id == key.id, ApiKey.station_id == key.station_id)
        .where(or_(ApiKey.used_at.is_(None), ApiKey.used_at < now - NOTE_USE_INTERVAL))
        .with_for_update(skip_locked=True)
    )
    await tx.execute(
        update(ApiKey)
        .where(ApiKey.id.in_(due.scalar_subquery()))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


async def _get_for_update(tx: AsyncSession, actor: Actor, publisher_id: UUID) -> Publisher:
    return await load(tx, Publisher, publisher_id, station=actor.station, lock=True)


async def _get_key_for_update(tx: AsyncSession, publisher: Publisher, key_id: UUID) -> ApiKey:
    key = await load(tx, ApiKey, key_id, station=publisher.station_id, lock=True)
    if key.publisher_id != publisher.id:
        raise NotFound
    return key


async def _issue(
    tx: AsyncSession, actor: Actor, publisher: Publisher, types: list[str] | None
) -> IssuedKey:
    secret = new_key()
    key = ApiKey.issue(publisher, actor.person, hash_api_key(tx, secret), types)
    tx.add(key)
    await tx.flush()
    return IssuedKey(key, secret)
