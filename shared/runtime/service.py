"""A service as it is declared, and what a replica of it lends to the service's own parts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import FastAPI
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop
from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import Handlers
from shared.bus.partners.ingress import PartnerIngress
from shared.messages_admin.effects import Effect, Effects, TrailKey
from shared.policies import Policies
from shared.scheduler import Job
from shared.sealing import Sealer
from shared.settings import ServiceSettings


class BackgroundTask(Protocol):
    """A task that runs in the background of a replica."""

    @property
    def alive(self) -> bool:
        """Whether the task makes progress; a replica with a task that doesn't is degraded."""

    @property
    def loops(self) -> list[BackgroundLoop]:
        """The loops of the task, for heartbeats."""

    async def start(self) -> None:
        """Begin; return once the task runs."""

    async def stop(self) -> None:
        """Finish the work under way and end; may be called twice."""


async def _no_effects(_tx: AsyncSession, _key: TrailKey) -> Sequence[Effect]:
    return ()


def _no_tasks(_replica: "Replica") -> tuple[BackgroundTask, ...]:
    return ()


@dataclass(frozen=True)
class Service:
    """A service: its tables, its reactions to messages, its timed jobs, its application.

    `policies` are those that its routes name; `prefixes` are the paths under `/api/v1` that the
    gateway forwards to it; `background_tasks` makes what runs beside relay, consumer and scheduler
    (a sender of deliveries, say); `snapshots` are the features whose state can be recorded again,
    by name; `partners` handles what partners publish, in the one service that they publish to;
    `effects` lists what features did under a correlation id, for its trail.
    """

    name: str
    settings: type[ServiceSettings]
    metadata: MetaData
    build_app: Callable[["Replica"], FastAPI]
    policies: Policies = field(default_factory=dict)
    handlers: Handlers = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    prefixes: tuple[str, ...] = ()
    background_tasks: Callable[["Replica"], tuple[BackgroundTask, ...]] = _no_tasks
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    partners: PartnerIngress | None = None
    effects: Effects = _no_effects


@dataclass(frozen=True)
class Readiness:
    """Whether a replica is ready for requests, and each check.

    A replica without its broker, or with a part that makes no progress, is ready all the same: it
    is `degraded`.
    """

    is_ready: bool
    checks: dict[str, bool]


@dataclass(frozen=True)
class Replica:
    """What one replica lends to its application and to its service's background tasks.

    `check_readiness` says of each part of the replica whether it works; `wake_on_commit` lets each
    commit that marked a kind of work set an event; what the application opens (connections to
    other services) it adds to `on_close`.
    """

    service: Service
    settings: ServiceSettings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    sealer: Sealer
    check_readiness: Callable[[], Awaitable[Readiness]]
    wake_on_commit: Callable[[str, asyncio.Event], None]
    on_close: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
