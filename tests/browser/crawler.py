"""Which pages a visitor can reach by links: one path for each shape of address."""

import re
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import Page

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# JSON, pictures and addresses of other sites are no pages.
NO_PAGES = ("/api/", "/static/", "/asyncapi.json", "/openapi.json")
MAX_PAGES = 150


async def reachable_paths(page: Page, *, with_docs: bool) -> tuple[dict[str, str], dict[str, int]]:
    """Follow every link from the start page; one of each shape, since long lists repeat.

    `with_docs` includes the documentation, which is long, and the same for all roles.
    Returns the paths by their shapes, and the status of each link that leads to no page.
    """
    others = NO_PAGES if with_docs else (*NO_PAGES, "/docs/")
    found, refused, waiting = {"/": "/"}, {}, ["/"]
    while waiting and len(found) < MAX_PAGES:
        path = waiting.pop(0)
        response = await page.context.request.get(path)
        if not response.ok:
            refused[path] = response.status
            continue
        for link in LINK.findall(await response.text()):
            target = urldefrag(link.replace("&amp;", "&"))[0]
            if target.startswith("/") and not target.startswith(others):
                shape = _shape(target)
                if shape not in found:
                    found[shape] = target
                    waiting.append(target)
    assert len(found) < MAX_PAGES, sorted(found)
    return found, refused


def _shape(target: str) -> str:
    """Return the address without ids and without where a list goes on."""
    parts = urlsplit(target)
    query = "&".join(sorted(one for one in parts.query.split("&") if one.startswith("list=")))
    return ID.sub("{id}", f"{parts.path}?{query}")
