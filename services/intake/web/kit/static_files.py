"""The routes of the assets."""

import re

from fastapi import Request, Response

from services.intake.web.kit.assets import assets
from services.intake.web.kit.page_router import PageRouter

IMMUTABLE_CACHE_CONTROL = "public, max-age=31536000, immutable"
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")

pages = PageRouter()


@pages.get("/static/{path:path}", policy="public")
async def serve_asset(path: str, request: Request) -> Response:
    """Serve an asset; browsers may cache it for ever, since its path changes with its content."""
    asset = assets().get(path)
    headers = {"Cache-Control": IMMUTABLE_CACHE_CONTROL, "Vary": "Accept-Encoding"}
    content = asset.content
    if ACCEPTS_GZIP.search(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = asset.compressed, "gzip"
    return Response(content, media_type=asset.media_type, headers=headers)
