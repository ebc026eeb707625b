"""For developers: the messages between services, what is in them, who says and who reads them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import Response
from markupsafe import Markup

from services.intake.web.pages import Pages
from services.intake.web.screen import NoStationChosen, Shown, show
from shared.contracts.asyncapi import said
from shared.contracts.examples import example_envelope
from shared.contracts.registry import READERS, REGISTRY, SOURCES
from shared.contracts.schemas import ENVELOPE, Schema, schemas
from shared.language import Language, translate

BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
pages = Pages()


@dataclass(frozen=True)
class Field:
    """One field of a message; its type is written in the terms of JSON Schema."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Described:
    """One message, as the page shows it."""

    type: str
    name: str
    says: str
    source: str
    readers: tuple[str, ...]
    fields: tuple[Field, ...]
    example: str

    def sentence(self, language: Language) -> Markup:
        """What it says, in that language; names of fields in it are marked as code."""
        pieces = translate(self.says, language).split("`")
        code = Markup("<code>{}</code>")
        return Markup("").join(
            code.format(each) if odd % 2 else each for odd, each in enumerate(pieces)
        )


@pages.get("/docs/messages", policy="public")
async def contracts(screen: Shown) -> Response:
    """Every message; of no station, where there are several and nobody chose one."""
    try:
        station = await screen.station()
    except NoStationChosen:
        station = None
    values = {"services": by_service(), "envelope": envelope()}
    return await show(screen, station, "contracts.html", 200, values)


@cache
def by_service() -> dict[str, tuple[Described, ...]]:
    """The messages by the service that says them."""
    described: dict[str, tuple[Described, ...]] = {}
    known = schemas()
    for type_, contract in REGISTRY.items():
        service = SOURCES[type_].rpartition("/")[2]
        one = Described(
            type=type_,
            name=contract.__name__,
            says=said(contract),
            source=service,
            readers=tuple(sorted(READERS[type_])),
            fields=tuple(_fields(known[type_])),
            example=_example(type_),
        )
        described[service] = (*described.get(service, ()), one)
    return described


@cache
def envelope() -> tuple[Field, ...]:
    """What every message has around its content."""
    return tuple(_fields(schemas()[ENVELOPE]))


def in_terms(schema: Schema) -> str:
    """The type in a few terms: `string (uuid) | null`, `"zh" | "en"`, `integer > 0`."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return " | ".join(in_terms(each) for each in schema[keyword])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"array of {in_terms(schema['items'])}"
    kind: str = schema.get("type") or schema["$ref"].rpartition("/")[2]
    shape = f" ({schema['format']})" if "format" in schema else ""
    bounds = [f" {sign} {schema[bound]}" for bound, sign in BOUNDS.items() if bound in schema]
    return kind + shape + "".join(bounds)


def _fields(schema: Schema) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        yield Field(name, in_terms(field), name in required, field.get("description", ""))


def _example(type_: str) -> str:
    wire: dict[str, Any] = json.loads(example_envelope(type_).to_json())
    return json.dumps(wire, ensure_ascii=False, indent=2)
