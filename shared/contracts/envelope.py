"""A message on the wire: the CloudEvents 1.0 envelope and its limits."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import from_json

from shared.contracts.cloudevent import RFC3339, invalid_attributes

CONTENT_TYPE = "application/cloudevents+json"
MAX_ATTRIBUTE_BYTES = 255
MAX_BODY_BYTES = 64 * 1024
SEQUENCE_DIGITS = 12
# W3C Trace Context, 3.2: a receiver ignores a traceparent of another form.
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_CORRELATION_NAMESPACE = UUID("0b9d3f0e-6f5e-5c0e-8f0a-52b6b7c2a9d4")


class InvalidMessage(ValueError):
    """Bytes that are no message, or a message that exceeds a limit; names the wrong part."""


class TooLarge(InvalidMessage):
    """Attribute or message with too many bytes, or none."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"{name} must have 1 to {limit} bytes")


class MalformedMessage(InvalidMessage):
    """Bytes that don't follow the format; `fields` names the attributes, never their values."""

    def __init__(self, fields: str) -> None:
        super().__init__(f"not a message: {fields}")


def _check_length(value: str) -> str:
    if len(value.encode()) > MAX_ATTRIBUTE_BYTES:
        raise TooLarge("an attribute", MAX_ATTRIBUTE_BYTES)
    return value


# CloudEvents forbids control characters in attributes, and Postgres can't store U+0000.
_Attribute = Annotated[
    str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"), AfterValidator(_check_length)
]


def _require_rfc3339(value: object) -> object:
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise MalformedMessage("time")  # pydantic would read a number as seconds since 1970.
    return value


_SEQUENCE = r"^[0-9]{1,19}$"
# RFC 3339, as CloudEvents says.
_Time = Annotated[AwareDatetime, BeforeValidator(_require_rfc3339)]


class EnvelopeBase(BaseModel):
    """The attributes of every envelope."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    specversion: str = Field(pattern=r"^1\.0$")
    """The version of CloudEvents."""
    id: _Attribute
    """The message; with its source it tells a repeat. At most 255 bytes, as the next three."""
    type: _Attribute
    """The contract with its version, and the routing key."""
    source: _Attribute
    """Who says it."""
    time: _Time
    """When it was recorded."""
    causationid: _Attribute | None = None
    """The message that led to it, where one did."""
    traceparent: _Attribute | None = None
    """The trace that it is part of (W3C Trace Context), where one is kept."""
    data: dict[str, Any]
    """What is said, as its contract has it."""


class EnvelopeModel(EnvelopeBase):
    """The envelope as it is read: `extra` attributes of foreign publishers are left alone."""

    subject: _Attribute
    """The aggregate that it is about; messages about one subject are sent in order."""
    station: UUID
    """The station that it happened in."""
    sequence: str = Field(pattern=_SEQUENCE)
    """The version of the aggregate after it, with leading zeros."""
    correlationid: UUID
    """The story that it is part of: what one request led to."""


class PartnerEnvelopeModel(EnvelopeBase):
    """The envelope of a partner, of whom less is asked: CloudEvents' own attributes, and the time.

    What it leaves out is completed as it arrives.
    """

    subject: _Attribute | None = None
    """What it is about, in the partner's own terms."""
    station: UUID | None = None
    """The station that it happened in; the partner's own, which is known."""
    sequence: str = Field(default="0", pattern=_SEQUENCE)
    """The version of the subject after it."""
    correlationid: UUID | None = None
    """The story that it is part of; otherwise it begins one."""


S = TypeVar("S", bound=EnvelopeBase)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message: CloudEvents attributes, our extensions, and the content as plain values."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    station: UUID
    sequence: int
    correlationid: UUID
    data: Mapping[str, Any]
    causationid: str | None = None
    traceparent: str | None = None

    def to_json(self) -> bytes:
        """Serialize the message in CloudEvents' JSON format.

        Limits are checked here, because a publish that can never succeed would block its lane.
        Raises: InvalidMessage for a message that exceeds a limit.
        """
        attributes = self._attributes()
        for name in ("id", "type", "source", "subject"):
            if not 0 < len(attributes[name].encode()) <= MAX_ATTRIBUTE_BYTES:
                raise TooLarge(name, MAX_ATTRIBUTE_BYTES)
        body = json.dumps(
            {**attributes, "data": self.data}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge("the message", MAX_BODY_BYTES)
        return body

    def _attributes(self) -> dict[str, str]:
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "dataschema": f"urn:linli:contract:{self.type}",
            "station": str(self.station),
            "sequence": f"{self.sequence:0{SEQUENCE_DIGITS}d}",
            "correlationid": str(self.correlationid),
        }
        if self.causationid is not None:
            attributes["causationid"] = self.causationid
        if self.traceparent is not None:
            attributes["traceparent"] = self.traceparent
        return attributes

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Parse a message. Raises: InvalidMessage, which names the wrong part, never its value."""
        wire = _read(EnvelopeModel, body)
        return cls._of(wire, wire.subject, wire.station, wire.correlationid)

    @classmethod
    def from_partner(cls, body: bytes, station: UUID) -> Self:
        """Parse a message of a partner of that station, and complete it. Raises: InvalidMessage.

        The same message is completed in the same way at each delivery.
        """
        _check_attributes(body)
        wire = _read(PartnerEnvelopeModel, body)
        if wire.station not in (None, station):
            raise MalformedMessage("station (another than the publisher's)")
        if not TRACEPARENT.fullmatch(wire.traceparent or ""):
            wire = wire.model_copy(update={"traceparent": None})
        correlation = wire.correlationid or uuid5(
            _CORRELATION_NAMESPACE, json.dumps([wire.source, wire.id])
        )
        return cls._of(wire, wire.subject or wire.source.removeprefix("/"), station, correlation)

    @classmethod
    def _of(
        cls,
        model: EnvelopeModel | PartnerEnvelopeModel,
        subject: str,
        station: UUID,
        correlation: UUID,
    ) -> Self:
        return cls(
            id=model.id,
            type=model.type,
            source=model.source,
            subject=subject,
            time=model.time,
            station=station,
            sequence=int(model.sequence),
            correlationid=correlation,
            data=model.data,
            causationid=model.causationid,
            traceparent=model.traceparent,
        )


def _check_attributes(body: bytes) -> None:
    """Check all attributes, also those that aren't read. Raises: InvalidMessage."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("the message", MAX_BODY_BYTES)
    try:
        event = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise MalformedMessage("body (json_invalid)") from None
    if not isinstance(event, dict):
        raise MalformedMessage("body (model_type)")
    if faults := invalid_attributes(event):
        raise MalformedMessage(", ".join(faults[:5]))


def _read(model: type[S], body: bytes) -> S:
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge("the message", MAX_BODY_BYTES)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise MalformedMessage(invalid_fields(error)) from None


def invalid_fields(error: ValidationError) -> str:
    """Return which fields are wrong and how, without the values, which may be personal."""
    return ", ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'body'} ({fault['type']})"
        for fault in error.errors(include_input=False, include_url=False)[:5]
    )


def parse_own(body: bytes) -> dict[str, Any]:
    """Parse a message that `Envelope.to_json` wrote, without validation."""
    attributes: dict[str, Any] = json.loads(body)
    return attributes
