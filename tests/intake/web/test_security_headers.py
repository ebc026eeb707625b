"""Tests of page security: headers, cross-origin requests, odd input."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from services.intake.web.kit.page_modules import page_router
from tests.intake.web.event_forms import publish_event
from tests.support.page_client import PageClient


async def test_content_security_policy_allows_own_scripts_only(anonymous: PageClient) -> None:
    page = await anonymous.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text
    assert "<script>" not in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_cross_origin_form_is_refused(wisher: PageClient) -> None:
    response = await wisher.client.post(
        "/wishes/new", data={"title": "想要"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 403
    api_response = await wisher.client.post(
        "/api/v1/wishes", json={"title": "想要"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert api_response.status_code == 403


async def test_page_of_signed_in_reader_is_not_cached(wisher: PageClient) -> None:
    assert (await wisher.get("/")).headers["cache-control"] == "no-store"


async def test_sign_in_never_redirects_to_another_site(anonymous: PageClient) -> None:
    for then in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        page = await anonymous.get("/sign-in/slip", then=then)
        assert 'name="then" value="/"' in page.text


def query_parameters() -> Iterator[tuple[str, str]]:
    """Yield the path of each page with each name of its query parameters."""
    for route in page_router().routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            path_names = set(re.findall(r"{(\w+)", route.path))
            for name in {field.alias for field in get_flat_params(route.dependant)} - path_names:
                yield route.path, name


@pytest.mark.parametrize("value", ["%00", "%1B", "%ED%A0%80", "a" * 5000])
async def test_odd_query_never_causes_a_server_error(
    desk: PageClient, wisher: PageClient, value: str
) -> None:
    paths = {
        "event_id": await publish_event(desk),
        "wish_id": await wisher.create_wish("想要一盏灯"),
    }
    ids = {name: path.rpartition("/")[2] for name, path in paths.items()}
    parameters = list(query_parameters())
    assert ("/events/{event_id}/check-in", "name") in parameters
    for path, name in parameters:
        url = re.sub(r"{(\w+)[^}]*}", lambda match: ids.get(match[1], str(uuid4())), path)
        for visitor in (desk, wisher):
            page = await visitor.get(f"{url}?{name}={value}")
            assert page.status_code < 500, (path, name)


async def test_odd_submission_token_never_causes_a_server_error(desk: PageClient) -> None:
    for path in ("/events/new", f"/review/volunteers/{uuid4()}"):
        page = await desk.submit(path, once="\x00\n")
        assert page.status_code < 500, path
