"""Making the secrets of signing in, and the keyed hashes by which they are kept."""

import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.readable_codes import ALPHABET, normalize
from shared.db import sealer_of

SLIP_LENGTH = 10


def one_time_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def slip_code() -> str:
    """Ten characters, 45 bits, in two groups: `ACDEF-34679`."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(SLIP_LENGTH))
    return f"{code[:5]}-{code[5:]}"


def session_token() -> str:
    """A token of 256 bits."""
    return secrets.token_urlsafe(32)


def normalize_slip_code(text: str) -> str:
    """What somebody typed from a slip, in the form in which it was printed."""
    code = normalize(text)
    return f"{code[:5]}-{code[5:]}"


def keyed_hash(tx: AsyncSession, purpose: str, *values: object) -> bytes:
    """The keyed hash to keep of a secret, different for each purpose."""
    return sealer_of(tx).blind_index("\n".join((purpose, *map(str, values))))
