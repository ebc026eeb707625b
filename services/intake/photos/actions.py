"""The actions on photos of a wish: add, and remove before the delivery."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import check_on_behalf
from services.intake.photos.image_processing import NormalizedImage
from services.intake.photos.models import MAX_PHOTOS, Photo
from services.intake.photos.queries import get
from services.intake.wishes import actions as wishes
from services.intake.wishes.errors import TooManyPhotos
from services.intake.wishes.states import WishState
from shared.auth import Actor


async def add(
    tx: AsyncSession, actor: Actor, wish_id: UUID, image: NormalizedImage, *, may_be_public: bool
) -> Photo:
    """Add a photo to a wish that the actor has taken, or has just delivered.

    Raises: NotYourTask, NotClaimed, WishClosed, TooManyPhotos.
    """
    wish = await wishes.get_for_update(tx, actor, wish_id)
    wish.add_photo(actor)
    count = select(func.count()).where(Photo.wish_id == wish.id, Photo.made_by == actor.subject_id)
    if (await tx.scalar(count) or 0) >= MAX_PHOTOS:
        raise TooManyPhotos
    # The resident consents to the photos of the delivery: later ones are never published.
    public = may_be_public and wish.state == WishState.CLAIMED
    photo = Photo.of(wish, actor, image, may_be_public=public)
    tx.add(photo)
    await tx.flush()
    return photo


async def remove(tx: AsyncSession, actor: Actor, photo_id: UUID) -> None:
    """Remove a photo. Raises: NotFound, NotYourTask, NotClaimed, AlreadyDelivered."""
    check_on_behalf(actor)
    photo = await get(tx, actor, photo_id)
    wish = await wishes.get_for_update(tx, actor, photo.wish_id)
    wish.remove_photo(actor)
    await tx.delete(photo)
