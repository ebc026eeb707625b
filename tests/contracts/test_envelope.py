"""The envelope: CloudEvents in JSON, written and read, within limits."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.contract import example_id
from shared.contracts.envelope import (
    Envelope,
    InvalidMessage,
    MalformedMessage,
    TooLarge,
    parse_own,
)
from shared.contracts.registry import REGISTRY

ENVELOPE = Envelope(
    id=str(example_id(10)),
    type="linli.wish.posted.v1",
    source="/services/intake",
    subject=f"wishes/{example_id(2)}",
    time=datetime(2025, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
    station=example_id(9),
    sequence=7,
    correlationid=example_id(11),
    data={"title": "想换一个灯泡"},
    causationid=str(example_id(12)),
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_message_is_a_cloudevent(type_: str) -> None:
    content = REGISTRY[type_].make_example().model_dump(mode="json")
    event = JSONFormat().read(None, replace(ENVELOPE, type=type_, data=content).to_json())

    attributes = event.get_attributes()
    assert attributes["specversion"] == "1.0"
    assert attributes["type"] == type_
    assert attributes["time"] == ENVELOPE.time
    assert attributes["sequence"] == "000000000007"
    assert attributes["station"] == str(example_id(9))
    assert event.get_data() == content


def test_envelope_survives_the_wire() -> None:
    assert Envelope.from_json(ENVELOPE.to_json()) == ENVELOPE
    bare = replace(ENVELOPE, causationid=None, traceparent=None)
    assert Envelope.from_json(bare.to_json()) == bare
    assert b"causationid" not in bare.to_json()
    assert parse_own(ENVELOPE.to_json())["id"] == ENVELOPE.id


@given(title=st.text(), sequence=st.integers(0, 2**63 - 1))
def test_any_content_survives_the_wire(title: str, sequence: int) -> None:
    try:
        body = replace(ENVELOPE, data={"title": title}, sequence=sequence).to_json()
    except UnicodeEncodeError:
        return  # A lone surrogate is no text; the edges refuse it.
    read = Envelope.from_json(body)
    assert (read.data["title"], read.sequence) == (title, sequence)


@pytest.mark.parametrize("name", ["id", "type", "source", "subject"])
@pytest.mark.parametrize("value", ["", "x" * 256, "字" * 86])
def test_attribute_out_of_bounds_is_refused(name: str, value: str) -> None:
    with pytest.raises(TooLarge, match=name):
        replace(ENVELOPE, **{name: value}).to_json()  # type: ignore[arg-type]


def test_body_is_limited_to_64_kib() -> None:
    room = 64 * 1024 - len(replace(ENVELOPE, data={"t": ""}).to_json())
    assert len(replace(ENVELOPE, data={"t": "x" * room}).to_json()) == 64 * 1024
    with pytest.raises(TooLarge, match="the message"):
        replace(ENVELOPE, data={"t": "x" * (room + 1)}).to_json()
    with pytest.raises(TooLarge):
        Envelope.from_json(b" " * (64 * 1024 + 1))


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda wire: {key: value for key, value in wire.items() if key != name}


def _with(name: str, value: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda wire: {**wire, name: value}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_without("id"), "id"),
        (_with("id", "x" * 256), "id"),
        (_with("subject", "a\x00b"), "subject"),
        (_with("specversion", "0.3"), "specversion"),
        (_with("time", "2025-03-01T08:00:00"), "time"),
        (_with("time", "13812345678"), "time"),
        (_with("station", "here"), "station"),
        (_with("sequence", "-1"), "sequence"),
        (_with("data", [1]), "data"),
    ],
)
def test_error_names_the_malformed_attribute_without_its_value(
    spoil: Callable[[dict[str, Any]], dict[str, Any]], named: str
) -> None:
    body = json.dumps(spoil(json.loads(ENVELOPE.to_json()))).encode()
    with pytest.raises(MalformedMessage, match=named) as raised:
        Envelope.from_json(body)
    assert "13812345678" not in str(raised.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b'{"id":', b"null"])
def test_bytes_that_are_no_message_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidMessage):
        Envelope.from_json(body)
