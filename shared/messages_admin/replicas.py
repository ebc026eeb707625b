"""The operators' list of a service's replicas, the same in every service."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, select

from shared.bus.tables import replicas
from shared.db import database_now
from shared.pagination import Page
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

POLICY = "messages.operate"
# Three heartbeats.
SILENT_AFTER = timedelta(seconds=30)


class ReplicaPart(ResponseModel):
    """A part of a replica, such as a worker of the relay, as of the last heartbeat.

    `age_seconds` is the time since its last completed turn; `waits_for` is "work" or "messages",
    "turn" during one, or what failed: "broker", "database" or "error".
    """

    name: str
    turns: int
    age_seconds: float
    waits_for: str
    alive: bool


class ReplicaView(ResponseModel):
    """A replica, by host and process; a silent one has written no heartbeat for 30 seconds."""

    id: UUID
    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    is_silent: bool
    parts: list[ReplicaPart]

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Build the replica from its row."""
        return cls.model_validate(row._mapping)


async def list_replicas(tx: Tx, pagination: Pagination) -> list[ReplicaView]:
    """List the replicas that wrote a heartbeat within a day, the last that started first."""
    request = pagination.page_request
    is_silent = (replicas.c.seen_at < database_now() - SILENT_AFTER).label("is_silent")
    statement = select(replicas, is_silent).order_by(replicas.c.id.desc())
    if request.after is not None:
        statement = statement.where(replicas.c.id < request.after)
    rows = (await tx.execute(statement.limit(request.limit + 1))).all()
    last = rows[request.limit - 1].id if len(rows) > request.limit else None
    page = pagination.set_next_link(Page(rows[: request.limit], last))
    return [ReplicaView.of(row) for row in page.items]


def replica_operations(service: str) -> ApiRouter:
    """Build the route over a service's replicas."""
    router = ApiRouter(prefix=f"/operations/{service}/replicas", tags=["operations"])
    router.get("", policy=POLICY)(list_replicas)
    return router
