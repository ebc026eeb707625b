"""The data of the join benchmark: a station, its signed-in residents, and events to join."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions
from services.intake.events.models import Event, EventFields
from services.intake.main import SERVICE as INTAKE
from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import Session
from services.intake.stations.models import Station
from shared import clock
from shared.auth import NOBODY, Actor, Role
from shared.bus.tables import outbox
from shared.db import make_engine, make_sessions
from tests.support.settings import make_settings

GUEST_COUNT = 300


@dataclass(frozen=True)
class JoinWorkload:
    """Session tokens of guests, events with a place for every guest, and one full event."""

    tokens: Sequence[str]
    events: Sequence[UUID]
    full_event: UUID


async def create_workload(url: str, events: int) -> JoinWorkload:
    """Create guests and `events` events in that database of intake; empty its outbox."""
    engine = make_engine(url, schema="intake")
    sessions = make_sessions(engine, make_settings(INTAKE, url).sealer())
    try:
        async with sessions.begin() as tx:
            station = Station.create("bench", ("测试站", "Bench"), ("测试社区", "Bench"))
            tx.add(station)
            await tx.flush()
            desk = Actor(station.id, NOBODY, frozenset({Role.STAFF}))
            tokens = [await _create_session(tx, desk) for _ in range(GUEST_COUNT)]
            open_events = [
                await _create_event(tx, desk, day, places=GUEST_COUNT)
                for day in range(1, events + 1)
            ]
            full_event = await _create_event(tx, desk, 0, places=1)
            full_event.guests = 1
            await tx.flush()
            await tx.execute(delete(outbox))
    finally:
        await engine.dispose()
    return JoinWorkload(tokens, [event.id for event in open_events], full_event.id)


async def _create_session(tx: AsyncSession, desk: Actor) -> str:
    resident = await residents.register(tx, desk, ResidentFields(name="演示居民"))
    token = secrets.token_urlsafe(32)
    tx.add(Session.begin(desk.station, keyed_hash(tx, "session", token), resident_id=resident.id))
    return token


async def _create_event(tx: AsyncSession, desk: Actor, day: int, places: int) -> Event:
    start = clock.now() + timedelta(days=day + 1)
    fields = EventFields(
        kind="film",
        title="露天电影",
        summary="",
        place="小广场",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        helper_places=0,
        guest_places=places,
    )
    event = await actions.create(tx, desk, fields)
    return await actions.publish(tx, desk, event.id)
