"""What `linli messages` shows of things that are rare."""

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


def test_what_happens_is_a_line_or_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    MessagePrinter(as_json=False).print_event(TAIL_EVENT)
    line = capsys.readouterr().out
    assert line.startswith("08:30:00 notify     parked  linli.wish.opened.v1")
    assert line.endswith(f"{CORRELATION}  NotYet: late\n")
    MessagePrinter(as_json=True).print_event(TAIL_EVENT)
    told = json.loads(capsys.readouterr().out)
    assert (told["service"], told["what"], told["about"]) == ("notify", "parked", "NotYet: late")


async def test_bytes_that_are_no_message_are_shown_as_they_are(
    running_system: RunningSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    key = new_id()
    odd = IncomingMessage(key, "odd", key, INVALID_BYTES, None)
    async with running_system.notify.sessions.begin() as tx:
        await store.store_failed(
            tx, "notify", odd, FailureDisposition("parked", 0, 0, None, "not a message")
        )
        row = (await tx.execute(select(table))).one()
    for as_json in (False, True):
        shown = MessagePrinter(as_json=as_json)
        shown.print_message("notify", row)
        shown.print_messages([("notify", row)])
        said = capsys.readouterr().out
        assert "[bold]no message" in said
        assert "\\xff" in said
        assert str(key) in said


def test_an_empty_list_says_so_in_words_and_as_json_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    MessagePrinter(as_json=False).print_messages([])
    MessagePrinter(as_json=False).print_actions([])
    assert capsys.readouterr().out == (
        "No message waits, is parked or was set aside.\nNobody has done anything to messages.\n"
    )
    MessagePrinter(as_json=True).print_messages([])
    assert capsys.readouterr().out == ""
