"""Acting on a resident's behalf: how a request names the resident, and who may do so."""

from uuid import UUID

from shared.auth import Actor
from shared.errors import Forbidden, Invalid
from shared.language import N_
from shared.web.http import RequestModel


class OnBehalfRequest(RequestModel):
    """A request, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None

    def acting_actor(self, actor: Actor) -> Actor:
        """Return `actor`, acting on behalf of the named resident."""
        return actor.acting_for(self.on_behalf_of)


class CannotActOnBehalf(Forbidden):
    """An action on behalf of somebody else by an actor who is not at the desk."""

    title = N_("Only the desk can act on behalf of somebody else")


def check_on_behalf(actor: Actor) -> None:
    """Check that `actor` may act on behalf of the named resident. Raises: CannotActOnBehalf."""
    if not actor.may_act_for_subject:
        raise CannotActOnBehalf


def require_resident(actor: Actor) -> None:
    """Check that `actor` acts for a resident. Raises: CannotActOnBehalf, Invalid."""
    check_on_behalf(actor)
    if actor.is_desk_itself:
        raise Invalid(errors={"on_behalf_of": N_("Please say for whom")})
