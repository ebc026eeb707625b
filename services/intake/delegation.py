"""Acting on a resident's behalf: who may, and when it has to be said."""

from shared.auth import Actor, Role
from shared.errors import Forbidden, Invalid
from shared.language import N_


class NotForOthers(Forbidden):
    """Only the desk acts on behalf of somebody else."""

    title = N_("Only the desk can act on behalf of somebody else")


def check_behalf(actor: Actor) -> None:
    """Whether the actor may act for whom they act; NotForOthers.

    A partner's machine does by what it says, where the type is granted to it.
    """
    alone = actor.on_behalf_of in (None, actor.person)
    if not (alone or actor.at_desk or actor.has(Role.PUBLISHER)):
        raise NotForOthers


def check_resident(actor: Actor) -> None:
    """Whether it is a resident for whom the actor acts; NotForOthers, Invalid."""
    check_behalf(actor)
    if actor.at_desk and actor.on_behalf_of is None:
        raise Invalid(errors={"on_behalf_of": N_("Please say for whom")})
