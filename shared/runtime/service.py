"""A service as it is declared: tables, reactions, timed jobs, application."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from fastapi import FastAPI
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import Handlers
from shared.bus.partners.ingress import PartnerIngress
from shared.messages_admin.trail import Effect, Effects, TrailKey
from shared.scheduler import Job
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime


class BackgroundTask(Protocol):
    """Something that runs in the background of a replica."""

    @property
    def alive(self) -> bool:
        """Whether it does its work; a replica whose parts don't is not ready."""

    async def start(self) -> None:
        """Begin; returns once it runs."""

    async def stop(self) -> None:
        """Finish what is under way and end; may be called twice."""


async def _none(_tx: AsyncSession, _case: TrailKey) -> Sequence[Effect]:
    return ()


@dataclass(frozen=True)
class Service:
    """What makes a service: its tables, its reactions to messages, its timed jobs, its application.

    `prefixes` are the paths under `/api/v1` that the gateway forwards to it; `parts` makes what
    runs beside the relay, the consumer and the ticker (a sender of deliveries, say); `snapshots`
    are the features whose state can be recorded again, by name; `partners` is what becomes of what
    partners say, in the one service that they talk to; `effects` tells what features did in a case,
    for its trail.
    """

    name: str
    settings: type[ServiceSettings]
    metadata: MetaData
    build_app: Callable[["Runtime"], FastAPI]
    handlers: Handlers = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    prefixes: tuple[str, ...] = ()
    parts: Callable[["Runtime"], tuple[BackgroundTask, ...]] = lambda _: ()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    partners: PartnerIngress | None = None
    effects: Effects = _none
