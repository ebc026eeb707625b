"""Tests of assets: cached for ever under a path that changes with their content."""

import gzip

import pytest

from services.intake.web.kit.assets import assets
from tests.support.page_client import PageClient

MAX_TOTAL_BYTES = 40 * 1024
MAX_FIRST_VIEW_BYTES = 12 * 1024


async def test_asset_is_compressed_and_cached_for_ever(anonymous: PageClient) -> None:
    response = await anonymous.get(assets().url("linli.css"), **{"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["content-encoding"] == "gzip"
    assert "immutable" in response.headers["cache-control"]
    assert ".tile" in response.text
    assert "@layer reset" in response.text


async def test_page_is_compressed_by_the_server_itself(anonymous: PageClient) -> None:
    compressed = await anonymous.get("/", **{"accept-encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in compressed.headers["vary"]
    assert int(compressed.headers["content-length"]) < len(compressed.content) / 2
    plain = await anonymous.get("/", **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_asset_is_uncompressed_for_client_that_refuses_gzip(anonymous: PageClient) -> None:
    response = await anonymous.get(assets().url("linli.css"), **{"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["/static/%00", "/static/..%2f..%2fmain.py", "/static/linli.css", "/static/%ff", "/static/"],
)
async def test_invalid_asset_path_responds_404(anonymous: PageClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 404


async def test_page_with_assets_is_at_most_40_kilobytes(wisher: PageClient) -> None:
    names = ("vendor/htmx.min.js", "linli.css", "icon.svg", "scene.svg")
    asset_bytes = sum(len(assets().get(assets().url(name)[8:]).compressed) for name in names)
    for path in ("/", "/wishes", "/inbox", "/my-points", "/wishes/new"):
        page = await wisher.get(path)
        assert page.status_code == 200
        assert asset_bytes + len(gzip.compress(page.content)) <= MAX_TOTAL_BYTES, path


async def test_first_page_and_its_style_are_at_most_12_kilobytes(anonymous: PageClient) -> None:
    """Nothing else blocks the first view: the scripts are deferred."""
    page = await anonymous.get("/")
    style = assets().get(assets().url("linli.css")[8:]).compressed
    assert len(gzip.compress(page.content)) + len(style) <= MAX_FIRST_VIEW_BYTES
    assert page.text.count('rel="stylesheet"') == 1
    assert page.text.count("<script") == page.text.count("defer></script>") == 1
