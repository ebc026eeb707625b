"""A client of pages that submits forms as a browser without JavaScript does."""

import re
from dataclasses import dataclass
from uuid import uuid4

import httpx


@dataclass(frozen=True)
class PageClient:
    """A visitor with a browser of their own, cookies included."""

    client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Get the page, after all redirects."""
        return await self.client.get(path, headers=headers, follow_redirects=True)

    async def submit(self, path: str, once: str = "", **fields: str) -> httpx.Response:
        """Submit a form and return the page after it; `once` is the hidden key, new by default."""
        fields |= {"once": once or uuid4().hex}
        return await self.client.post(path, data=fields, follow_redirects=True)

    async def create_wish(self, title: str, details: str = "") -> str:
        """Make a wish through its three pages and return its path."""
        await self.submit("/wishes/new", title=title, details=details)
        page = await self.submit("/wishes/new/check")
        assert page.url.path.endswith("/done"), page.text
        return page.url.path.removesuffix("/done")


def flash_message(page: str) -> str:
    """Return the text of the flash message, empty if there is none."""
    match = re.search(r'<div class="flash".*?<p>(.*?)</p>', page, re.DOTALL)
    return match[1] if match else ""
