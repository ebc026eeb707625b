"""Work of `linli messages` on the databases of the services, one transaction for each step."""

import asyncio
import getpass
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.demo_command import progress_bar
from services.cli.deployment import Deployment, ServiceDatabase
from services.cli.messages_view import ServiceRow
from services.cli.migrate import SERVICES
from services.demo.loader import Progress
from shared.bus.admin import bulk, redrive, snapshots
from shared.bus.admin import replay as bus_replay
from shared.bus.admin.bulk import BulkAction
from shared.bus.admin.redrive import RETRY_ALL_LIMIT, InboxFilter, Operator, UnknownMessage
from shared.bus.admin.replay import Original, Replay, ReplayCounts
from shared.bus.admin.tail import Tail, TailEvent
from shared.pagination import Page, PageRequest

POLL_INTERVAL_SECONDS = 0.5
REPLAY_BATCH_SIZE = 500
Services = Mapping[str, ServiceDatabase]
MessageAction = Callable[[AsyncSession, Operator, UUID], Awaitable[Row[Any]]]
PageQuery = Callable[[AsyncSession, Operator, PageRequest], Awaitable[Page[Row[Any]]]]


class UsageError(Exception):
    """Request that can't be carried out; the message is a sentence for the operator."""


def local_user() -> str:
    """Return the user of this machine; in a container the one that LOGNAME names."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def service_names(service: str | None) -> list[str]:
    """Return the name of `service`, or of all services for None. Raises: UsageError."""
    if service is not None and service not in SERVICES:
        raise UsageError(f"There is no service {service}: it is one of {', '.join(SERVICES)}.")
    return [service] if service else list(SERVICES)


async def list_in_services(service: str | None, limit: int, query: PageQuery) -> list[ServiceRow]:
    """List the first `limit` rows of `query` in each of the services. Raises: UsageError."""
    rows: list[ServiceRow] = []
    async with Deployment.read().connect() as services:
        for name in service_names(service):
            async with services[name].sessions() as tx:
                page = await query(tx, _operator(name), PageRequest(None, limit))
            rows += [(name, row) for row in page.items]
    return rows


async def apply_to_message(
    key: UUID,
    service: str | None,
    action: MessageAction,
) -> ServiceRow:
    """Apply `action` in the service whose inbox has the message.

    Raises: UnknownMessage, UsageError.
    """
    async with Deployment.read().connect() as services:
        for name in service_names(service):
            try:
                async with services[name].sessions.begin() as tx:
                    return name, await action(tx, _operator(name), key)
            except UnknownMessage:
                continue
    raise UnknownMessage


async def count_parked(inbox_filter: InboxFilter, service: str | None) -> int:
    """Count the parked messages that match a filter. Raises: UsageError."""
    total = 0
    async with Deployment.read().connect() as services:
        for name in service_names(service):
            async with services[name].sessions() as tx:
                total += await bulk.count_parked(tx, _operator(name), inbox_filter)
    return total


async def apply_to_all(action: BulkAction, service: str | None) -> int:
    """Apply an action to all messages that match its filter, in batches; return their number."""
    total = 0
    async with Deployment.read().connect() as services:
        with progress_bar("messages") as progress:
            for name in service_names(service):
                changed = bulk.MAX_MESSAGES
                while changed == bulk.MAX_MESSAGES:
                    async with services[name].sessions.begin() as tx:
                        changed = await bulk.apply(tx, _operator(name), action)
                    total += changed
                    progress(total, total, name)
    return total


async def retry_all(type_: str, reason: str, service: str | None) -> int:
    """Retry all parked messages of a type, in batches; return their number."""
    total = 0
    async with Deployment.read().connect() as services:
        with progress_bar("messages") as progress:
            for name in service_names(service):
                retried = RETRY_ALL_LIMIT
                while retried == RETRY_ALL_LIMIT:
                    async with services[name].sessions.begin() as tx:
                        retried = await redrive.retry_all(tx, _operator(name), type_, reason)
                    total += retried
                    progress(total, total, name)
    return total


async def replay(source: str, to: str, request: Replay) -> ReplayCounts:
    """Hand messages that `source` sent to the inbox of `to`, in batches.

    Raises: NotReplayable, UsageError.
    """
    handlers = SERVICES[service_names(to)[0]].handlers
    statement = bus_replay.select_sent(request.sent_filter)
    async with Deployment.read().connect() as services:
        with progress_bar("messages") as progress:
            async with services[service_names(source)[0]].sessions() as reading:
                # No index covers the subject of a message, and the record holds a month.
                await reading.execute(text("SET LOCAL statement_timeout = 0"))
                counts, total = ReplayCounts(), await bus_replay.count(reading, request.sent_filter)
                rows = await reading.stream(statement)
                async for chunk in rows.partitions(REPLAY_BATCH_SIZE):
                    originals = [Original.of(row) for row in chunk]
                    async with services[to].sessions.begin() as tx:
                        counts += await bus_replay.requeue(
                            tx, _operator(to), handlers, originals, request
                        )
                    progress(counts.handed + counts.left, total, to)
        if not total:
            # A replay of nothing is logged too.
            async with services[to].sessions.begin() as tx:
                await bus_replay.requeue(tx, _operator(to), handlers, [], request)
    return counts


async def snapshot(feature: str, reason: str) -> int:
    """Record the present state of `feature` again; return the number of messages.

    Raises: UsageError.
    """
    owners = {name: service for service in SERVICES.values() for name in service.snapshots}
    if feature not in owners:
        raise UsageError(f"There is no snapshot of {feature}: there are {', '.join(owners)}.")
    service = owners[feature].name
    async with Deployment.read().connect() as services:
        with progress_bar(feature) as progress:
            return await _record_snapshot(
                services[service], service, feature, reason=reason, progress=progress
            )


async def _record_snapshot(
    database: ServiceDatabase, service: str, feature: str, *, reason: str, progress: Progress
) -> int:
    model, recorded = SERVICES[service].snapshots[feature], 0
    async with database.sessions() as tx:
        total = await snapshots.count(tx, model, None)
    operator = _operator(service)
    async for recorded in snapshots.record(database.sessions, model, operator, reason):
        progress(recorded, total, service)
    return recorded


async def follow(services: Services, names: Sequence[str]) -> AsyncGenerator[TailEvent]:
    """Yield the events of the named services from now on, without end."""
    tails = {name: Tail(name) for name in names}
    while True:
        for name, service_tail in tails.items():
            async with services[name].sessions() as tx:
                events = await service_tail.poll(tx)
            for event in events:
                yield event
        await asyncio.sleep(POLL_INTERVAL_SECONDS)


def _operator(service: str) -> Operator:
    return Operator(service, f"{local_user()}, command line")
