"""Requests that are retried until they are answered, as over an unreliable network."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from tests.support.api_clients import ApiClient

RETRY_INTERVAL_SECONDS = 0.2
UNAVAILABLE_STATUSES = frozenset({502, 503, 504})


async def post_with_retries(person: ApiClient, path: str, body: Any = None) -> Any:
    """Post under one Idempotency-Key until the service answers; return the answer."""
    key = {"Idempotency-Key": str(uuid4())}
    while True:
        try:
            answer = await person.call("POST", path, json=body or {}, headers=key)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in UNAVAILABLE_STATUSES:
            assert answer.is_success, (path, answer.status_code, answer.text)
            return answer.json()
        await asyncio.sleep(RETRY_INTERVAL_SECONDS)
