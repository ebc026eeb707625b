"""Publishers by their keys and by their users on the broker, and lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.publishers.models import ApiKey, Publisher
from shared import clock
from shared.auth import Actor, Role
from shared.bus.partners import ingress
from shared.db import Page, PageRequest, load, page, sealer_of
from shared.errors import Unauthorized


@dataclass(frozen=True)
class AuthenticatedPublisher:
    """A publisher that asks, and the key by which it is known."""

    publisher: Publisher
    key: ApiKey


def hash_api_key(tx: AsyncSession, key: str) -> bytes:
    """The keyed hash by which an API key is kept."""
    return sealer_of(tx).blind_index(f"api-key\n{key}")


async def actor_of(tx: AsyncSession, key: str) -> Actor | None:
    """Who holds that key, the key standing for them; None for no key that is valid now."""
    found = await tx.execute(
        select(ApiKey.station_id, ApiKey.id).where(
            ApiKey.key_hash == hash_api_key(tx, key), ApiKey.expires_at > clock.now()
        )
    )
    row = found.one_or_none()
    return Actor(row.station_id, row.id, frozenset({Role.PUBLISHER})) if row else None


async def authenticate(tx: AsyncSession, actor: Actor) -> AuthenticatedPublisher:
    """The publisher that acts, and its key; Unauthorized when the key has just ended."""
    key = await load(tx, ApiKey, actor.person, station=actor.station)
    if key.is_expired:
        raise Unauthorized
    return AuthenticatedPublisher(
        await load(tx, Publisher, key.publisher_id, station=actor.station), key
    )


async def by_user(tx: AsyncSession, user: str) -> Publisher | None:
    """The publisher with that user on the broker."""
    found: Publisher | None = await tx.scalar(
        select(Publisher).where(Publisher.name == ingress.name_of(user))
    )
    return found


async def station_of(tx: AsyncSession, user: str) -> UUID | None:
    """The station of the publisher with that user on the broker; None for nobody."""
    station: UUID | None = await tx.scalar(
        select(Publisher.station_id).where(Publisher.name == ingress.name_of(user))
    )
    return station


async def all_publishers(tx: AsyncSession) -> Sequence[Publisher]:
    """The publishers of all stations, by name: what the broker must know."""
    return (await tx.scalars(select(Publisher).order_by(Publisher.name))).all()


async def list_publishers(
    tx: AsyncSession, actor: Actor, page_request: PageRequest
) -> Page[Publisher]:
    """The station's publishers, the newest first."""
    statement = select(Publisher).where(Publisher.station_id == actor.station)
    return await page(
        tx, statement, Publisher.id, after=page_request.after, limit=page_request.limit
    )


async def list_keys(tx: AsyncSession, publisher: Publisher) -> Sequence[ApiKey]:
    """A publisher's keys, those that are over too, the newest first."""
    found = await tx.scalars(
        select(ApiKey)
        .where(ApiKey.publisher_id == publisher.id, ApiKey.station_id == publisher.station_id)
        .order_by(ApiKey.id.desc())
    )
    return found.all()
