"""One service alone: a replica without background tasks, and clients with tokens of any roles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from shared.auth import Actor, Role, issue_token
from shared.bus.message import bindings
from shared.bus.transport.in_process import InProcessTransport
from shared.ids import new_id
from shared.language import Language
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service
from tests.support.settings import SIGNING_KEY, make_settings


@asynccontextmanager
async def open_replica(service: Service, url: str, **overrides: Any) -> AsyncIterator[Runtime]:
    """Open a replica that relays, handles and sends nothing by itself."""
    transport = InProcessTransport({service.name: bindings(service.handlers)})
    runtime = Runtime(service, make_settings(service, url, **overrides), transport)
    try:
        yield runtime
    finally:
        await runtime.close()


@dataclass(frozen=True)
class MakeClient:
    """A factory of clients with roles, in its station unless `of` is given."""

    runtime: Runtime
    station: UUID

    def __call__(
        self,
        *roles: Role,
        person: UUID | None = None,
        of: UUID | None = None,
        speaks: Language = "zh",
        accept: str = "",
    ) -> httpx.AsyncClient:
        """Return a client whose token the gateway could have issued."""
        actor = Actor(of or self.station, person or new_id(), frozenset(roles), speaks)
        token = issue_token(actor, SIGNING_KEY, self.runtime.service.name)
        headers = {"Authorization": f"Bearer {token}"}
        if accept:
            headers["Accept-Language"] = accept
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.runtime.app, raise_app_exceptions=False),
            base_url=f"http://{self.runtime.service.name}/api/v1",
            headers=headers,
        )
