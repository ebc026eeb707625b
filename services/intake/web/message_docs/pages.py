"""Documentation of the messages for developers: their fields, examples and readers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from fastapi import Response
from markupsafe import Markup

from services.intake.web.kit.page_context import CurrentPage, NoStationChosen, show_page
from services.intake.web.kit.page_router import PageRouter
from shared.contracts.asyncapi import partner_message_name, summary_of
from shared.contracts.contract import Contract
from shared.contracts.examples import example_envelope, partner_message
from shared.contracts.partners import CONTRACTS, READABLE, External
from shared.contracts.registry import REGISTRY
from shared.contracts.schemas import ENVELOPE, PARTNER_PREFIX, Schema, schemas
from shared.language import Language, translate

BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
pages = PageRouter()


@dataclass(frozen=True)
class FieldDoc:
    """One field of a message; `type` uses the terms of JSON Schema."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class MessageDoc:
    """One message as the page shows it; `anchor` is the id of its section."""

    anchor: str
    type: str
    name: str
    summary: str
    fields: tuple[FieldDoc, ...]
    example: str
    readers: tuple[str, ...] = ()
    for_partners: bool = False

    def sentence(self, language: Language) -> Markup:
        """Translate the summary into `language`; names of fields in it are marked up as code."""
        parts = translate(self.summary, language).split("`")
        code = Markup("<code>{}</code>")
        return Markup("").join(
            code.format(part) if index % 2 else part for index, part in enumerate(parts)
        )


@pages.get("/docs/messages", policy="public")
async def show_message_docs(page: CurrentPage) -> Response:
    """Show every message; without a station if there are several and none is chosen."""
    try:
        station = await page.station()
    except NoStationChosen:
        station = None
    values = {
        "services": messages_by_service(),
        "envelope": envelope_fields(ENVELOPE),
        "partners": partner_messages(),
        "partners_envelope": envelope_fields(f"{PARTNER_PREFIX}{ENVELOPE}"),
    }
    return await show_page(page, station, "message_docs.html", 200, values)


@cache
def messages_by_service() -> dict[str, tuple[MessageDoc, ...]]:
    """Return the messages by the service that publishes them."""
    docs: dict[str, tuple[MessageDoc, ...]] = {}
    all_schemas = schemas()
    for type_, contract in REGISTRY.items():
        doc = _document_message(
            contract, all_schemas[type_], json.loads(example_envelope(contract).to_json())
        )
        readers = tuple(sorted(contract.readers))
        doc = replace(doc, readers=readers, for_partners=type_ in READABLE)
        docs[contract.service] = (*docs.get(contract.service, ()), doc)
    return docs


@cache
def partner_messages() -> tuple[MessageDoc, ...]:
    """Return the messages that partners may publish: those of intake's types, and their own."""
    all_schemas = schemas()
    accepted = [
        _document_message(
            contract, all_schemas[f"{PARTNER_PREFIX}{type_}"], partner_message(contract)
        )
        for type_, contract in CONTRACTS.items()
    ]
    own = _document_message(External, {"properties": {}}, partner_message(External))
    return tuple(replace(doc, anchor=partner_message_name(doc.type)) for doc in (*accepted, own))


@cache
def envelope_fields(name: str) -> tuple[FieldDoc, ...]:
    """Return the fields of the envelope whose schema is `name`."""
    return tuple(_fields(schemas()[name]))


def type_expression(schema: Schema) -> str:
    """Write a type in short: `string (uuid) | null`, `"zh" | "en"`, `integer > 0`."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return " | ".join(type_expression(option) for option in schema[keyword])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"array of {type_expression(schema['items'])}"
    kind: str = schema.get("type") or schema["$ref"].rpartition("/")[2]
    format_ = f" ({schema['format']})" if "format" in schema else ""
    bounds = [f" {sign} {schema[bound]}" for bound, sign in BOUNDS.items() if bound in schema]
    return kind + format_ + "".join(bounds)


def _fields(schema: Schema) -> Iterator[FieldDoc]:
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        yield FieldDoc(name, type_expression(field), name in required, field.get("description", ""))


def _document_message(
    contract: type[Contract], schema: Schema, example: Mapping[str, Any]
) -> MessageDoc:
    return MessageDoc(
        anchor=contract.type,
        type=contract.type,
        name=contract.__name__.removeprefix("Partner"),
        summary=summary_of(contract),
        fields=tuple(_fields(schema)),
        example=json.dumps(example, ensure_ascii=False, indent=2),
    )
