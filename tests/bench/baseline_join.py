"""The baseline of joining: FastAPI and an asyncpg pool that write the same rows with plain SQL.

One transaction looks up the session, reserves the Idempotency-Key, counts a place, and writes the
participation, the message and the answer. Roles, registers, overlaps, sealing, metrics and the
relay are left out: the baseline does only what the same promises to clients require.
"""

import hashlib
import hmac
import json
import os
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
import uvicorn
from fastapi import FastAPI, Header, Request, Response
from pydantic import BaseModel

from shared.runtime.server import HTTP_GRACE_SECONDS
from shared.settings import ServiceSettings

TYPE = "linli.event.joined.v1"
POOL_SIZE = ServiceSettings.model_fields["pool_size"].default
_SELECT_SESSION = (
    "SELECT station_id, resident_id FROM sessions WHERE token_hash = $1 AND expires_at > $2"
)
_INSERT_KEY = (
    "INSERT INTO answers (key, fingerprint, created_at) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_SELECT_RESPONSE = "SELECT status, body FROM answers WHERE key = $1"
_RESERVE_PLACE = (
    "UPDATE events SET guests = guests + $3, helpers = helpers + $4"
    " WHERE id = $1 AND station_id = $2 AND state = 'published' AND ends_at > $5"
    " AND guests + $3 <= guest_places AND helpers + $4 <= helper_places"
    " RETURNING kind, title, summary, place, starts_at, ends_at, guests, helpers"
)
_INSERT_PARTICIPATION = (
    "INSERT INTO participations"
    " (id, station_id, version, created_at, event_id, resident_id, role, state, joined_at)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, 'joined', $3)"
)
_INSERT_MESSAGE = (
    "INSERT INTO outbox (lane, type, subject, correlation, body) VALUES ($1, $2, $3, $4, $5)"
)
_STORE_RESPONSE = "UPDATE answers SET status = $2, body = $3 WHERE key = $1"


class JoinRequest(BaseModel):
    """The body of a join: the role."""

    role: Literal["helper", "guest"] = "guest"


class EventFull(Exception):
    """Event without a free place; the transaction is rolled back."""


@asynccontextmanager
async def _connection_pool(app: FastAPI) -> AsyncIterator[None]:
    settings = {"search_path": "intake", "timezone": "UTC"}
    url = os.environ["LINLI_DATABASE_URL"]
    async with asyncpg.create_pool(
        url, min_size=POOL_SIZE, max_size=POOL_SIZE, server_settings=settings
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_connection_pool, openapi_url=None)


@app.post("/api/v1/ceiling")
async def ceiling() -> Response:
    """Answer without any work, to measure the most that the load generator can do."""
    return Response(b"{}", media_type="application/json")


@app.post("/api/v1/events/{event_id}/join")
async def join(
    event_id: UUID,
    join_request: JoinRequest,
    request: Request,
    authorization: str = Header(),
    idempotency_key: str = Header(),
) -> Response:
    """Take a place in an event."""
    secret = os.environ["LINLI_LOOKUP_KEY"].encode()
    token = authorization.removeprefix("Bearer ")
    token_hash = hmac.digest(secret, f"session\n{token}".encode(), hashlib.sha256)
    pool: asyncpg.Pool = request.app.state.pool
    try:
        async with pool.acquire() as connection, connection.transaction():
            session = await connection.fetchrow(_SELECT_SESSION, token_hash, datetime.now(UTC))
            if session is None:
                return Response(b"{}", 401)
            key = hashlib.sha256(f"{session['resident_id']} {idempotency_key}".encode()).digest()
            fingerprint = hashlib.sha256(request.url.path.encode() + await request.body()).digest()
            if not await connection.fetchval(_INSERT_KEY, key, fingerprint, datetime.now(UTC)):
                stored = await connection.fetchrow(_SELECT_RESPONSE, key)
                return Response(stored["body"], stored["status"], media_type="application/json")
            body = await _join(connection, session, event_id, join_request.role)
            await connection.execute(_STORE_RESPONSE, key, 200, body)
    except EventFull:
        return Response(b'{"title":"All places are taken"}', 409)
    return Response(body, media_type="application/json")


async def _join(
    connection: asyncpg.Connection, session: asyncpg.Record, event_id: UUID, role: str
) -> bytes:
    now, id_, correlation = datetime.now(UTC), uuid4(), uuid4()
    station, resident = session["station_id"], session["resident_id"]
    event = await connection.fetchrow(
        _RESERVE_PLACE, event_id, station, int(role == "guest"), int(role == "helper"), now
    )
    if event is None:
        raise EventFull
    await connection.execute(_INSERT_PARTICIPATION, id_, station, now, event_id, resident, role)
    part = {"id": str(id_), "role": role, "state": "joined", "joined_at": now.isoformat()}
    response = {"id": str(event_id), **event, "mine": part}
    subject = f"participations/{id_}"
    message = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "type": TYPE,
        "source": "/services/intake",
        "subject": subject,
        "time": now.isoformat(),
        "station": str(station),
        "sequence": "000000000001",
        "correlationid": str(correlation),
        "data": {**response, "resident_id": str(resident)},
    }
    lane = zlib.crc32(subject.encode()) % 16
    await connection.execute(_INSERT_MESSAGE, lane, TYPE, subject, correlation, _to_json(message))
    return _to_json(response)


def _to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=datetime.isoformat).encode()


def main() -> None:
    """Serve with the options of the product, on the socket of LINLI_BIND."""
    uvicorn.run(
        app,
        uds=os.environ["LINLI_BIND"].removeprefix("unix:"),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
