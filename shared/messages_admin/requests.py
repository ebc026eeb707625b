"""What requests of operators have in common: the operator, names, and the reason of an action."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import StringConstraints

from shared.auth import Actor
from shared.bus.admin.redrive import Operator
from shared.messages_admin.context import admin_context
from shared.web.authentication import CurrentActor
from shared.web.http import RequestModel

Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
ReasonText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ActionReason(RequestModel):
    """The reason of an action, for the log."""

    reason: ReasonText


async def _operator(request: Request, actor: CurrentActor) -> Operator:
    return operator_for(actor, admin_context(request).service)


CurrentOperator = Annotated[Operator, Depends(_operator)]


def operator_for(actor: Actor, service: str) -> Operator:
    """Build the operator for messages of the actor's station."""
    return Operator(service, str(actor.person), actor.station)
