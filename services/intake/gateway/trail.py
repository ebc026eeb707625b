"""The trail of a case over all services, merged by the gateway."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI, Request
from pydantic import BaseModel

from services.intake.gateway.timeline import ServiceReport, Timeline, build_timeline, messages_of
from services.intake.gateway.upstreams import API, PREFIXES, UPSTREAMS
from shared.auth import Actor
from shared.errors import NotFound, Unavailable
from shared.language import N_
from shared.messages_admin import trail
from shared.messages_admin.context import ADMIN_CONTEXT
from shared.messages_admin.effects import TrailKey
from shared.messages_admin.trail import HandledMessage, HandledMessages, ServiceTrail
from shared.web.authentication import CurrentActor
from shared.web.http import SESSIONS, ApiRouter

OWN_SERVICE = "intake"
ModelT = TypeVar("ModelT", bound=BaseModel)
router = ApiRouter(prefix="/trail", tags=["operations"])


class TrailNotFound(NotFound):
    """A correlation id that no service of this station has anything of."""

    title = N_("Nothing is known of this case; what is older than 30 days is forgotten")


@router.get("/{correlation_id}", policy=trail.POLICY)
async def get_trail(request: Request, correlation_id: UUID, actor: CurrentActor) -> Timeline:
    """Show what a request led to in all services: messages, handlers, points, deliveries.

    Only the caller's own station is shown, as far back as sent messages are stored: 30 days.
    """
    return await load_timeline(request.app, actor, correlation_id)


async def load_timeline(app: FastAPI, actor: Actor, correlation: UUID) -> Timeline:
    """Load the timeline of a case from all services.

    Raises: TrailNotFound; Unavailable where a service that may know the case couldn't be asked.
    """
    trail_client = _TrailClient(app, actor, correlation)
    services = (OWN_SERVICE, *PREFIXES)
    trails = await asyncio.gather(*map(trail_client.trail_of, services))
    reports = {
        name: ServiceReport(service_trail)
        for name, service_trail in zip(services, trails, strict=True)
        if service_trail is not None
    }
    keys = [
        key
        for _, message in messages_of(reports)
        for key in (message.key, message.old_key)
        if key is not None
    ]
    handled = await asyncio.gather(*(trail_client.handled_by(name, keys) for name in reports))
    complete = {
        name: ServiceReport(report.trail, messages)
        for (name, report), messages in zip(reports.items(), handled, strict=True)
        if messages is not None
    }
    unavailable = set(services) - complete.keys()
    timeline = build_timeline(correlation, {**reports, **complete}, unavailable)
    if not timeline.steps:
        raise Unavailable if unavailable else TrailNotFound
    return timeline


class _TrailClient:
    """A reader of trails as the actor: intake's in short transactions, others' over HTTP."""

    def __init__(self, app: FastAPI, actor: Actor, correlation: UUID) -> None:
        self._sessions = SESSIONS.get(app.state)
        self._effects = ADMIN_CONTEXT.get(app.state).effects
        self._upstreams = UPSTREAMS.get(app.state)
        self._actor = actor
        self._trail_key = TrailKey(actor.station, correlation)

    async def trail_of(self, service: str) -> ServiceTrail | None:
        """Load the messages and effects of `service`; return None where it doesn't answer."""
        if service == OWN_SERVICE:
            async with self._sessions() as tx:
                return await trail.sent_and_effects(tx, self._effects, self._trail_key)
        return await self._ask(ServiceTrail, "GET", service)

    async def handled_by(self, service: str, keys: Sequence[UUID]) -> list[HandledMessage] | None:
        """Load what `service` handled of `keys`; return None where it doesn't answer any more."""
        if service == OWN_SERVICE:
            async with self._sessions() as tx:
                return await trail.handled_messages(tx, OWN_SERVICE, self._trail_key, keys)
        body = {"keys": [str(key) for key in keys]}
        answer = await self._ask(HandledMessages, "POST", service, "/handled", body)
        return answer.handled if answer else None

    async def _ask(
        self, model: type[ModelT], method: str, service: str, suffix: str = "", body: Any = None
    ) -> ModelT | None:
        path = f"{API}operations/{service}/trail/{self._trail_key.correlation}{suffix}"
        try:
            answer = await self._upstreams.ask(self._actor, method, path, body)
        except Unavailable:
            return None
        # A service of an older release has no trails; its error counts as no answer.
        return model.model_validate_json(answer.content) if answer.is_success else None
