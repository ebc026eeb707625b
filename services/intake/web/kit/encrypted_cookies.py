"""Short-lived values of a page, stored encrypted in a cookie on the reader's device."""

import base64
import json
import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from fastapi import Response

from services.intake.web.kit.page_context import PageContext
from shared.db import sealer_of

COOKIE_MAX_AGE_SECONDS = 3600
# Browsers drop a cookie of more than 4096 bytes, its name and attributes included.
MAX_COOKIE_BYTES = 3900


def read(page: PageContext, cookie: str) -> dict[str, str]:
    """Return the values of `cookie`; empty if the cookie is missing or was tampered with."""
    try:
        packed = sealer_of(page.tx).unseal(page.request.cookies.get(cookie, ""))
        values: dict[str, str] = json.loads(
            zlib.decompress(base64.b85decode(packed)).decode("gb18030")
        )
    except (InvalidToken, ValueError, zlib.error):
        return {}
    return values


def write(page: PageContext, response: Response, cookie: str, values: dict[str, Any]) -> bool:
    """Store `values` in `cookie` for an hour; return False if they are too long for a cookie."""
    packed = zlib.compress(json.dumps(values, ensure_ascii=False).encode("gb18030"), 9)
    sealed = sealer_of(page.tx).seal(base64.b85encode(packed).decode())
    if len(sealed) > MAX_COOKIE_BYTES:
        return False
    page.set_cookie(response, cookie, sealed, COOKIE_MAX_AGE_SECONDS)
    return True


def delete(response: Response, cookie: str) -> None:
    """Delete `cookie` from the reader's device."""
    response.delete_cookie(cookie, httponly=True, samesite="lax")
