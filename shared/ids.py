"""Ids: UUIDv7, made in the application, so that they sort by time of creation."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562, section 5.7)."""
    return UUID(int=uuid_utils.uuid7().int)
