"""What a page remembers for a while on the reader's device, sealed so that only we can read it."""

import base64
import json
import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from fastapi import Response

from services.intake.web.kit.page_context import PageContext
from shared.db import sealer_of

COOKIE_MAX_AGE_SECONDS = 3600
MAX_COOKIE_BYTES = (
    3900  # A browser keeps no cookie of more than 4096 bytes, name and attributes included.
)


def read(page: PageContext, cookie: str) -> dict[str, str]:
    """What was remembered, nothing where there is nothing or somebody meddled with it."""
    try:
        opened = sealer_of(page.tx).unseal(page.request.cookies.get(cookie, ""))
        said: dict[str, str] = json.loads(
            zlib.decompress(base64.b85decode(opened)).decode("gb18030")
        )
    except (InvalidToken, ValueError, zlib.error):
        return {}
    return said


def write(page: PageContext, response: Response, cookie: str, values: dict[str, Any]) -> bool:
    """Remember it for an hour; False where it is too long to be remembered."""
    packed = zlib.compress(json.dumps(values, ensure_ascii=False).encode("gb18030"), 9)
    sealed = sealer_of(page.tx).seal(base64.b85encode(packed).decode())
    if len(sealed) > MAX_COOKIE_BYTES:
        return False
    page.set_cookie(response, cookie, sealed, COOKIE_MAX_AGE_SECONDS)
    return True


def delete(response: Response, cookie: str) -> None:
    """Forget it."""
    response.delete_cookie(cookie, httponly=True, samesite="lax")
