"""Assets are kept for ever under a name that changes with their content."""

import gzip

import pytest

from services.intake.web.kit.assets import assets
from tests.intake.web.page_client import PageClient

MAX_TOTAL_BYTES = 60 * 1024


async def test_an_asset_is_compressed_and_kept_for_ever(anonymous: PageClient) -> None:
    answer = await anonymous.get(assets().url("linli.css"), **{"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert ".tile" in answer.text


async def test_whoever_refuses_gzip_gets_it_plain(anonymous: PageClient) -> None:
    answer = await anonymous.get(assets().url("linli.css"), **{"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/static/%00", "/static/..%2f..%2fmain.py", "/static/linli.css", "/static/%ff", "/static/"],
)
async def test_an_odd_path_is_not_found(anonymous: PageClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 404


async def test_a_phone_page_costs_at_most_60_kilobytes(wisher: PageClient) -> None:
    names = ("vendor/pico.min.css", "vendor/htmx.min.js", "linli.css", "icon.svg")
    loaded = sum(len(assets().get(assets().url(name)[8:]).compressed) for name in names)
    for path in ("/", "/wishes", "/messages", "/my-points", "/wishes/new"):
        page = await wisher.get(path)
        assert page.status_code == 200
        assert loaded + len(gzip.compress(page.content)) <= MAX_TOTAL_BYTES, path
