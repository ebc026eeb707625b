"""Contracts of the messages that partners may publish to intake, and the types they may read.

The types are intake's, with fewer fields: those that a partner knows. A message of a partner's own
type, which begins with `ext.` and has no contract here, is forwarded unchanged.
"""

import re
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from shared.contracts import events, intake
from shared.contracts.contract import Contract, example_id
from shared.contracts.registry import REGISTRY

_WORD = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
EXTERNAL = re.compile(rf"ext(\.{_WORD})+\.v[1-9][0-9]{{0,3}}")
SOURCE = re.compile(rf"/partners/{_WORD}")


class PartnerMessage(Contract):
    """A message of one of intake's types that partners may publish."""


class PartnerEventJoined(
    PartnerMessage,
    type=events.EventJoined.type,
    example={"event_id": example_id(7), "resident_id": example_id(3), "role": "helper"},
):
    """A resident wants a place in an event, and asked the partner for it."""

    event_id: UUID
    """The event."""
    resident_id: UUID
    """Who takes part."""
    role: events.EventRole = "guest"
    """Whether they help or are a guest."""


class PartnerEventAttended(
    PartnerMessage,
    type=events.EventAttended.type,
    example={"event_id": example_id(7), "resident_id": example_id(3), "minutes": 90},
):
    """A resident was at an event, which the partner saw: at its gate, say."""

    event_id: UUID
    """The event."""
    resident_id: UUID
    """Who was there; they have joined, or their joining is still on its way."""
    minutes: Annotated[int, Field(strict=True, ge=0, le=4500)]
    """How long they were there, in minutes."""


class PartnerWishFulfilled(
    PartnerMessage,
    type=intake.WishFulfilled.type,
    example={"wish_id": example_id(2), "minutes": 45, "note": "灯泡换好了"},
):
    # The published description is one paragraph of two lines, which ruff refuses in a docstring.
    __doc__ = (
        "The partner made a wish come true that it took, or that was open.\n"
        "It counts once the resident confirms it, unless the station takes the partner's word on "
        "trust."
    )

    wish_id: UUID
    """The wish."""
    minutes: Annotated[int, Field(strict=True, ge=1, le=1440)]
    """How long it took, in minutes."""
    note: Annotated[str, StringConstraints(max_length=1000)] | None = None
    """What was done, in words for the resident."""


class External(Contract, type="ext.*", example={"lift": "3 栋 1 单元"}):
    """A fact of the partner's own, which is passed on as it came, under a new id.

    Its type ends in a version, too: `ext.property.lift-stopped.v1`.
    """

    model_config = ConfigDict(frozen=True, extra="allow")


CONTRACTS: dict[str, type[Contract]] = {
    contract.type: contract for contract in PartnerMessage.__subclasses__()
}

# Types with sealed fields are left out, because sealed values are for our own services.
READABLE: frozenset[str] = frozenset(
    type_
    for type_, contract in REGISTRY.items()
    if not any(field.endswith("_sealed") for field in contract.model_fields)
)


def is_for_partners(type_: str) -> bool:
    """Return whether a partner can be granted to publish this type."""
    return type_ in CONTRACTS or EXTERNAL.fullmatch(type_) is not None
