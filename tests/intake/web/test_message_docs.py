"""The page of messages shows every contract whole, in both languages, to anybody."""

import html
import json
import re

from pydantic import TypeAdapter

from services.intake.web.message_docs.pages import type_expression
from shared.contracts.asyncapi import document, summary_of
from shared.contracts.envelope import Contract, PartnerEnvelopeModel
from shared.contracts.partners import CONTRACTS, READABLE, External
from shared.contracts.registry import READERS, REGISTRY
from shared.language import translate
from tests.intake.web.page_client import PageClient
from tests.support.station import PASSWORD


def page_sections(page: str) -> dict[str, str]:
    """The parts of the page by their anchors, as text."""
    found = re.findall(r'<section class="card contract" id="(.+?)">(.+?)</section>', page, re.S)
    return {anchor: html.unescape(re.sub(r"<[^>]+>", "", part)) for anchor, part in found}


def contract_by_anchor() -> dict[str, type[Contract]]:
    """Every contract by its anchor, those of partners too."""
    partners = {f"partners.{type_}": contract for type_, contract in CONTRACTS.items()}
    return {**REGISTRY, **partners, "partners.ext": External}


async def test_every_message_is_described_with_its_fields_and_readers(
    anonymous: PageClient,
) -> None:
    page = (await anonymous.get("/docs/messages", **{"accept-language": "en"})).text
    shown = page_sections(page)
    assert set(shown) == {"envelope", "partners.envelope", *contract_by_anchor()}
    assert "correlationid" in shown["envelope"]
    for anchor, contract in contract_by_anchor().items():
        assert f'href="#{anchor}"' in page
        name = contract.__name__.removeprefix("Partner")
        for words in (name, contract.type, summary_of(contract).replace("`", "")):
            assert words in shown[anchor]
        for name, field in contract.model_fields.items():
            assert f"{name} " in shown[anchor]
            assert field.description is not None
            assert field.description in shown[anchor]
    for type_ in REGISTRY:
        readers = ", ".join(sorted(READERS[type_]))
        assert (f"read by {readers}" if readers else "nobody reads it yet") in shown[type_]
        assert ("can be granted to partners" in shown[type_]) == (type_ in READABLE)


async def test_of_partners_it_is_said_what_may_be_missing(anonymous: PageClient) -> None:
    shown = page_sections((await anonymous.get("/docs/messages", **{"accept-language": "en"})).text)
    envelope = shown["partners.envelope"]
    for name, field in PartnerEnvelopeModel.model_fields.items():
        needed = "always there" if field.is_required() else "may be missing"
        assert re.search(rf"\b{name} .*{needed}", envelope), name


async def test_examples_are_those_of_the_document(anonymous: PageClient) -> None:
    shown = page_sections((await anonymous.get("/docs/messages")).text)
    for type_, message in document()["components"]["messages"].items():
        example = json.loads(shown[type_][shown[type_].index("{") :])
        assert example == message["examples"][0]["payload"]


async def test_in_chinese_every_message_says_what_it_says_in_chinese(anonymous: PageClient) -> None:
    shown = page_sections((await anonymous.get("/docs/messages")).text)
    for anchor, contract in contract_by_anchor().items():
        chinese = translate(summary_of(contract), "zh")
        assert chinese != summary_of(contract)
        assert chinese.replace("`", "") in shown[anchor]


async def test_only_operators_and_administrators_find_it_in_the_footer(
    anonymous: PageClient, wisher: PageClient, desk: PageClient
) -> None:
    for visitor in (anonymous, wisher, desk):
        assert "/docs/messages" not in (await visitor.get("/sign-in/password")).text
    await anonymous.submit("/sign-in/password", username="operator", password=PASSWORD)
    assert 'href="/docs/messages"' in (await anonymous.get("/")).text


async def test_anybody_gets_the_document(anonymous: PageClient) -> None:
    answer = await anonymous.get("/asyncapi.json")
    assert answer.json() == document()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert (
        "/asyncapi.json" not in (await anonymous.get("/api/v1/openapi/intake.json")).json()["paths"]
    )


def test_types_are_written_in_few_terms_with_their_bounds_and_values() -> None:
    fields = REGISTRY["linli.wish.fulfilled.v1"].model_json_schema()["properties"]
    assert type_expression(TypeAdapter(list[int]).json_schema()) == "array of integer"
    assert type_expression(fields["revision"]) == "integer > 0"
    assert type_expression(fields["taker_id"]) == "string (uuid) | null"
    assert type_expression(fields["taker_kind"]) == '"volunteer" | "partner" | "station" | null'
