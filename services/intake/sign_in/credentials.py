"""Generation of sign-in secrets, and the keyed hashes under which secrets are stored."""

import re
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.readable_codes import ALPHABET, normalize
from shared.db import sealer_of
from shared.text_validation import fold_width

SLIP_LENGTH = 10
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


def one_time_code() -> str:
    """Generate a code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def find_one_time_code(typed: str) -> str:
    """Return the code in what was typed: alone, with blanks, or within the pasted message."""
    text = fold_width(typed)
    if match := CODE.search(text):
        return match.group()
    return "".join(character for character in text if character.isdecimal())


def slip_code() -> str:
    """Generate a code of ten characters, 45 bits, in two groups: `ACDEF-34679`."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(SLIP_LENGTH))
    return f"{code[:5]}-{code[5:]}"


def session_token() -> str:
    """Generate a token of 256 bits."""
    return secrets.token_urlsafe(32)


def normalize_slip_code(text: str) -> str:
    """Return a typed slip code in the form in which it was printed."""
    code = normalize(text)
    return f"{code[:5]}-{code[5:]}"


def keyed_hash(tx: AsyncSession, purpose: str, *values: object) -> bytes:
    """Return the keyed hash under which a secret is stored, different for each purpose."""
    return sealer_of(tx).blind_index("\n".join((purpose, *map(str, values))))
