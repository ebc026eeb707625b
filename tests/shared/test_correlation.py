"""Every answer names its correlation id, and so does the log of an error."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import Request

from shared.bus.transport.in_process import InProcessTransport
from shared.observability.context import correlation_id
from shared.runtime.runtime import Runtime
from shared.web import problems
from tests.support.settings import UNREACHABLE_URL, make_settings
from tests.support.system import BINDINGS, SERVICES


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with a route that raises an error."""
    service = SERVICES[1]
    settings = make_settings(service, UNREACHABLE_URL)
    runtime = Runtime(service, settings, InProcessTransport(BINDINGS))

    @runtime.app.get("/breaks")
    async def breaks() -> None:
        raise RuntimeError("nobody thought of this")

    @runtime.app.post("/reads")
    async def reads(request: Request) -> int:
        return len(await request.body())

    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as http_client:
        yield http_client
    await runtime.close()


@pytest.mark.parametrize("path", ["/breaks", "/nowhere", "/health/live", "/api/v1/points/me"])
async def test_every_answer_carries_the_correlation_id_of_the_request(
    client: httpx.AsyncClient, path: str
) -> None:
    correlation = str(uuid4())
    answer = await client.get(path, headers={"X-Correlation-Id": correlation})
    assert answer.headers["X-Correlation-Id"] == correlation


async def test_answer_to_a_too_large_body_carries_a_correlation_id(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/reads", content=b"x" * 100_000)
    assert answer.status_code == 413
    assert UUID(answer.headers["X-Correlation-Id"]).version == 7


async def test_error_is_logged_under_the_correlation_id(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    correlation, logged = uuid4(), []
    monkeypatch.setattr(problems.log, "error", lambda *_, **__: logged.append(correlation_id.get()))
    answer = await client.get("/breaks", headers={"X-Correlation-Id": str(correlation)})
    assert answer.status_code == 500
    assert logged == [correlation]
