"""The queries of photos, each photo for those who may see it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from services.intake.photos.models import Photo
from services.intake.wishes.models import Wish
from shared.aggregate import load
from shared.auth import Actor
from shared.errors import NotFound
from shared.pagination import Page, PageRequest


async def get(tx: AsyncSession, actor: Actor, photo_id: UUID) -> Photo:
    """Return a photo that the actor may see, with its content. Raises: NotFound."""
    rows = await tx.execute(
        select(Photo, Wish)
        .join(Wish, Wish.id == Photo.wish_id)
        .where(Photo.id == photo_id, Photo.station_id == actor.station)
        .options(undefer(Photo.content))
    )
    row = rows.one_or_none()
    if row is None or not row.Photo.visible_to(actor, row.Wish):
        raise NotFound
    photo: Photo = row.Photo
    return photo


async def list_photos(
    tx: AsyncSession, actor: Actor, wish_id: UUID, page_request: PageRequest
) -> Page[Photo]:
    """Return a page of `list_visible_photos`, cut in Python, since a wish has few photos."""
    photos = await list_visible_photos(tx, actor, wish_id)
    if page_request.after is not None:
        photos = [photo for photo in photos if photo.id > page_request.after]
    items = photos[: page_request.limit]
    return Page(items, items[-1].id if len(photos) > page_request.limit else None)


async def list_visible_photos(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Sequence[Photo]:
    """List the photos of a wish that the actor may see, oldest first. Raises: NotFound."""
    wish = await load(tx, Wish, wish_id, station=actor.station)
    photos = (
        await tx.scalars(select(Photo).where(Photo.wish_id == wish.id).order_by(Photo.id))
    ).all()
    visible = [photo for photo in photos if photo.visible_to(actor, wish)]
    if not visible and not wish.visible_to(actor):
        raise NotFound
    return visible
