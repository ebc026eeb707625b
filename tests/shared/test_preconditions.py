"""Preconditions: which entity tags of `If-Match`, in all their forms, allow an edit."""

import httpx
import pytest
from fastapi import FastAPI

from shared.web import problems
from shared.web.preconditions import ETag, IfMatch

CURRENT_VERSION = 3
app = FastAPI()
problems.install(app)


@app.get("/thing")
async def thing(etag: ETag) -> None:
    etag.set_etag(CURRENT_VERSION)


@app.put("/thing")
async def change(edit: IfMatch) -> None:
    edit.expected.check(CURRENT_VERSION)
    edit.set_etag(CURRENT_VERSION + 1)


async def send_with_tags(method: str, *tags: str) -> httpx.Response:
    headers = [("If-Match", tag) for tag in tags]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
        return await client.request(method, "/thing", headers=headers)


async def test_answer_names_its_version() -> None:
    assert (await send_with_tags("GET")).headers["etag"] == '"3"'
    assert (await send_with_tags("PUT", '"3"')).headers["etag"] == '"4"'


@pytest.mark.parametrize("tag", ['"3"', "*", 'W/"3"', '"3-gzip"', '"2", "3"', ' "3" '])
async def test_current_version_may_be_changed(tag: str) -> None:
    assert (await send_with_tags("PUT", tag)).status_code == 200


@pytest.mark.parametrize("tag", ['"2"', '"4"', '"1","2"', '"33"'])
async def test_edit_of_another_version_is_refused(tag: str) -> None:
    answer = await send_with_tags("PUT", tag)
    assert answer.status_code == 412
    assert "etag" not in answer.headers


async def test_edit_without_a_version_is_refused() -> None:
    assert (await send_with_tags("PUT")).status_code == 428


@pytest.mark.parametrize("tag", ["3", '"three"', "", '*, "3"', '"3" "4"', '"9999999999"', '"3'])
async def test_malformed_tag_is_refused(tag: str) -> None:
    answer = await send_with_tags("PUT", tag)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "If-Match"
