"""Bad input is answered with problem details, and writes nothing."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.intake.station_client import StationClient, new_phone

VALID_BODY = {"name": "演示居民", "phone": None, "language": "zh"}
JSON_HEADERS = {"Content-Type": "application/json"}
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a missing field": b'{"language": "zh"}',
    "wrong types": json.dumps({**VALID_BODY, "name": 12, "is_head": "perhaps"}).encode(),
    "a huge number": json.dumps({**VALID_BODY, "birth_year": 10**400}).encode(),
    "a fraction": json.dumps({**VALID_BODY, "birth_year": 1950.5}).encode(),
    "not a number": b'{"name": "a", "birth_year": NaN}',
    "no such language": json.dumps({**VALID_BODY, "language": "fr"}).encode(),
    "a bad phone": json.dumps({**VALID_BODY, "phone": "12"}).encode(),
    "a bad id": json.dumps({**VALID_BODY, "household_id": "1"}).encode(),
    "white space": json.dumps({**VALID_BODY, "name": "   "}).encode(),
    "too long a text": json.dumps({**VALID_BODY, "name": "长" * 61}).encode(),
    "10 MB": b'{"name": "' + b"a" * 10_000_000 + b'"}',
}


def assert_is_problem(answer: httpx.Response) -> None:
    """Assert that an answer is problem details with a title, and without a traceback."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("kind", BODIES)
async def test_a_bad_body_writes_nothing(station_client: StationClient, kind: str) -> None:
    for path in ("/residents", "/sign-in", "/sign-in/codes"):
        headers = {**JSON_HEADERS, "Idempotency-Key": str(uuid4())}
        answer = await station_client.desk.call("POST", path, content=BODIES[kind], headers=headers)
        assert_is_problem(answer)
    assert await station_client.count_rows("residents") == 0
    assert await station_client.list_messages() == []


async def test_a_too_large_body_of_unannounced_size_is_refused(
    station_client: StationClient,
) -> None:
    async def endless() -> Any:
        for _ in range(1000):
            yield b"a" * 10_000

    answer = await station_client.desk.call(
        "POST", "/residents", content=endless(), headers=JSON_HEADERS
    )
    assert_is_problem(answer)
    assert answer.status_code == 413


async def test_a_too_large_body_of_a_get_request_is_refused(
    station_client: StationClient,
) -> None:
    answer = await station_client.desk.call("GET", "/me", content=b"a" * 10_000_000)
    assert_is_problem(answer)
    assert answer.status_code == 413


async def test_an_unknown_path_or_method_is_answered_with_a_problem(
    station_client: StationClient,
) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/residents", 405)):
        answer = await station_client.desk.call(method, path)
        assert_is_problem(answer)
        assert answer.status_code == status


async def test_mixed_proofs_are_refused(station_client: StationClient) -> None:
    for proof in (
        {},
        {"phone": new_phone()},
        {"slip": "a", "code": "1"},
        {"username": "staff", "password": "x", "slip": "a"},
    ):
        answer = await station_client.try_sign_in(**proof)
        assert_is_problem(answer)
        assert answer.status_code == 422


async def test_titles_are_chinese_unless_english_is_preferred(
    station_client: StationClient,
) -> None:
    for language, title in ((None, "请先登录"), ("en", "Please sign in")):
        headers = {"Accept-Language": language} if language else {}
        answer = await station_client.client.get("/api/v1/me", headers=headers)
        assert_is_problem(answer)
        assert answer.json()["title"] == title
