"""Contracts of every service by which messages that a reader lost are found and sent again."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.contract import Contract

# No single station: a service counts the messages of all of them.
NO_STATION = UUID(int=0)
_HOUR = "2025-03-01T08:00:00Z"


class TypeCount(BaseModel):
    """The messages of one type in an hour."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    type: str
    """The type."""
    count: int
    """How many messages, each once."""
    checksum: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    """The first 64 bits of all their keys, combined by exclusive or."""


class HourMessage(Contract, subject="hours/{hour}", example={"hour": _HOUR}):
    """An hour by the sender's database, in which messages were recorded."""

    hour: AwareDatetime
    """The hour's first moment."""


class HourSent(
    HourMessage,
    example={
        "counts": [
            {"type": "linli.wish.opened.v1", "count": 2, "checksum": "8c1f0b3a5d7e9f02"},
        ]
    },
):
    """A service counts what it recorded within an hour and sent, by type."""

    counts: tuple[TypeCount, ...]
    """The types that have readers and of which there was a message."""


class IntakeHourSent(
    HourSent, type="linli.intake-hour.sent.v1", service="intake", readers={"volunteers", "notify"}
):
    """Intake counts what it recorded within an hour and sent, by type."""


class VolunteersHourSent(
    HourSent,
    type="linli.volunteers-hour.sent.v1",
    service="volunteers",
    readers={"intake", "notify"},
):
    """Volunteers counts what it recorded within an hour and sent, by type."""


class HourMissed(
    HourMessage,
    example={"sender": "intake", "types": ["linli.wish.opened.v1"]},
):
    """A service lacks messages of an hour, and asks their sender to send them again."""

    sender: Literal["intake", "volunteers"]
    """The service that is asked."""
    types: tuple[str, ...]
    """The types of which messages are missing."""


class IntakeHourMissed(
    HourMissed,
    type="linli.intake-hour.missed.v1",
    service="intake",
    readers={"volunteers"},
    example={"sender": "volunteers", "types": ["linli.points.awarded.v1"]},
):
    """Intake lacks messages of an hour, and asks their sender to send them again."""


class VolunteersHourMissed(
    HourMissed, type="linli.volunteers-hour.missed.v1", service="volunteers", readers={"intake"}
):
    """Volunteers lacks messages of an hour, and asks their sender to send them again."""


class NotifyHourMissed(
    HourMissed,
    type="linli.notify-hour.missed.v1",
    service="notify",
    readers={"intake", "volunteers"},
):
    """Notify lacks messages of an hour, and asks their sender to send them again."""
