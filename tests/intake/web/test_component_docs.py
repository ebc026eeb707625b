"""The gallery of components, which the public doesn't see."""

import pytest

from services.intake.settings import IntakeSettings
from tests.support.page_client import PageClient


async def test_gallery_shows_every_state_of_a_case(anonymous: PageClient) -> None:
    page = await anonymous.get("/docs/components")
    assert page.status_code == 200
    for tone in ("your-turn", "waiting", "under-way", "done", "late", "ended"):
        assert f'<span class="pill {tone}">' in page.text


async def test_gallery_is_hidden_over_https(
    anonymous: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IntakeSettings, "uses_https", True)
    assert (await anonymous.get("/docs/components")).status_code == 404
