"""The operators' list of hours of which a service lacks messages, the same in every service."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from sqlalchemy import Row, select, tuple_

from shared.bus.tables import received_hours
from shared.pagination import Page
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

POLICY = "messages.operate"


class MissingHour(ResponseModel):
    """An hour of which messages are missing: those of `missing_types` that the sender recorded.

    In `waiting` the sender is asked to send them again, `asks` times so far. `incomplete` is final:
    asked three times, or the sender doesn't have them any more.
    """

    id: UUID
    sender: str
    hour: datetime
    state: Literal["waiting", "incomplete"]
    asks: int
    missing_types: list[str]
    checked_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Build the hour from its row."""
        return cls.model_validate(row._mapping)


async def list_missing_hours(tx: Tx, pagination: Pagination) -> list[MissingHour]:
    """List the hours of which messages are missing, the latest first."""
    request = pagination.page_request
    table = received_hours.c
    statement = select(received_hours).where(table.missing_types != [])
    if request.after is not None:
        last = select(table.hour, table.id).where(table.id == request.after)
        statement = statement.where(tuple_(table.hour, table.id) < last.scalar_subquery())
    ordered = statement.order_by(table.hour.desc(), table.id.desc()).limit(request.limit + 1)
    rows = (await tx.execute(ordered)).all()
    after = rows[request.limit - 1].id if len(rows) > request.limit else None
    page = pagination.set_next_link(Page(rows[: request.limit], after))
    return [MissingHour.of(row) for row in page.items]


def missing_hour_operations(service: str) -> ApiRouter:
    """Build the route over the hours of which a service lacks messages."""
    router = ApiRouter(prefix=f"/operations/{service}/missing-hours", tags=["operations"])
    router.get("", policy=POLICY)(list_missing_hours)
    return router
