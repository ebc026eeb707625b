"""Password hashes (Argon2id, RFC 9106), computed in a thread since they are slow on purpose."""

import asyncio
from functools import cache

from pwdlib import PasswordHash


@cache
def hasher() -> PasswordHash:
    """The one hasher, with the parameters that its library recommends."""
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return hasher().hash("nobody has this password")


async def hashed(password: str) -> str:
    """The hash to keep of a password."""
    return await asyncio.to_thread(lambda: hasher().hash(password))


async def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one that was hashed; as slow where there is no hash."""
    right = await asyncio.to_thread(
        lambda: hasher().verify(password, kept if kept is not None else _nobodys_hash())
    )
    return right and kept is not None
