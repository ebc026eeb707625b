"""Browsers are told what to refuse, and other sites can't send our forms."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from services.intake.web.routes import PAGE_MODULES
from shared.policies import POLICIES
from tests.intake.web.event_forms import publish_event
from tests.intake.web.page_client import PageClient


def test_every_page_names_a_policy() -> None:
    routes = [route for room in PAGE_MODULES for route in room.pages.routes]
    assert len(routes) > 40
    for route in routes:
        assert isinstance(route, APIRoute)
        named = [getattr(guard.dependency, "policy", None) for guard in route.dependencies]
        assert POLICIES.keys() & set(named), route.path


async def test_only_our_own_scripts_run_and_none_inline(anonymous: PageClient) -> None:
    page = await anonymous.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text
    assert "<script>" not in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_a_form_of_another_site_is_refused(wisher: PageClient) -> None:
    answer = await wisher.client.post(
        "/wishes/new", data={"title": "想要"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    api = await wisher.client.post(
        "/api/v1/wishes", json={"title": "想要"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert api.status_code == 403


async def test_what_somebody_signed_in_sees_is_not_kept_by_the_browser(wisher: PageClient) -> None:
    assert (await wisher.get("/")).headers["cache-control"] == "no-store"


async def test_after_signing_in_nobody_is_led_to_another_site(anonymous: PageClient) -> None:
    for then in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        page = await anonymous.get("/sign-in/slip", then=then)
        assert 'name="then" value="/"' in page.text


def query_parameters() -> Iterator[tuple[str, str]]:
    """Each path of a page with each name that it asks its query for."""
    for route in (route for room in PAGE_MODULES for route in room.pages.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            taken = set(re.findall(r"{(\w+)", route.path))
            for name in {field.alias for field in get_flat_params(route.dependant)} - taken:
                yield route.path, name


@pytest.mark.parametrize("odd", ["%00", "%1B", "%ED%A0%80", "a" * 5000])
async def test_an_odd_query_is_never_a_fault_of_ours(
    desk: PageClient, wisher: PageClient, odd: str
) -> None:
    known = {
        "event_id": await publish_event(desk),
        "wish_id": await wisher.create_wish("想要一盏灯"),
    }
    ids = {name: path.rpartition("/")[2] for name, path in known.items()}
    asked = list(query_parameters())
    assert ("/events/{event_id}/door", "name") in asked
    for path, name in asked:
        there = re.sub(r"{(\w+)[^}]*}", lambda found: ids.get(found[1], str(uuid4())), path)
        for visitor in (desk, wisher):
            page = await visitor.get(f"{there}?{name}={odd}")
            assert page.status_code < 500, (path, name)


async def test_an_odd_key_of_a_form_is_never_a_fault_of_ours(desk: PageClient) -> None:
    for path in ("/events/new", f"/review/volunteers/{uuid4()}"):
        page = await desk.submit(path, once="\x00\n")
        assert page.status_code < 500, path
