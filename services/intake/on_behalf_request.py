"""The request model of actions that may be on a resident's behalf."""

from uuid import UUID

from shared.auth import Actor
from shared.web.http import RequestModel


class OnBehalfRequest(RequestModel):
    """A request, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None

    def acting_actor(self, actor: Actor) -> Actor:
        """Return `actor`, acting on behalf of the named resident."""
        return actor.acting_for(self.on_behalf_of)
