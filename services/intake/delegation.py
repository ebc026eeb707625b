"""Acting on a resident's behalf: how a request names the resident, and who may do so."""

from uuid import UUID

from shared.auth import Actor, Role
from shared.errors import Forbidden, Invalid
from shared.language import N_
from shared.web.http import RequestModel


class OnBehalfRequest(RequestModel):
    """A request, perhaps on behalf of a resident who is at the desk or on the phone."""

    on_behalf_of: UUID | None = None


class CannotActOnBehalf(Forbidden):
    """An action on behalf of somebody else by an actor who is not at the desk."""

    title = N_("Only the desk can act on behalf of somebody else")


def check_on_behalf(actor: Actor) -> None:
    """Check that `actor` may act on behalf of the named resident. Raises: CannotActOnBehalf.

    A publisher may, since its grant for the message type is checked before.
    """
    for_self = actor.on_behalf_of in (None, actor.person)
    if not (for_self or actor.is_staff or actor.has(Role.PUBLISHER)):
        raise CannotActOnBehalf


def require_resident(actor: Actor) -> None:
    """Check that `actor` acts for a resident. Raises: CannotActOnBehalf, Invalid."""
    check_on_behalf(actor)
    if actor.is_staff and actor.on_behalf_of is None:
        raise Invalid(errors={"on_behalf_of": N_("Please say for whom")})
