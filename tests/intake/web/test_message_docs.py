"""The page of messages shows every contract whole, in both languages, to anybody."""

import html
import json
import re

from pydantic import TypeAdapter

from services.intake.web.message_docs.pages import in_terms
from shared.contracts.asyncapi import document, said
from shared.contracts.envelope import Contract, PartnerWire
from shared.contracts.partners import CONTRACTS, READABLE, External
from shared.contracts.registry import READERS, REGISTRY
from shared.language import translate
from tests.intake.web.page_client import Visitor
from tests.support.station import PASSWORD


def sections(page: str) -> dict[str, str]:
    """The parts of the page by their anchors, as text."""
    found = re.findall(r'<section class="card contract" id="(.+?)">(.+?)</section>', page, re.S)
    return {anchor: html.unescape(re.sub(r"<[^>]+>", "", part)) for anchor, part in found}


def contracts() -> dict[str, type[Contract]]:
    """Every contract by its anchor, those of partners too."""
    partners = {f"partners.{type_}": contract for type_, contract in CONTRACTS.items()}
    return {**REGISTRY, **partners, "partners.ext": External}


async def test_every_message_is_described_with_its_fields_and_readers(anybody: Visitor) -> None:
    page = (await anybody.see("/docs/messages", **{"accept-language": "en"})).text
    shown = sections(page)
    assert set(shown) == {"envelope", "partners.envelope", *contracts()}
    assert "correlationid" in shown["envelope"]
    for anchor, contract in contracts().items():
        assert f'href="#{anchor}"' in page
        name = contract.__name__.removeprefix("Partner")
        for words in (name, contract.type, said(contract).replace("`", "")):
            assert words in shown[anchor]
        for name, field in contract.model_fields.items():
            assert f"{name} " in shown[anchor]
            assert field.description is not None
            assert field.description in shown[anchor]
    for type_ in REGISTRY:
        readers = ", ".join(sorted(READERS[type_]))
        assert (f"read by {readers}" if readers else "nobody reads it yet") in shown[type_]
        assert ("can be granted to partners" in shown[type_]) == (type_ in READABLE)


async def test_of_partners_it_is_said_what_may_be_missing(anybody: Visitor) -> None:
    shown = sections((await anybody.see("/docs/messages", **{"accept-language": "en"})).text)
    envelope = shown["partners.envelope"]
    for name, field in PartnerWire.model_fields.items():
        needed = "always there" if field.is_required() else "may be missing"
        assert re.search(rf"\b{name} .*{needed}", envelope), name


async def test_examples_are_those_of_the_document(anybody: Visitor) -> None:
    shown = sections((await anybody.see("/docs/messages")).text)
    for type_, message in document()["components"]["messages"].items():
        example = json.loads(shown[type_][shown[type_].index("{") :])
        assert example == message["examples"][0]["payload"]


async def test_in_chinese_every_message_says_what_it_says_in_chinese(anybody: Visitor) -> None:
    shown = sections((await anybody.see("/docs/messages")).text)
    for anchor, contract in contracts().items():
        chinese = translate(said(contract), "zh")
        assert chinese != said(contract)
        assert chinese.replace("`", "") in shown[anchor]


async def test_only_operators_and_administrators_find_it_in_the_footer(
    anybody: Visitor, wisher: Visitor, desk: Visitor
) -> None:
    for visitor in (anybody, wisher, desk):
        assert "/docs/messages" not in (await visitor.see("/sign-in/password")).text
    await anybody.send("/sign-in/password", username="operator", password=PASSWORD)
    assert 'href="/docs/messages"' in (await anybody.see("/")).text


async def test_anybody_gets_the_document(anybody: Visitor) -> None:
    answer = await anybody.see("/asyncapi.json")
    assert answer.json() == document()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert (
        "/asyncapi.json" not in (await anybody.see("/api/v1/openapi/intake.json")).json()["paths"]
    )


def test_types_are_written_in_few_terms_with_their_bounds_and_values() -> None:
    fields = REGISTRY["linli.wish.fulfilled.v1"].model_json_schema()["properties"]
    assert in_terms(TypeAdapter(list[int]).json_schema()) == "array of integer"
    assert in_terms(fields["revision"]) == "integer > 0"
    assert in_terms(fields["taker_id"]) == "string (uuid) | null"
    assert in_terms(fields["taker_kind"]) == '"volunteer" | "partner" | "station" | null'
