"""The trail of a case over all services, as the gateway puts it together."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI, Request
from pydantic import BaseModel

from services.intake.gateway.timeline import ServiceReport, Timeline, build_timeline, messages_of
from services.intake.gateway.upstreams import API, PREFIXES, Upstreams
from shared.auth import Actor
from shared.errors import NotFound, Unavailable
from shared.language import N_
from shared.messages_admin import trail
from shared.messages_admin.trail import HandledMessage, HandledMessages, ServiceTrail, TrailKey
from shared.web.http import ApiRouter, CurrentActor

OWN_SERVICE = "intake"
A = TypeVar("A", bound=BaseModel)
router = ApiRouter(prefix="/trail", tags=["operations"])


class TrailNotFound(NotFound):
    """No service knows of anything under that correlation id in this station."""

    title = N_("Nothing is known of this case; what is older than 30 days is forgotten")


@router.get("/{correlation_id}", policy=trail.POLICY)
async def show(request: Request, correlation_id: UUID, actor: CurrentActor) -> Timeline:
    """What a request led to in all services: messages, who handled them, points, deliveries.

    Of the own station. It reaches as far back as sent messages are kept, 30 days.
    """
    return await load_timeline(request.app, actor, correlation_id)


async def load_timeline(app: FastAPI, actor: Actor, correlation: UUID) -> Timeline:
    """The story; TrailNotFound, or Unavailable where whoever may know it couldn't be asked."""
    asking = _TrailClient(app, actor, correlation)
    services = (OWN_SERVICE, *PREFIXES)
    parts = await asyncio.gather(*map(asking.trail_of, services))
    accounts = {
        name: ServiceReport(part)
        for name, part in zip(services, parts, strict=True)
        if part is not None
    }
    keys = [said.key for _, said in messages_of(accounts) if said.key is not None]
    handled = await asyncio.gather(*(asking.handled_by(name, keys) for name in accounts))
    whole = {
        name: ServiceReport(account.trail, came)
        for (name, account), came in zip(accounts.items(), handled, strict=True)
        if came is not None
    }
    away = set(services) - whole.keys()
    story = build_timeline(correlation, {**accounts, **whole}, away)
    if not story.steps:
        raise Unavailable if away else TrailNotFound
    return story


class _TrailClient:
    """Each service is asked as the one who looks: ours in short transactions, others over HTTP."""

    def __init__(self, app: FastAPI, actor: Actor, correlation: UUID) -> None:
        self._runtime = app.state.runtime
        self._upstreams: Upstreams = app.state.upstreams
        self._actor = actor
        self._trail_key = TrailKey(actor.station, correlation)

    async def trail_of(self, service: str) -> ServiceTrail | None:
        """What it said and did; None where it doesn't answer."""
        if service == OWN_SERVICE:
            async with self._runtime.sessions() as tx:
                return await trail.sent_and_effects(tx, self._runtime.service, self._trail_key)
        return await self._ask(ServiceTrail, "GET", service)

    async def handled_by(self, service: str, keys: Sequence[UUID]) -> list[HandledMessage] | None:
        """What came to it; None where it doesn't answer any more."""
        if service == OWN_SERVICE:
            async with self._runtime.sessions() as tx:
                return await trail.handled_messages(tx, OWN_SERVICE, self._trail_key, keys)
        body = {"keys": [str(key) for key in keys]}
        found = await self._ask(HandledMessages, "POST", service, "/handled", body)
        return found.handled if found else None

    async def _ask(
        self, kind: type[A], method: str, service: str, below: str = "", body: Any = None
    ) -> A | None:
        path = f"{API}operations/{service}/trail/{self._trail_key.correlation}{below}"
        try:
            answer = await self._upstreams.ask(self._actor, method, path, body)
        except Unavailable:
            return None
        # A release that doesn't know trails yet answers otherwise: it can't be asked either.
        return kind.model_validate_json(answer.content) if answer.is_success else None
