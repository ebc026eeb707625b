"""Partners' contracts stay readable, and intake's own contents satisfy them."""

import json
from typing import Any

import pytest

from shared.bus.partners.ingress import content_of, user_of
from shared.contracts.compatibility import find_breaks, promised_schemas
from shared.contracts.contract import Contract, example_id
from shared.contracts.envelope import Envelope
from shared.contracts.examples import EXTERNAL_TYPE, partner_message
from shared.contracts.partners import CONTRACTS, READABLE, External, is_for_partners
from shared.contracts.registry import REGISTRY
from tests.contracts import golden_files

PARTNERS = sorted(CONTRACTS)


def read_golden(type_: str) -> Any:
    """Read the golden file of a contract of partners."""
    return json.loads((golden_files.PARTNER_FOLDER / f"{type_}.json").read_text("utf-8"))


@pytest.mark.parametrize("type_", PARTNERS)
def test_contract_reads_its_golden_file_and_ignores_unknown_fields(type_: str) -> None:
    content = CONTRACTS[type_].model_validate({**read_golden(type_), "added_later": 1})

    assert content == CONTRACTS[type_].make_example()
    assert content.model_dump(mode="json") == read_golden(type_)


def test_every_contract_of_partners_has_an_example_and_a_golden_file() -> None:
    files = {path.stem for path in golden_files.PARTNER_FOLDER.glob("*.json")}
    assert files == set(CONTRACTS)


@pytest.mark.parametrize("type_", PARTNERS)
def test_content_of_intake_satisfies_the_contract_of_partners(type_: str) -> None:
    own = json.loads((golden_files.GOLDEN_FOLDER / f"{type_}.json").read_text("utf-8"))

    assert REGISTRY[type_].source == "/services/intake"
    read = CONTRACTS[type_].model_validate(own).model_dump(mode="json", exclude_none=True)
    assert read == {name: own[name] for name in read}


@pytest.mark.parametrize("contract", [*CONTRACTS.values(), External])
def test_example_with_required_attributes_only_is_completed(contract: type[Contract]) -> None:
    message = partner_message(contract)
    read = Envelope.from_partner(json.dumps(message).encode(), example_id(9))

    assert (read.station, read.subject, read.sequence) == (example_id(9), "partners/property", 0)
    assert content_of(user_of("property"), read).model_dump(mode="json") == message["data"]


@pytest.mark.parametrize("name", ["envelope", *PARTNERS])
def test_new_field_must_be_optional_for_publishers(name: str) -> None:
    before = promised_schemas()
    schema = before[f"partners/{name}"]
    fields = {**schema["properties"], "place": {"type": "string"}}
    optional = {**schema, "properties": fields}
    needed = {**optional, "required": [*schema["required"], "place"]}

    assert find_breaks(before, {**before, f"partners/{name}": optional}) == []
    assert find_breaks(before, {**before, f"partners/{name}": needed}) == [
        f"partners/{name}: the field place is new and required."
    ]


def test_only_contract_types_and_partners_own_types_are_for_partners() -> None:
    types = {*REGISTRY, EXTERNAL_TYPE}
    assert {one for one in types if is_for_partners(one)} == {*CONTRACTS, EXTERNAL_TYPE} < types


def test_partners_read_no_sealed_field() -> None:
    assert "linli.wish.fulfilled.v1" in READABLE
    for type_ in READABLE:
        assert not [name for name in REGISTRY[type_].model_fields if "sealed" in name]
