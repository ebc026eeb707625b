"""What CloudEvents 1.0.2 calls invalid is refused of partners, and what it calls valid is not."""

import json
from typing import Any

import pytest

from shared.contracts.envelope import Envelope, InvalidMessage
from shared.ids import new_id

STATION = new_id()
GOOD = {
    "specversion": "1.0",
    "id": "7",
    "type": "ext.lift.stopped.v1",
    "source": "/partners/gate",
    "time": "2026-11-26T08:00:00+08:00",
    "data": {"lift": 3},
}


def read(event: dict[str, Any] | bytes) -> Envelope:
    """Read a partner's event."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return Envelope.from_partner(body, STATION)


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": None},
        {"specversion": "0.9"},
        {"specversion": ""},
        {"id": ""},
        {"id": 7},
        {"id": {"a": 1}},
        {"type": ""},
        {"source": ""},
        {"subject": ""},
        {"time": "noon"},
        {"time": "2026-11-26T08:00+08:00"},
        {"time": "2026-11-26T08:00:00"},
        {"time": "2026-11-26T08:00:00X"},
        {"time": "2026-11-26T08:00:00+25:00"},
        {"time": "2026-11-26T08:00:00+0a:00"},
        {"time": "2026-11-26T08:00:00+08"},
        {"time": "2026-11-26 08:00:00+08:00"},
        {"datacontenttype": ""},
        {"datacontenttype": "xyz"},
        {"datacontenttype": "text/plain"},
        {"dataschema": ""},
        {"dataschema": "/relative"},
        {"Extension": "capital"},
        {"ext.dot": "dot"},
        {"ext_line": "line"},
        {"": "no name"},
        {"extfraction": 1.5},
        {"extlarge": 2**31},
        {"extlist": [1]},
        {"extobject": {"a": 1}},
        {"exttext": "a\x00b"},
        {"exttext": "a\ufffeb"},
        {"data_base64": "AAAA"},
        {"data": None},
    ],
    ids=repr,
)
def test_invalid_event_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage):
        read({**GOOD, **wrong})


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[-1e999]"])
def test_number_that_json_does_not_know_is_refused(number: bytes) -> None:
    body = json.dumps(GOOD).encode()
    with pytest.raises(InvalidMessage):
        read(body.replace(b'{"lift": 3}', b'{"lift": ' + number + b"}"))


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"subject": None, "datacontenttype": None, "dataschema": None, "extension": None},
        {"datacontenttype": "application/json; charset=utf-8"},
        {"datacontenttype": "application/vnd.lift+JSON"},
        {"dataschema": "urn:lift:stopped", "subject": "lifts/3"},
        {"time": "2026-11-26T00:00:00.123456789Z"},
        {"time": "2026-11-25t23:00:00-01:00"},
        {"extinteger": 10, "extboolean": True, "extstring": "text", "exturiref": "//a/b"},
        {"extbinary": "TWE=", "exttimestamp": "2023-03-31T15:12:00Z"},
        {"data": {"lift": 1.5, "names": ["甲", None, True]}},
    ],
    ids=repr,
)
def test_valid_event_is_read(extra: dict[str, Any]) -> None:
    assert read({**GOOD, **extra}).id == "7"
