"""A visitor of pages: follows links and sends forms as a browser without JavaScript does."""

import re
from dataclasses import dataclass
from uuid import uuid4

import httpx


@dataclass(frozen=True)
class PageClient:
    """Somebody with a browser, which keeps their cookies."""

    client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """The page, after all redirections."""
        return await self.client.get(path, headers=headers, follow_redirects=True)

    async def submit(self, path: str, once: str = "", **fields: str) -> httpx.Response:
        """The page that follows a form; `once` is its hidden key, a new one unless given."""
        fields |= {"once": once or uuid4().hex}
        return await self.client.post(path, data=fields, follow_redirects=True)

    async def create_wish(self, title: str, details: str = "") -> str:
        """Make a wish through its three pages; the path of the wish."""
        await self.submit("/wishes/new", title=title, details=details)
        page = await self.submit("/wishes/new/check")
        assert page.url.path.endswith("/done"), page.text
        return page.url.path.removesuffix("/done")


def flash_message(page: str) -> str:
    """What the page says was done."""
    found = re.search(r'<div class="told".*?<p>(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""
