"""Counts of messages by type, which are compared between a sender and a reader."""

from collections.abc import Iterable
from datetime import timedelta

from shared.bus.maintenance import SENT_RETENTION_DAYS
from shared.contracts.contract import Contract
from shared.contracts.reconciliation import HourMessage, TypeCount
from shared.contracts.registry import REGISTRY

# The keys are hashes, so that their first 64 bits are as good as any others.
COUNT_AND_CHECKSUM = """
  count(*) AS count,
  lpad(to_hex(bit_xor(('x' || left(replace(message_key::text, '-', ''), 16))::bit(64)::bigint)),
    16, '0') AS checksum
"""
# What is older can't be sent again.
MAX_AGE = timedelta(days=SENT_RETENTION_DAYS)


def counted_types(sender: str, reader: str | None = None) -> list[str]:
    """List the types of a sender that a reader, or any reader, handles.

    Reconciliation's own messages are left out: what is lost of them is asked for again.
    """
    return sorted(
        type_
        for type_, contract in REGISTRY.items()
        if contract.service == sender and _is_read(contract, reader)
    )


def differing_types(stated: Iterable[TypeCount], own: Iterable[TypeCount]) -> list[str]:
    """List the types whose messages aren't those that were stated."""
    own_by_type = {one.type: one for one in own}
    return sorted(one.type for one in stated if own_by_type.get(one.type) != one)


def _is_read(contract: type[Contract], reader: str | None) -> bool:
    if issubclass(contract, HourMessage):
        return False
    return bool(contract.readers) if reader is None else reader in contract.readers
