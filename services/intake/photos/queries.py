"""Reading photos, each by those who may see it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from services.intake.photos.models import Photo
from services.intake.wishes.models import Wish
from shared.auth import Actor
from shared.db import Page, PageRequest, load
from shared.errors import NotFound


async def get(tx: AsyncSession, actor: Actor, photo_id: UUID) -> Photo:
    """One photo with its content; NotFound where the actor may not see it."""
    found = await tx.execute(
        select(Photo, Wish)
        .join(Wish, Wish.id == Photo.wish_id)
        .where(Photo.id == photo_id, Photo.station_id == actor.station)
        .options(undefer(Photo.content))
    )
    row = found.one_or_none()
    if row is None or not row.Photo.visible_to(actor, row.Wish):
        raise NotFound
    photo: Photo = row.Photo
    return photo


async def list_photos(
    tx: AsyncSession, actor: Actor, wish_id: UUID, page_request: PageRequest
) -> Page[Photo]:
    """A page of those photos; they are few, and the wish decides which of them may be seen."""
    seen = await photos_of_wish(tx, actor, wish_id)
    if page_request.after is not None:
        seen = [photo for photo in seen if photo.id > page_request.after]
    items = seen[: page_request.limit]
    return Page(items, items[-1].id if len(seen) > page_request.limit else None)


async def photos_of_wish(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Sequence[Photo]:
    """The photos of a wish that the actor may see, oldest first; NotFound for no such wish."""
    wish = await load(tx, Wish, wish_id, station=actor.station)
    photos = (
        await tx.scalars(select(Photo).where(Photo.wish_id == wish.id).order_by(Photo.id))
    ).all()
    seen = [photo for photo in photos if photo.visible_to(actor, wish)]
    if not seen and not wish.visible_to(actor):
        raise NotFound
    return seen
