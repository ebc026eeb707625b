"""Tests of the message documentation: complete, in both languages, public."""

import html
import json
import re

from pydantic import TypeAdapter

from services.intake.web.message_docs.pages import type_expression
from shared.contracts.asyncapi import document, summary_of
from shared.contracts.contract import Contract
from shared.contracts.envelope import PartnerEnvelopeModel
from shared.contracts.partners import CONTRACTS, READABLE, External
from shared.contracts.registry import REGISTRY
from shared.language import translate
from tests.support.page_client import PageClient
from tests.support.station import PASSWORD


def page_sections(page: str) -> dict[str, str]:
    """Return the text of each section of the page by its anchor."""
    matches = re.findall(r'<section class="card contract" id="(.+?)">(.+?)</section>', page, re.S)
    return {anchor: html.unescape(re.sub(r"<[^>]+>", "", section)) for anchor, section in matches}


def contract_by_anchor() -> dict[str, type[Contract]]:
    """Return every contract by its anchor, those of partners included."""
    partners = {f"partners.{type_}": contract for type_, contract in CONTRACTS.items()}
    return {**REGISTRY, **partners, "partners.ext": External}


async def test_page_describes_every_message_with_fields_and_readers(
    anonymous: PageClient,
) -> None:
    page = (await anonymous.get("/docs/messages", **{"accept-language": "en"})).text
    sections = page_sections(page)
    assert set(sections) == {"envelope", "partners.envelope", *contract_by_anchor()}
    assert "correlationid" in sections["envelope"]
    for anchor, contract in contract_by_anchor().items():
        assert f'href="#{anchor}"' in page
        name = contract.__name__.removeprefix("Partner")
        for words in (name, contract.type, summary_of(contract).replace("`", "")):
            assert words in sections[anchor]
        for name, field in contract.model_fields.items():
            assert f"{name} " in sections[anchor]
            assert field.description is not None
            assert field.description in sections[anchor]
    for type_, contract in REGISTRY.items():
        readers = ", ".join(sorted(contract.readers))
        assert (f"read by {readers}" if readers else "nobody reads it yet") in sections[type_]
        assert ("can be granted to partners" in sections[type_]) == (type_ in READABLE)


async def test_partner_envelope_shows_which_fields_are_optional(anonymous: PageClient) -> None:
    sections = page_sections(
        (await anonymous.get("/docs/messages", **{"accept-language": "en"})).text
    )
    envelope = sections["partners.envelope"]
    for name, field in PartnerEnvelopeModel.model_fields.items():
        label = "always there" if field.is_required() else "may be missing"
        assert re.search(rf"\b{name} .*{label}", envelope), name


async def test_examples_match_the_asyncapi_document(anonymous: PageClient) -> None:
    sections = page_sections((await anonymous.get("/docs/messages")).text)
    for type_, message in document()["components"]["messages"].items():
        example = json.loads(sections[type_][sections[type_].index("{") :])
        assert example == message["examples"][0]["payload"]


async def test_chinese_page_has_chinese_summaries(anonymous: PageClient) -> None:
    sections = page_sections((await anonymous.get("/docs/messages")).text)
    for anchor, contract in contract_by_anchor().items():
        chinese = translate(summary_of(contract), "zh")
        assert chinese != summary_of(contract)
        assert chinese.replace("`", "") in sections[anchor]


async def test_footer_links_the_page_only_for_operators_and_admins(
    anonymous: PageClient, wisher: PageClient, desk: PageClient
) -> None:
    for visitor in (anonymous, wisher, desk):
        assert "/docs/messages" not in (await visitor.get("/sign-in/password")).text
    await anonymous.submit("/sign-in/password", username="operator", password=PASSWORD)
    assert 'href="/docs/messages"' in (await anonymous.get("/")).text


async def test_asyncapi_document_is_public(anonymous: PageClient) -> None:
    response = await anonymous.get("/asyncapi.json")
    assert response.json() == document()
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "public, max-age=60"
    assert (
        "/asyncapi.json" not in (await anonymous.get("/api/v1/openapi/intake.json")).json()["paths"]
    )


def test_type_expression_includes_bounds_and_values() -> None:
    fields = REGISTRY["linli.wish.fulfilled.v1"].model_json_schema()["properties"]
    assert type_expression(TypeAdapter(list[int]).json_schema()) == "array of integer"
    assert type_expression(fields["revision"]) == "integer > 0"
    assert type_expression(fields["taker_id"]) == "string (uuid) | null"
    assert type_expression(fields["taker_kind"]) == '"volunteer" | "partner" | "station" | null'
