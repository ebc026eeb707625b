"""The rules of acting on a resident's behalf."""

from shared.auth import Actor
from shared.errors import Forbidden, Invalid
from shared.language import N_


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
