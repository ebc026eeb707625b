"""The history of wishes: a row for every change of a wish's state."""

from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.wishes.models import Wish
from shared.aggregate import choice_check
from shared.auth import Actor
from shared.state import Transition

ActorKind = Literal["resident", "volunteer", "partner", "desk", "system"]


class WishTransition(Transition, Base, of=Wish, key="wish_id"):
    """A change of a wish's state: by whom, for whom, when, and with which note."""

    __tablename__ = "wish_steps"
    __table_args__ = (choice_check("hand", get_args(ActorKind)),)

    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id"), primary_key=True)

    @classmethod
    def actor_kind(cls, wish: Wish, actor: Actor) -> str:
        """Return in which capacity `actor` changes `wish`; who isn't its resident volunteers."""
        kind = super().actor_kind(wish, actor)
        if kind not in ("resident", "volunteer"):
            return kind
        return "resident" if actor.person == wish.resident_id else "volunteer"
