"""What `linli messages` shows: tables for people, or JSON, one object a line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row

from shared.bus.admin.tail import Happening
from shared.messages_admin.api import ActView, Kept, KeptWhole

PIPED = 200
BYTES_SHOWN = 500
STYLES = {"parked": "red", "retry": "yellow", "skipped": "dim", "done": "green", "sent": "cyan"}
Found = tuple[str, Row[Any]]


class Shown:
    """Writes to stdout what was found, each with the service that it is of."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        console = Console()
        self._console = console if console.is_terminal else Console(width=PIPED)

    def messages(self, found: Iterable[Found]) -> None:
        """A list of kept messages."""
        columns = ("key", "service", "state", "type", "tried", "came", "why")
        rows = [
            (_told(service, row, Kept.of(row)), self._line(service, row)) for service, row in found
        ]
        self._write(columns, rows, "No message waits, is parked or was set aside.")

    def message(self, service: str, row: Row[Any]) -> None:
        """One message, whole."""
        told = _told(service, row, KeptWhole.of(row))
        if told["content"] is None:
            told["bytes"] = row.body[:BYTES_SHOWN].decode("utf-8", "backslashreplace")
        if self._as_json:
            typer.echo(to_json(told))
            return
        table = Table(show_header=False, box=None)
        for name, value in told.items():
            if value is not None:
                table.add_row(Text(name, "bold"), Text(_plain(value)))
        self._console.print(table)

    def acts(self, found: Iterable[Found]) -> None:
        """What operators did."""
        columns = ("at", "service", "act", "messages", "of", "who", "why")
        rows = []
        for service, row in found:
            act = ActView.model_validate(row)
            of = str(act.message_key or ", ".join(f"{k} {v}" for k, v in act.chosen.items()))
            line = (f"{act.at:%Y-%m-%d %H:%M:%S}", service, act.act, str(act.messages), of)
            rows.append((_told(service, row, act), [Text(t) for t in (*line, act.who, act.reason)]))
        self._write(columns, rows, "Nobody has done anything to messages.")

    def happening(self, one: Happening) -> None:
        """Something that happened just now."""
        if self._as_json:
            typer.echo(to_json(asdict(one)))
            return
        line = Text(f"{one.at:%H:%M:%S} {one.service:10} ")
        line.append(f"{one.what:8}", STYLES.get(one.what, ""))
        line.append(f"{one.type}  {one.correlation}  {one.about}")
        self._console.print(line, soft_wrap=True)

    def _line(self, service: str, row: Row[Any]) -> list[Text]:
        came = f"{row.received_at:%Y-%m-%d %H:%M:%S}"
        state = Text(row.state, STYLES[row.state])
        rest = (row.type, str(row.attempts), came, row.error or "")
        return [Text(str(row.message_key)), Text(service), state, *map(Text, rest)]

    def _write(
        self, columns: Iterable[str], rows: list[tuple[dict[str, Any], list[Text]]], none: str
    ) -> None:
        if self._as_json:
            for told, _ in rows:
                typer.echo(to_json(told))
        elif not rows:
            typer.echo(none)
        else:
            table = Table(*columns, box=None)
            table.columns[0].no_wrap = True
            for _, line in rows:
                table.add_row(*line)
            self._console.print(table)


def _told(service: str, row: Row[Any], view: Kept | ActView) -> dict[str, Any]:
    return {"service": service, "station": row.station_id, **view.model_dump()}


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(_pairs(value))
    return str(value)


def _pairs(content: Mapping[str, object]) -> Iterator[str]:
    for name, value in content.items():
        yield f"{name}: {value}"
