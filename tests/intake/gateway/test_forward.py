"""The gateway forwards requests and answers, and neither sessions nor other services' tokens."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from services.intake.gateway import breaker, upstreams
from services.intake.gateway.upstreams import UpstreamRequest, Upstreams
from services.intake.main import SERVICE
from shared.auth import Actor, Role, read_token
from shared.errors import NotFound, Unauthorized, Unavailable
from tests.intake.gateway.echo_server import EchoServer, serve
from tests.intake.station_client import StationClient
from tests.support.api_clients import ApiClient
from tests.support.settings import SIGNING_KEY, UNREACHABLE_URL, make_settings


@pytest.fixture
def desk(station_client: StationClient, gateway: httpx.AsyncClient) -> ApiClient:
    """Return a client of the desk at this gateway."""
    return replace(station_client.desk, client=gateway)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/points/me", "/volunteers", "/inbox/1/read", "/rules/词"])
async def test_any_method_and_path_arrives_unchanged(
    desk: ApiClient, echo_server: EchoServer, method: str, path: str
) -> None:
    answer = await desk.call(method, path, params={"after": "1 &ü"}, content=b"\x00body")
    assert answer.status_code == 200
    request = echo_server.requests[-1]
    assert request["method"] == method
    assert f"{request['path']}?{request['query']}".encode() == answer.request.url.raw_path
    assert request["body"] == "\x00body"


@pytest.mark.parametrize(("path", "service"), [("/points/me", "volunteers"), ("/inbox", "notify")])
async def test_a_forwarded_token_names_the_actor_and_is_valid_for_one_service(
    station_client: StationClient, desk: ApiClient, echo_server: EchoServer, path: str, service: str
) -> None:
    await desk.get(path, headers={"Cookie": "linli_session=x", "X-Real-Ip": "1.2.3.4"})
    headers = echo_server.requests[-1]["headers"]
    token = headers["authorization"].removeprefix("Bearer ")
    assert desk.token not in str(headers)
    assert not {"cookie", "x-real-ip"} & set(headers)
    actor = read_token(token, SIGNING_KEY.public_key(), service)
    assert actor == Actor(station_client.station.id, desk.person_id, frozenset({Role.STAFF}))
    for other in {"intake", "volunteers", "notify"} - {service}:
        with pytest.raises(Unauthorized):
            read_token(token, SIGNING_KEY.public_key(), other)
    answer = await desk.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_an_anonymous_request_carries_no_token_and_a_false_token_is_refused(
    gateway: httpx.AsyncClient, echo_server: EchoServer
) -> None:
    await gateway.get("/api/v1/rules")
    assert "authorization" not in echo_server.requests[-1]["headers"]
    forged = await gateway.get("/api/v1/rules", headers={"Authorization": "Bearer forged"})
    assert forged.status_code == 401
    assert len(echo_server.requests) == 1


async def test_listed_headers_pass_both_ways(desk: ApiClient, echo_server: EchoServer) -> None:
    sent = {
        "Idempotency-Key": "key",
        "Accept-Language": "en",
        "If-Match": '"6"',
        "X-Correlation-Id": str(uuid4()),
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    }
    answer = await desk.get("/points/odd", headers=sent)
    arrived = echo_server.requests[-1]["headers"]
    assert {name: arrived[name.lower()] for name in sent} == sent
    assert answer.status_code == 207
    back = {name: answer.headers[name] for name in ("link", "etag", "retry-after")}
    assert back == {
        "link": '</api/v1/points?after=1>; rel="next"',
        "etag": '"7"',
        "retry-after": "9",
    }
    assert answer.headers["content-language"] == "en"
    assert answer.headers.get_list("x-correlation-id") == [sent["X-Correlation-Id"]]
    assert not {"set-cookie", "x-inner"} & set(answer.headers)


async def test_a_header_that_is_not_ascii_is_passed_on(
    desk: ApiClient, echo_server: EchoServer
) -> None:
    answer = await desk.get("/rules", headers={"Accept-Language": "é".encode("latin-1")})
    assert answer.status_code == 200
    assert echo_server.requests


async def test_an_answer_is_streamed_piece_by_piece(
    desk: ApiClient, echo_server: EchoServer
) -> None:
    headers = {"Authorization": f"Bearer {desk.token}"}
    async with desk.client.stream("GET", "/api/v1/points/paused", headers=headers) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first,"
        echo_server.release.set()
        assert b"".join([piece async for piece in pieces]) == b"second"


async def test_a_request_is_streamed_piece_by_piece(
    desk: ApiClient, echo_server: EchoServer
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first,"
        async with asyncio.timeout(10):
            await echo_server.body_started.wait()
        yield b"second"

    answer = await desk.call("POST", "/points", content=pieces())
    assert answer.json()["body"] == "first,second"


async def test_a_body_beyond_the_limit_is_refused(desk: ApiClient, echo_server: EchoServer) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b"x" * 1024

    for body in (b"x" * 10_000_000, unannounced()):
        answer = await desk.call("POST", "/points", content=body)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
    assert echo_server.requests == []


async def test_a_service_that_is_down_is_answered_with_a_problem(
    station_client: StationClient,
) -> None:
    for path in ("/points/me", "/inbox"):
        answer = await station_client.desk.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
    assert (await station_client.desk.get("/me")).status_code == 200


async def test_a_silent_service_is_unavailable(
    echo_server: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstreams, "TIMEOUT", httpx.Timeout(0.2))
    async with open_upstreams(echo_server) as client:
        with pytest.raises(Unavailable):
            await client.ask(None, "GET", "/api/v1/points/silent")
        echo_server.release.set()


async def test_a_silent_event_stream_is_not_cut(
    echo_server: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstreams, "TIMEOUT", httpx.Timeout(5, read=0.2))
    async with open_upstreams(echo_server) as client:
        cut = await client.send(None, UpstreamRequest("GET", "/api/v1/points/paused"))
        with pytest.raises(httpx.ReadTimeout):
            await cut.aread()
        stream = await client.send(None, UpstreamRequest("GET", "/api/v1/points/events/paused"))
        pieces = stream.aiter_raw()
        assert await anext(pieces) == b"first,"
        waiting = asyncio.ensure_future(anext(pieces))
        finished, _ = await asyncio.wait([waiting], timeout=0.6)
        assert not finished
        echo_server.release.set()
        assert await waiting == b"second"
        await stream.aclose()


async def test_a_service_that_is_down_gets_no_request_during_the_pause(
    echo_server: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstreams, "TIMEOUT", httpx.Timeout(5, read=0.2))
    async with open_upstreams(echo_server) as client:
        for _ in range(breaker.OPENS_AFTER_FAILURES):
            with pytest.raises(Unavailable):
                await client.ask(None, "GET", "/api/v1/points/silent")
        with pytest.raises(Unavailable):
            await client.ask(None, "GET", "/api/v1/points/me")
        assert len(echo_server.requests) == breaker.OPENS_AFTER_FAILURES
        monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0)
        echo_server.release.set()
        for _ in range(2):
            assert (await client.ask(None, "GET", "/api/v1/points/me")).status_code == 200


async def test_ask_sends_the_actor_s_token_and_language(echo_server: EchoServer) -> None:
    actor = Actor(uuid4(), uuid4(), frozenset({Role.RESIDENT}), "en")
    async with open_upstreams(echo_server) as client:
        await client.ask(actor, "POST", "/api/v1/volunteers?x=1", {"skills": ["修理"]}, "key")
    request = echo_server.requests[-1]
    assert (request["method"], request["path"], request["query"]) == (
        "POST",
        "/api/v1/volunteers",
        "x=1",
    )
    assert json.loads(request["body"].encode("latin-1")) == {"skills": ["修理"]}
    assert request["headers"]["idempotency-key"] == "key"
    assert request["headers"]["accept-language"] == "en"
    token = request["headers"]["authorization"].removeprefix("Bearer ")
    assert read_token(token, SIGNING_KEY.public_key(), "volunteers") == actor


async def test_a_path_outside_the_declared_prefixes_is_refused(echo_server: EchoServer) -> None:
    async with open_upstreams(echo_server) as client:
        for path in ("/metrics", "/api/v1/wishes", "/points/me", "/x/api/v1/points"):
            with pytest.raises(NotFound):
                await client.ask(None, "GET", path)
    assert echo_server.requests == []


@contextlib.asynccontextmanager
async def open_upstreams(echo_server: EchoServer) -> AsyncIterator[Upstreams]:
    """Serve the echo server as the volunteers service, without a gateway before it."""
    async with serve(echo_server, "127.0.0.1:0") as address:
        client = Upstreams(make_settings(SERVICE, UNREACHABLE_URL, volunteers_url=address))
        yield client
        await client.close()
