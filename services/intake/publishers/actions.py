"""Actions that admit publishers, set their grants, and issue keys and passwords."""

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
from shared.aggregate import flush_or_conflict, load, load_for_update
from shared.auth import Actor, Role
from shared.errors import Invalid, NotFound
from shared.language import N_
from shared.web.preconditions import ExpectedVersion

NOTE_USE_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True)
class IssuedKey:
    """A stored key and its secret, which nobody sees again."""

    key: ApiKey
    secret: str


async def admit(
    tx: AsyncSession, actor: Actor, name: str, account_id: UUID, grants: Sequence[GrantSpec] = ()
) -> Publisher:
    """Admit a machine of the partner with that account. Raises: PublisherAlreadyExists, Invalid."""
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
    """Replace all grants of a publisher. Raises: NotFound, PreconditionFailed, Invalid."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    expected.check(publisher.version)
    publisher.grant(grants, actor.person)
    await tx.flush()
    return publisher


async def issue_key(
    tx: AsyncSession, actor: Actor, publisher_id: UUID, types: list[str] | None
) -> IssuedKey:
    """Issue a key for all granted types, or for `types` only. Raises: NotFound, NotGranted."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    return await _issue(tx, actor, publisher, types)


async def rotate_key(
    tx: AsyncSession, actor: Actor, publisher_id: UUID, key_id: UUID, overlap: timedelta
) -> IssuedKey:
    """Issue a key in place of one that ends after `overlap`, for its types still granted.

    Raises: NotFound, KeyExpired; NotGranted where none of its types is.
    """
    publisher = await _get_for_update(tx, actor, publisher_id)
    old = await _get_key_for_update(tx, publisher, key_id)
    old.end(actor.person, overlap)
    return await _issue(tx, actor, publisher, publisher.filter_granted(old.types))


async def end_key(tx: AsyncSession, actor: Actor, publisher_id: UUID, key_id: UUID) -> ApiKey:
    """End a key now. Raises: NotFound, KeyExpired."""
    key = await _get_key_for_update(tx, await _get_for_update(tx, actor, publisher_id), key_id)
    key.end(actor.person)
    return key


async def set_password(tx: AsyncSession, actor: Actor, publisher_id: UUID) -> tuple[Publisher, str]:
    """Set a new broker password, which the command line exports. Raises: NotFound."""
    publisher = await _get_for_update(tx, actor, publisher_id)
    password = publisher.set_password(actor.person)
    return publisher, password


async def note_use(tx: AsyncSession, key: ApiKey) -> None:
    """Record the hour in which a key was used last, which shows the keys that nobody needs.

    The row keeps its version, and a locked row is skipped: many requests use one key at once.
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
    return await load_for_update(tx, Publisher, publisher_id, station=actor.station)


async def _get_key_for_update(tx: AsyncSession, publisher: Publisher, key_id: UUID) -> ApiKey:
    key = await load_for_update(tx, ApiKey, key_id, station=publisher.station_id)
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
