"""The photo of a wish."""

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.photos.image_processing import NormalizedImage
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor
from shared.db import TimestampTZ
from shared.ids import new_id

MAX_PHOTOS = 4


class Photo(Base):
    """A taker's photo of a wish; `may_be_public` is the consent of whoever took the photo."""

    __tablename__ = "photos"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id"), index=True)
    made_by: Mapped[UUID] = mapped_column(Uuid)
    may_be_public: Mapped[bool]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)

    @classmethod
    def of(cls, wish: Wish, actor: Actor, image: NormalizedImage, *, may_be_public: bool) -> Self:
        """Create a photo of a wish."""
        return cls(
            id=new_id(),
            station_id=wish.station_id,
            wish_id=wish.id,
            made_by=actor.subject_id,
            may_be_public=may_be_public,
            width=image.width,
            height=image.height,
            content=image.jpeg,
            created_at=clock.now(),
        )

    def visible_to(self, actor: Actor, wish: Wish) -> bool:
        """Return whether the actor may see it; neighbours need the taker's and resident's consent.

        A later taker doesn't see the photos that an earlier one took of the home.
        """
        if actor.is_staff or wish.is_owner(actor):
            return True
        if wish.is_taker(actor):
            return self.made_by == actor.subject_id
        return self.may_be_public and wish.photos_public and wish.state == WishState.FULFILLED
