"""The HTTP edge: when a transaction commits, what a repeat gets, and what errors look like."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.auth import Actor, Role
from shared.db import make_engine, make_sessions
from shared.errors import Conflict
from shared.ids import new_id
from shared.policies import DESK, PUBLIC
from shared.sealing import Sealer
from shared.web import problems
from shared.web.authentication import AUTHENTICATE, POLICIES, CurrentActor
from shared.web.http import SESSIONS, ApiRouter, RequestModel, ResponseModel, Tx
from tests.support.settings import SECRETS

PERSON = Actor(new_id(), new_id(), frozenset({Role.STAFF}))


class Note(RequestModel):
    text: str


class NoteResponse(ResponseModel):
    id: UUID
    text: str


router = ApiRouter()


@router.post("/notes", policy="notes.write", status_code=201)
async def save_note(body: Note, tx: Tx, actor: CurrentActor) -> NoteResponse:
    assert actor == PERSON
    id_ = new_id()
    await tx.execute(
        text("INSERT INTO notes (id, text) VALUES (:id, :text)"), {"id": id_, "text": body.text}
    )
    if body.text == "refused":
        raise Conflict
    return NoteResponse(id=id_, text=body.text)


@router.post("/doomed", policy="public")
async def fail_at_commit(tx: Tx) -> NoteResponse:
    # The constraint is deferred: the commit is what fails.
    await tx.execute(text("INSERT INTO children (parent) VALUES (1)"))
    return NoteResponse(id=new_id(), text="never")


@pytest.fixture(scope="module")
async def engine(module_database_urls: dict[str, str]) -> AsyncIterator[AsyncEngine]:
    """Intake's schema with a table to write to."""
    pool = make_engine(module_database_urls["intake"], schema="intake")
    async with pool.begin() as connection:
        for statement in (
            "CREATE TABLE notes (id uuid PRIMARY KEY, text text)",
            "CREATE TABLE parents (id int PRIMARY KEY)",
            "CREATE TABLE children (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
        ):
            await connection.execute(text(statement))
    yield pool
    await pool.dispose()


@pytest.fixture
async def client(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application with the two routes."""
    sealer = Sealer([SECRETS["secret_keys"]], SECRETS["lookup_key"].encode())
    app = FastAPI()
    app.include_router(router)
    SESSIONS.set(app.state, make_sessions(engine, sealer))
    AUTHENTICATE.set(app.state, _staff_unless_anonymous)
    POLICIES.set(app.state, {**PUBLIC, "notes.write": DESK})
    problems.install(app)
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM notes"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as http_client:
        yield http_client


async def _staff_unless_anonymous(request: Request) -> Actor | None:
    return None if "anonymous" in request.headers else PERSON


async def count_notes(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one())


async def test_failed_commit_is_answered_with_an_error(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/doomed")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == problems.MEDIA_TYPE


async def test_success_is_answered_after_the_commit(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    assert (await client.post("/api/v1/notes", json={"text": "kept"})).status_code == 201
    assert await count_notes(engine) == 1


async def test_refused_request_leaves_nothing(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    answer = await client.post("/api/v1/notes", json={"text": "refused"})
    assert answer.status_code == 409
    assert await count_notes(engine) == 0


async def test_concurrent_repeats_take_effect_once(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(client.post("/api/v1/notes", json={"text": "once"}, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count_notes(engine) == 1


async def test_key_of_another_request_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "two"}
    await client.post("/api/v1/notes", json={"text": "first"}, headers=headers)
    answer = await client.post("/api/v1/notes", json={"text": "second"}, headers=headers)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["title"]


async def test_refused_request_may_be_tried_again_with_its_key(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "three"}
    for _ in range(2):
        answer = await client.post("/api/v1/notes", json={"text": "refused"}, headers=headers)
        assert answer.status_code == 409


async def test_anonymous_request_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/notes", json={"text": "x"}, headers={"anonymous": "yes"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_problem_is_in_the_accepted_language(client: httpx.AsyncClient) -> None:
    titles = []
    for language in ("en", "zh"):
        headers = {"Accept-Language": language}
        answer = await client.post("/api/v1/notes", json={"text": "refused"}, headers=headers)
        assert answer.headers["content-language"] == language
        titles.append(answer.json()["title"])
    assert titles[0] == "This can't be done now"
    assert not titles[1].isascii()


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [
        (b"{", 400, None),
        (b"\xff\xfe", 400, None),
        (b'{"text": "\\ud800"}', 422, None),
        (b'{"text": "a\\u0000b"}', 422, None),
        (b'{"text": 5}', 422, "text"),
        (b'{"text": "x", "more": 1}', 422, "more"),
        (b"[]", 422, "body"),
        (b"null", 422, "body"),
        (b"", 422, "body"),
    ],
)
async def test_invalid_body_is_refused_with_its_fields(
    client: httpx.AsyncClient, engine: AsyncEngine, content: bytes, status: int, field: str | None
) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "en"}
    answer = await client.post("/api/v1/notes", content=content, headers=headers)
    problem: dict[str, Any] = answer.json()
    assert answer.status_code == status, problem
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert problem["title"]
    if field is not None:
        assert [error["field"] for error in problem["errors"]] == [field]
    assert await count_notes(engine) == 0


@pytest.mark.parametrize("depth", [500, 930, 20_000])
async def test_deep_nesting_is_a_client_error(client: httpx.AsyncClient, depth: int) -> None:
    content = b'{"text": ' + b"[" * depth + b"]" * depth + b"}"
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/api/v1/notes", content=content, headers=headers)
    assert answer.status_code in (400, 422)
