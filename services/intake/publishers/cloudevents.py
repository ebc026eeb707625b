"""The three modes of CloudEvents over HTTP, each read into the JSON of single events.

Source: the HTTP protocol binding for CloudEvents 1.0.2, section 3.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from pydantic_core import from_json, to_json
from starlette.exceptions import HTTPException

from shared.contracts.envelope import CONTENT_TYPE, MAX_BODY_BYTES
from shared.errors import Invalid
from shared.language import N_
from shared.web.problems import Unreadable

MAX_BATCH_SIZE = 100
STRUCTURED = CONTENT_TYPE
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
_HEADER_PREFIX = "ce-"
_EVENTS = "application/cloudevents"
_QUOTED, _ESCAPED = re.compile(r'"(.*)"'), re.compile(r"\\(.)")


class InvalidBatchSize(Invalid):
    """A batch that is empty, or larger than `MAX_BATCH_SIZE`."""

    title = N_("A batch has 1 to 100 messages")


def read(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """Return the JSON of each event of a request, in the order of the request.

    Raises: Unreadable, Invalid, InvalidBatchSize; HTTPException (413, 415) for one event
    that is too large, and for another content type.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != BATCH and len(body) > MAX_BODY_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if kind == STRUCTURED:
        return [body]
    if kind == BATCH:
        return [to_json(event) for event in _batch(body)]
    if f"{_HEADER_PREFIX}specversion" in headers and _is_json(kind):
        return [to_json({**_attributes(headers), "data": _json(body)})]
    raise HTTPException(415)


def _is_json(kind: str) -> bool:
    """Return whether the data is JSON; an SDK may leave the type of JSON out."""
    return kind in ("", BINARY) or (kind.endswith("+json") and not kind.startswith(_EVENTS))


def _batch(body: bytes) -> list[Any]:
    events = _json(body)
    if not isinstance(events, list):
        raise Unreadable
    if not 1 <= len(events) <= MAX_BATCH_SIZE:
        raise InvalidBatchSize
    return events


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Decode the attributes: percent-encoded UTF-8, perhaps quoted (section 3.1.3.2)."""
    attributes: dict[str, str] = {}
    for name, value in headers.items():
        if not name.startswith(_HEADER_PREFIX):
            continue
        attribute = name.removeprefix(_HEADER_PREFIX)
        if attribute in attributes:
            raise Invalid(errors={name: N_("This is said twice")})
        if attribute == "datacontenttype":
            raise Invalid(errors={name: N_("The Content-Type says this")})
        attributes[attribute] = _decode(name, value)
    return attributes


def _decode(name: str, value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    try:
        return unquote(_ESCAPED.sub(r"\1", quoted[1]) if quoted else value, errors="strict")
    except UnicodeDecodeError:
        raise Invalid(errors={name: N_("This must be valid Unicode text")}) from None


def _json(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Unreadable from None
