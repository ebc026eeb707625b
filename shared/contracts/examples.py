"""One example of every contract, for the description of messages and for the golden files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.envelope import Contract, Envelope
from shared.contracts.partners import CONTRACTS
from shared.contracts.registry import REGISTRY, SOURCES


def id_(number: int) -> UUID:
    """Return a UUIDv7 that is recognizable as an example."""
    return UUID(f"01900000-0000-7000-8000-{number:012d}")


_RESIDENT: dict[str, Any] = {
    "resident_id": id_(1),
    "phone_sealed": "gAAAAABm-sealed-phone",
    "language": "zh",
}
_WISH: dict[str, Any] = {
    "wish_id": id_(2),
    "resident_id": id_(1),
    "title": "想换一个灯泡",
    "taker_kind": None,
    "taker_id": None,
}
_CLAIMED: dict[str, Any] = {**_WISH, "taker_kind": "volunteer", "taker_id": id_(3)}
_LEASED = {**_CLAIMED, "lease_until": "2025-03-08T08:00:00Z"}
_VOLUNTEER: dict[str, Any] = {"volunteer_id": id_(4), "resident_id": id_(3)}
_POINTS: dict[str, Any] = {
    "account_id": id_(5),
    "owner_kind": "resident",
    "owner_id": id_(3),
    "transfer_id": id_(6),
    "amount": 20,
    "balance": 120,
    "balance_version": 6,
    "rule": "wish-fulfilled",
    "wish_id": id_(2),
    "cause_subject": f"wishes/{id_(2)}",
    "title": "想换一个灯泡",
}
_EVENT: dict[str, Any] = {
    "event_id": id_(7),
    "kind": "clean_up",
    "title": "楼道大扫除",
    "place": "3 栋楼下",
    "starts_at": "2025-03-08T09:00:00+08:00",
    "ends_at": "2025-03-08T11:00:00+08:00",
}
_PARTICIPATION: dict[str, Any] = {
    **_EVENT,
    "participation_id": id_(8),
    "resident_id": id_(3),
    "role": "helper",
}

# The aggregates that messages are about, by the second word of their types.
_SUBJECTS = {
    "resident": f"residents/{id_(1)}",
    "sign-in-code": f"sign-in-codes/{id_(13)}",
    "wish": f"wishes/{id_(2)}",
    "event": f"events/{id_(7)}",
    "volunteer": f"volunteers/{id_(4)}",
    "points": f"accounts/{id_(5)}",
}

VALUES: dict[str, dict[str, Any]] = {
    "linli.resident.registered.v1": _RESIDENT,
    "linli.resident.changed.v1": {**_RESIDENT, "phone_sealed": None},
    "linli.sign-in-code.issued.v1": {
        **_RESIDENT,
        "code_sealed": "gAAAAABm-sealed-code",
        "expires_at": "2025-03-01T08:05:00Z",
    },
    "linli.wish.posted.v1": _WISH,
    "linli.wish.opened.v1": _WISH,
    "linli.wish.claimed.v1": _LEASED,
    "linli.wish.released.v1": {**_CLAIMED, "reason": "given_back"},
    "linli.wish.delivered.v1": _CLAIMED,
    "linli.wish.fulfilled.v1": {**_CLAIMED, "minutes": 45, "revision": 1},
    "linli.wish.reopened.v1": {**_LEASED, "revision": 1},
    "linli.wish.refused.v1": _LEASED,
    "linli.wish.declined.v1": _WISH,
    "linli.wish.withdrawn.v1": _WISH,
    "linli.wish.answered.v1": _WISH,
    "linli.event.published.v1": _EVENT,
    "linli.event.cancelled.v1": _EVENT,
    "linli.event.closed.v1": {**_EVENT, "helpers": 6, "guests": 20, "minutes": 2400, "missed": 2},
    "linli.event.joined.v1": _PARTICIPATION,
    "linli.event.left.v1": {**_PARTICIPATION, "reason": "cancelled", "words": "下雨，改期再约"},
    "linli.event.attended.v1": {**_PARTICIPATION, "minutes": 90, "revision": 1},
    "linli.event.missed.v1": _PARTICIPATION,
    "linli.volunteer.applied.v1": _VOLUNTEER,
    "linli.volunteer.approved.v1": _VOLUNTEER,
    "linli.points.awarded.v1": _POINTS,
    "linli.points.reversed.v1": {**_POINTS, "balance": 100, "balance_version": 7},
}

PARTNER_VALUES: dict[str, dict[str, Any]] = {
    "linli.event.joined.v1": {"event_id": id_(7), "resident_id": id_(3), "role": "helper"},
    "linli.event.attended.v1": {"event_id": id_(7), "resident_id": id_(3), "minutes": 90},
    "linli.wish.fulfilled.v1": {"wish_id": id_(2), "minutes": 45, "note": "灯泡换好了"},
}
EXTERNAL = "ext.property.lift-stopped.v1"


def example(type_: str) -> Contract:
    """Build the example content of a type."""
    return REGISTRY[type_].model_validate(VALUES[type_])


def example_envelope(type_: str) -> Envelope:
    """Build the example of a type in its envelope."""
    return Envelope(
        id=str(id_(10)),
        type=type_,
        source=SOURCES[type_],
        subject=_subject(type_),
        time=datetime(2025, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
        station=id_(9),
        sequence=7,
        correlationid=id_(11),
        data=example(type_).model_dump(mode="json"),
        causationid=str(id_(12)),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def example_of_partner(type_: str) -> Contract:
    """Build the example content that a partner may publish with a type."""
    return CONTRACTS[type_].model_validate(PARTNER_VALUES[type_])


def partner_message(type_: str) -> dict[str, Any]:
    """Build the example of a type as a partner publishes it, with required attributes only."""
    return _partner_envelope(type_, example_of_partner(type_).model_dump(mode="json"))


def external_message() -> dict[str, Any]:
    """Build the example of a message with a partner's own type."""
    return _partner_envelope(EXTERNAL, {"lift": "3 栋 1 单元"})


def _partner_envelope(type_: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "2025-0301-17",
        "type": type_,
        "source": "/partners/property",
        "time": "2025-03-01T08:00:00+08:00",
        "data": content,
    }


def _subject(type_: str) -> str:
    if "participation_id" in VALUES[type_]:
        return f"participations/{id_(8)}"
    return _SUBJECTS[type_.split(".")[1]]
