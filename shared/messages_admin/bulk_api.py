"""The operators' API over many parked messages at once, the same in every service."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from shared.bus.admin import bulk
from shared.bus.admin.bulk import BulkAction
from shared.bus.admin.redrive import InboxFilter
from shared.messages_admin.requests import ActionReason, CurrentOperator, Name
from shared.web.http import ApiRouter, Filters, ResponseModel, Tx


class ParkedFilter(Filters):
    """Filter of parked messages: of a type, or of the partner's machine with a broker user."""

    type: Name | None = None
    publisher: Name | None = None

    @property
    def inbox_filter(self) -> InboxFilter:
        """The filter of inbox rows."""
        return InboxFilter(type=self.type, publisher=self.publisher)


class BulkRequest(ActionReason):
    """The parked messages of a type or of a publisher, how many were counted, and the reason."""

    type: Name | None = None
    publisher: Name | None = None
    counted: Annotated[int, Field(strict=True, ge=0)]

    def action(self, kind: Literal["skip_all", "purge"]) -> BulkAction:
        """Return the action of this kind."""
        return BulkAction(kind, InboxFilter(type=self.type, publisher=self.publisher), self.reason)


class ParkedCount(ResponseModel):
    """Number of parked messages that match a filter."""

    messages: int


class BulkResult(ResponseModel):
    """Number of messages set aside; if it is 1,000, count the rest and repeat the request."""

    changed: int


async def count_parked(
    tx: Tx, operator: CurrentOperator, parked: Annotated[ParkedFilter, Query()]
) -> ParkedCount:
    """Count the parked messages of a type or of a publisher, before an action on all of them."""
    return ParkedCount(messages=await bulk.count_parked(tx, operator, parked.inbox_filter))


async def skip_all(tx: Tx, operator: CurrentOperator, body: BulkRequest) -> BulkResult:
    """Set parked messages aside, oldest first, 1,000 at most."""
    action = body.action("skip_all")
    return BulkResult(changed=await bulk.apply(tx, operator, action, body.counted))


async def purge(tx: Tx, operator: CurrentOperator, body: BulkRequest) -> BulkResult:
    """Set parked messages aside and delete their content, oldest first, 1,000 at most."""
    action = body.action("purge")
    return BulkResult(changed=await bulk.apply(tx, operator, action, body.counted))


def add_bulk_routes(router: ApiRouter, policy: str) -> None:
    """Add the routes to those over a service's messages."""
    router.get("/count", policy=policy)(count_parked)
    router.post("/skip-all", policy=policy)(skip_all)
    router.post("/purge", policy=policy)(purge)
