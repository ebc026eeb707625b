"""Browsers are told what to refuse, and other sites can't send our forms."""

from fastapi.routing import APIRoute

from services.intake.web.mount import SCREENS
from shared.policies import POLICIES
from tests.intake.web.visitor import Visitor


def test_every_page_names_a_policy() -> None:
    routes = [route for screen in SCREENS for route in screen.pages.routes]
    assert len(routes) > 40
    for route in routes:
        assert isinstance(route, APIRoute)
        named = [getattr(guard.dependency, "policy", None) for guard in route.dependencies]
        assert POLICIES.keys() & set(named), route.path


async def test_only_our_own_scripts_run_and_none_inline(anybody: Visitor) -> None:
    page = await anybody.see("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text
    assert "<script>" not in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_a_form_of_another_site_is_refused(wisher: Visitor) -> None:
    answer = await wisher.client.post(
        "/wishes/new", data={"title": "想要"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    api = await wisher.client.post(
        "/api/v1/wishes", json={"title": "想要"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert api.status_code == 403


async def test_what_somebody_signed_in_sees_is_not_kept_by_the_browser(wisher: Visitor) -> None:
    assert (await wisher.see("/")).headers["cache-control"] == "no-store"


async def test_after_signing_in_nobody_is_led_to_another_site(anybody: Visitor) -> None:
    for then in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        page = await anybody.see("/sign-in/slip", then=then)
        assert 'name="then" value="/"' in page.text
