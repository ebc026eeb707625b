"""Acting on a resident's behalf: who may, and when it has to be said."""

from shared.auth import Actor, Role
from shared.errors import Forbidden, Invalid
from shared.language import N_


class CannotActOnBehalf(Forbidden):
    """Only the desk acts on behalf of somebody else."""

    title = N_("Only the desk can act on behalf of somebody else")


def check_on_behalf(actor: Actor) -> None:
    """Whether the actor may act for whom they act; CannotActOnBehalf.

    A partner's machine does by what it says, where the type is granted to it.
    """
    alone = actor.on_behalf_of in (None, actor.person)
    if not (alone or actor.is_staff or actor.has(Role.PUBLISHER)):
        raise CannotActOnBehalf


def require_resident(actor: Actor) -> None:
    """Whether it is a resident for whom the actor acts; CannotActOnBehalf, Invalid."""
    check_on_behalf(actor)
    if actor.is_staff and actor.on_behalf_of is None:
        raise Invalid(errors={"on_behalf_of": N_("Please say for whom")})
