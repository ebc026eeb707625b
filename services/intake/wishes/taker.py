"""The taker of a wish."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from shared.auth import Actor, Role
from shared.contracts.intake import TakerKind


@dataclass(frozen=True)
class Taker:
    """The taker of a wish: a volunteer (by resident id), a partner's account, or the station."""

    kind: TakerKind
    id: UUID

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """Return the taker for whom the actor claims; the desk itself claims for the station."""
        if actor.is_desk_itself:
            return cls("station", actor.station)
        if actor.has(Role.PARTNER):
            return cls("partner", actor.person)
        return cls("volunteer", actor.subject_id)
