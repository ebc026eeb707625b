"""What a page remembers for a while on the reader's device, sealed so that only we can read it."""

import base64
import json
import zlib
from typing import Any

from cryptography.fernet import InvalidToken
from fastapi import Response

from services.intake.web.kit.page_context import Screen
from shared.db import sealer_of

AN_HOUR = 3600
LARGEST = 3900  # A browser keeps no cookie of more than 4096 bytes, name and attributes included.


def read(screen: Screen, cookie: str) -> dict[str, str]:
    """What was remembered, nothing where there is nothing or somebody meddled with it."""
    try:
        opened = sealer_of(screen.tx).open(screen.request.cookies.get(cookie, ""))
        said: dict[str, str] = json.loads(
            zlib.decompress(base64.b85decode(opened)).decode("gb18030")
        )
    except (InvalidToken, ValueError, zlib.error):
        return {}
    return said


def remember(screen: Screen, answer: Response, cookie: str, said: dict[str, Any]) -> bool:
    """Remember it for an hour; False where it is too long to be remembered."""
    packed = zlib.compress(json.dumps(said, ensure_ascii=False).encode("gb18030"), 9)
    sealed = sealer_of(screen.tx).seal(base64.b85encode(packed).decode())
    if len(sealed) > LARGEST:
        return False
    screen.remember(answer, cookie, sealed, AN_HOUR)
    return True


def forget(answer: Response, cookie: str) -> None:
    """Forget it."""
    answer.delete_cookie(cookie, httponly=True, samesite="lax")
