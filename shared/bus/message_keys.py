"""Keys by which a message is known in every service, and digests of partners' content."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("7f3d4f2e-5f0a-5c58-9f3c-3a3f0b1c7a11")


def message_key(source: str, id_: str, publisher: UUID | None = None) -> UUID:
    """Return a message's key, derived from its source and its id, and from a partner's own id."""
    parts = [source, id_] if publisher is None else [str(publisher), source, id_]
    return uuid5(_NAMESPACE, json.dumps(parts))


def old_message_key(user: str, source: str, id_: str) -> UUID:
    """Return the key of before, which began with the broker user.

    It is looked up as long as the inbox has rows of before, 35 days.
    """
    return uuid5(_NAMESPACE, json.dumps([user, source, id_]))


def invalid_message_key(user: str, type_: str, body: bytes) -> UUID:
    """Return a key for bytes that are no genuine message; it equals no genuine message's key."""
    digest = hashlib.sha256(body).hexdigest()
    return uuid5(_NAMESPACE, json.dumps(["unusable", user, type_, digest]))


def content_digest(type_: str, subject: str, station: UUID, content: Mapping[str, Any]) -> bytes:
    """Return the digest by which a repeat is told from another message under the same id."""
    canonical = json.dumps([type_, subject, str(station), content], sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()
