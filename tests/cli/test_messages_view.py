"""`linli messages` prints events, invalid bytes and empty lists."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from services.cli.messages_view import MessagePrinter
from shared.bus.admin.tail import TailEvent
from shared.bus.inbox import store
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.tables import inbox as table
from shared.ids import new_id
from tests.support.system import RunningSystem

CORRELATION = UUID("01900000-0000-7000-8000-000000000007")
AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
TAIL_EVENT = TailEvent(AT, "notify", "parked", "linli.wish.opened.v1", CORRELATION, "NotYet: late")
INVALID_BYTES = b"\xff\x00[bold]no message"


def test_tail_event_is_printed_as_a_line_or_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    MessagePrinter(as_json=False).print_event(TAIL_EVENT)
    line = capsys.readouterr().out
    assert line.startswith("08:30:00 notify     parked  linli.wish.opened.v1")
    assert line.endswith(f"{CORRELATION}  NotYet: late\n")
    MessagePrinter(as_json=True).print_event(TAIL_EVENT)
    event = json.loads(capsys.readouterr().out)
    assert (event["service"], event["what"], event["about"]) == ("notify", "parked", "NotYet: late")


async def test_invalid_bytes_are_printed_escaped(
    running_system: RunningSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    key = new_id()
    message = IncomingMessage(key, "odd", key, INVALID_BYTES, None)
    async with running_system.notify.sessions.begin() as tx:
        await store.store_failed(tx, "notify", message, FailureDisposition.park("not a message"))
        row = (await tx.execute(select(table))).one()
    for as_json in (False, True):
        printer = MessagePrinter(as_json=as_json)
        printer.print_message("notify", row)
        printer.print_messages([("notify", row)])
        output = capsys.readouterr().out
        assert "[bold]no message" in output
        assert "\\xff" in output
        assert str(key) in output


def test_empty_list_is_printed_as_a_sentence_or_as_no_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    MessagePrinter(as_json=False).print_messages([])
    MessagePrinter(as_json=False).print_actions([])
    assert capsys.readouterr().out == (
        "No message waits, is parked or was set aside.\nNobody has done anything to messages.\n"
    )
    MessagePrinter(as_json=True).print_messages([])
    assert capsys.readouterr().out == ""
