"""Queries for publishers, by key and by user on the broker, and for lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.publishers.models import ApiKey, Publisher
from shared import clock
from shared.aggregate import load
from shared.auth import Actor, Role
from shared.bus.partners import ingress
from shared.bus.partners.ingress import PartnerIdentity
from shared.db import sealer_of
from shared.errors import Unauthorized
from shared.pagination import Page, PageRequest, page


@dataclass(frozen=True)
class AuthenticatedPublisher:
    """A publisher that makes a request, and the key of the request."""

    publisher: Publisher
    key: ApiKey


def hash_api_key(tx: AsyncSession, key: str) -> bytes:
    """Return the keyed hash under which an API key is stored."""
    return sealer_of(tx).blind_index(f"api-key\n{key}")


async def actor_of(tx: AsyncSession, key: str) -> Actor | None:
    """Return an actor whose person is that key; None where the key is not valid now."""
    result = await tx.execute(
        select(ApiKey.station_id, ApiKey.id).where(
            ApiKey.key_hash == hash_api_key(tx, key), ApiKey.expires_at > clock.now()
        )
    )
    row = result.one_or_none()
    return Actor(row.station_id, row.id, frozenset({Role.PUBLISHER})) if row else None


async def authenticate(tx: AsyncSession, actor: Actor) -> AuthenticatedPublisher:
    """Load the publisher that acts, and its key. Raises: Unauthorized for a key just ended."""
    key = await load(tx, ApiKey, actor.person, station=actor.station)
    if key.is_expired:
        raise Unauthorized
    return AuthenticatedPublisher(
        await load(tx, Publisher, key.publisher_id, station=actor.station), key
    )


async def find_by_user(tx: AsyncSession, user: str) -> Publisher | None:
    """Find the publisher with that user on the broker."""
    publisher: Publisher | None = await tx.scalar(
        select(Publisher).where(Publisher.name == ingress.name_of(user))
    )
    return publisher


async def identity_of(tx: AsyncSession, user: str) -> PartnerIdentity | None:
    """Return the id and the station of the publisher with that user on the broker."""
    statement = select(Publisher.id, Publisher.station_id)
    row = (await tx.execute(statement.where(Publisher.name == ingress.name_of(user)))).one_or_none()
    return PartnerIdentity(row.id, row.station_id, user) if row else None


async def all_publishers(tx: AsyncSession) -> Sequence[Publisher]:
    """List the publishers of all stations by name, for the users of the broker."""
    return (await tx.scalars(select(Publisher).order_by(Publisher.name))).all()


async def list_publishers(
    tx: AsyncSession, actor: Actor, page_request: PageRequest
) -> Page[Publisher]:
    """List the station's publishers, the newest first."""
    statement = select(Publisher).where(Publisher.station_id == actor.station)
    return await page(
        tx, statement, Publisher.id, after=page_request.after, limit=page_request.limit
    )


async def load_keys(
    tx: AsyncSession, actor: Actor, publishers: Sequence[Publisher]
) -> dict[UUID, list[ApiKey]]:
    """Load the keys of publishers, ended ones included, the newest first, by publisher."""
    ids = [publisher.id for publisher in publishers]
    keys = await tx.scalars(
        select(ApiKey)
        .where(ApiKey.publisher_id.in_(ids), ApiKey.station_id == actor.station)
        .order_by(ApiKey.id.desc())
    )
    by_publisher: dict[UUID, list[ApiKey]] = {id_: [] for id_ in ids}
    for key in keys:
        by_publisher[key.publisher_id].append(key)
    return by_publisher
