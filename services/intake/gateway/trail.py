"""The trail of a case over all services, as the gateway puts it together."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI, Request
from pydantic import BaseModel

from services.intake.gateway.timeline import Account, Story, messages_of, told
from services.intake.gateway.upstreams import API, PREFIXES, Neighbours
from shared.auth import Actor
from shared.errors import NotFound, Unavailable
from shared.language import N_
from shared.messages_admin import trail
from shared.messages_admin.trail import Came, Case, Handled, Part
from shared.web.http import Api, Who

OURS = "intake"
A = TypeVar("A", bound=BaseModel)
router = Api(prefix="/trail", tags=["operations"])


class NothingKnown(NotFound):
    """No service knows of anything under that correlation id in this station."""

    title = N_("Nothing is known of this case; what is older than 30 days is forgotten")


@router.get("/{correlation_id}", policy=trail.POLICY)
async def show(request: Request, correlation_id: UUID, actor: Who) -> Story:
    """What a request led to in all services: messages, who handled them, points, deliveries.

    Of the own station. It reaches as far back as sent messages are kept, 30 days.
    """
    return await follow(request.app, actor, correlation_id)


async def follow(app: FastAPI, actor: Actor, correlation: UUID) -> Story:
    """The story; NothingKnown, or Unavailable where whoever may know it couldn't be asked."""
    asking = _Asking(app, actor, correlation)
    services = (OURS, *PREFIXES)
    parts = await asyncio.gather(*map(asking.part, services))
    accounts = {
        name: Account(part) for name, part in zip(services, parts, strict=True) if part is not None
    }
    keys = [said.key for _, said in messages_of(accounts) if said.key is not None]
    handled = await asyncio.gather(*(asking.handled(name, keys) for name in accounts))
    whole = {
        name: Account(account.part, came)
        for (name, account), came in zip(accounts.items(), handled, strict=True)
        if came is not None
    }
    away = set(services) - whole.keys()
    story = told(correlation, {**accounts, **whole}, away)
    if not story.steps:
        raise Unavailable if away else NothingKnown
    return story


class _Asking:
    """Each service is asked as the one who looks: ours in short transactions, others over HTTP."""

    def __init__(self, app: FastAPI, actor: Actor, correlation: UUID) -> None:
        self._runtime = app.state.runtime
        self._neighbours: Neighbours = app.state.neighbours
        self._actor = actor
        self._case = Case(actor.station, correlation)

    async def part(self, service: str) -> Part | None:
        """What it said and did; None where it doesn't answer."""
        if service == OURS:
            async with self._runtime.sessions() as tx:
                return await trail.part(tx, self._runtime.service, self._case)
        return await self._ask(Part, "GET", service)

    async def handled(self, service: str, keys: Sequence[UUID]) -> list[Handled] | None:
        """What came to it; None where it doesn't answer any more."""
        if service == OURS:
            async with self._runtime.sessions() as tx:
                return await trail.came(tx, OURS, self._case, keys)
        body = {"keys": [str(key) for key in keys]}
        found = await self._ask(Came, "POST", service, "/handled", body)
        return found.handled if found else None

    async def _ask(
        self, kind: type[A], method: str, service: str, below: str = "", body: Any = None
    ) -> A | None:
        path = f"{API}operations/{service}/trail/{self._case.correlation}{below}"
        try:
            answer = await self._neighbours.ask(self._actor, method, path, body)
        except Unavailable:
            return None
        # A release that doesn't know trails yet answers otherwise: it can't be asked either.
        return kind.model_validate_json(answer.content) if answer.is_success else None
