"""Language and size of text change, and the page stays."""

import re

import pytest

from tests.support.page_client import PageClient

BACK = re.compile(
    r'<form method="post" action="/text-size">\s*<input [^>]*name="back" value="([^"]*)"'
)


def back_path(html: str) -> str:
    """Return the path to which the switch of the text's size leads."""
    match = BACK.search(html)
    assert match is not None
    return match[1]


@pytest.mark.parametrize("path", ["/", "/events?list=past", "/stations?back=/me"])
async def test_switch_leads_back_to_the_page_with_its_list(
    anonymous: PageClient, path: str
) -> None:
    assert back_path((await anonymous.get(path)).text) == path


async def test_switch_after_a_refused_form_leads_back_to_a_page(desk: PageClient) -> None:
    answer = await desk.client.post(
        "/desk/by-phone", data={"phone": "x"}, headers={"referer": "http://station/desk?event=7"}
    )
    assert answer.status_code == 422
    assert back_path(answer.text) == "/desk?event=7"


@pytest.mark.parametrize(
    "referer", ["http://station//elsewhere", "javascript:alert(1)", "%%", "http://[", ""]
)
async def test_switch_after_a_refused_form_stays_on_this_site(
    desk: PageClient, referer: str
) -> None:
    answer = await desk.client.post(
        "/desk/by-phone", data={"phone": "x"}, headers={"referer": referer}
    )
    assert re.fullmatch(r"/(?![/\\]).*|/", back_path(answer.text))
