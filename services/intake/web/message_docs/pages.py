"""For developers: the messages of services and partners, what is in them, who reads them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from fastapi import Response
from markupsafe import Markup

from services.intake.web.kit.page_context import NoStationChosen, Shown, show
from services.intake.web.kit.page_router import Pages
from shared.contracts.asyncapi import partners_name, said
from shared.contracts.envelope import Contract
from shared.contracts.examples import example_envelope, external_message, partner_message
from shared.contracts.partners import CONTRACTS, READABLE, External
from shared.contracts.registry import READERS, REGISTRY, SOURCES
from shared.contracts.schemas import ENVELOPE, OF_PARTNERS, Schema, schemas
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
    """One message, as the page shows it; `anchor` is its place there."""

    anchor: str
    type: str
    name: str
    says: str
    fields: tuple[Field, ...]
    example: str
    readers: tuple[str, ...] = ()
    for_partners: bool = False

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
    values = {
        "services": by_service(),
        "envelope": envelope(ENVELOPE),
        "partners": of_partners(),
        "partners_envelope": envelope(f"{OF_PARTNERS}{ENVELOPE}"),
    }
    return await show(screen, station, "contracts.html", 200, values)


@cache
def by_service() -> dict[str, tuple[Described, ...]]:
    """The messages by the service that says them."""
    described: dict[str, tuple[Described, ...]] = {}
    known = schemas()
    for type_, contract in REGISTRY.items():
        service = SOURCES[type_].rpartition("/")[2]
        one = _described(contract, known[type_], json.loads(example_envelope(type_).to_json()))
        readers = tuple(sorted(READERS[type_]))
        whole = replace(one, readers=readers, for_partners=type_ in READABLE)
        described[service] = (*described.get(service, ()), whole)
    return described


@cache
def of_partners() -> tuple[Described, ...]:
    """What partners may say: of intake's types, and of their own."""
    known = schemas()
    absorbed = [
        _described(contract, known[f"{OF_PARTNERS}{type_}"], partner_message(type_))
        for type_, contract in CONTRACTS.items()
    ]
    own = _described(External, {"properties": {}}, external_message())
    return tuple(replace(one, anchor=partners_name(one.type)) for one in (*absorbed, own))


@cache
def envelope(name: str) -> tuple[Field, ...]:
    """What every message has around its content, by its name among the schemas."""
    return tuple(_fields(schemas()[name]))


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


def _described(contract: type[Contract], schema: Schema, example: Mapping[str, Any]) -> Described:
    return Described(
        anchor=contract.type,
        type=contract.type,
        name=contract.__name__.removeprefix("Partner"),
        says=said(contract),
        fields=tuple(_fields(schema)),
        example=json.dumps(example, ensure_ascii=False, indent=2),
    )
