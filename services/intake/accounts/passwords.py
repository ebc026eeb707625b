"""Password hashes (Argon2id, RFC 9106), computed in a thread since they are slow on purpose."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash

T = TypeVar("T")
# A hash takes 64 MiB while it is computed: many at once would be more than a container has.
_executor = ThreadPoolExecutor(2, thread_name_prefix="passwords")


@cache
def hasher() -> PasswordHash:
    """Return the one hasher, with the parameters that its library recommends."""
    return PasswordHash.recommended()


@cache
def _dummy_hash() -> str:
    return hasher().hash("nobody has this password")


async def hash_password(password: str) -> str:
    """Return the hash of a password."""
    return await _run_in_thread(lambda: hasher().hash(password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Return whether the password fits the hash, as slowly where there is no hash."""
    is_correct = await _run_in_thread(
        lambda: hasher().verify(
            password, password_hash if password_hash is not None else _dummy_hash()
        )
    )
    return is_correct and password_hash is not None


async def _run_in_thread(compute: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_executor, compute)
