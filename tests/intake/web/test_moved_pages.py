"""Old addresses of pages lead to the new ones, with what was asked or typed."""

import pytest

from tests.support.page_client import PageClient

EVENT = "/events/0190f3c2-0000-7000-8000-000000000001"
MOVED = {
    "/messages": "/inbox",
    "/messages?after=0190f3c2-0000-7000-8000-000000000001": (
        "/inbox?after=0190f3c2-0000-7000-8000-000000000001"
    ),
    "/messages/read": "/inbox/read",
    "/messages/7/read": "/inbox/7/read",
    f"{EVENT}/door?code=ABC234": f"{EVENT}/check-in?code=ABC234",
    f"{EVENT}/door/people": f"{EVENT}/check-in/people",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("old", MOVED)
async def test_old_address_redirects(anonymous: PageClient, method: str, old: str) -> None:
    response = await anonymous.client.request(method, old)
    assert response.status_code == 308
    assert response.headers["location"] == MOVED[old]


async def test_redirect_stays_on_this_site(anonymous: PageClient) -> None:
    response = await anonymous.client.get("/messages/%0d%0aSet-Cookie:a=b/read")
    assert response.headers["location"].startswith("/inbox/%0D%0A")
    assert "set-cookie" not in response.headers
