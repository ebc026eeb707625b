"""The tab "Me", and the name of who is signed in."""

from tests.support.page_client import PageClient


async def test_anonymous_reader_is_offered_sign_in_and_settings(anonymous: PageClient) -> None:
    page = await anonymous.get("/me")
    assert page.status_code == 200
    assert 'href="/sign-in"' in page.text
    assert "/sign-out" not in page.text
    assert 'href="/my-points"' not in page.text


async def test_resident_finds_points_volunteering_and_sign_out(wisher: PageClient) -> None:
    page = await wisher.get("/me")
    for expected in ('href="/my-points"', 'href="/volunteer"', 'action="/sign-out"'):
        assert expected in page.text


async def test_every_page_names_who_is_signed_in(wisher: PageClient, anonymous: PageClient) -> None:
    for path in ("/", "/events", "/wishes/new", "/inbox", "/nowhere", "/docs/messages"):
        assert "演示·1</small>" in (await wisher.get(path)).text
        assert "演示·1" not in (await anonymous.get(path)).text
