"""The AsyncAPI document is valid, complete, and consistent with the running system."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from scripts.set_up import VENV
from services.cli.main import app
from shared.bus.partners.ingress import MAX_MESSAGE_AGE, source_of, user_of
from shared.bus.transport.broker_users import MAX_QUEUE_LENGTH, MESSAGE_TTL_MS
from shared.bus.transport.topology import PARTNER_INGRESS_SERVICE, Names, definitions
from shared.contracts.asyncapi import document
from shared.contracts.examples import EXTERNAL_TYPE
from shared.contracts.partners import CONTRACTS, READABLE
from shared.contracts.registry import REGISTRY, SERVICES
from tests.contracts.golden_files import GOLDEN_FOLDER, PARTNER_FOLDER

DOCUMENT = document()
PARTNERS_EXCHANGE, READERS_EXCHANGE = Names().partners, Names().readers


def resolve(reference: str) -> Any:
    """Return the target of a reference."""
    part: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def references(node: Any) -> Iterator[str]:
    """Yield every reference in a part of the document."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def operations_of(action: str) -> dict[str, Any]:
    """Return the operations of an action by their ids."""
    return {id_: each for id_, each in DOCUMENT["operations"].items() if each["action"] == action}


def message_names(operation: str) -> list[str]:
    """List the names of an operation's messages."""
    messages = DOCUMENT["operations"][operation]["messages"]
    return [resolve(message["$ref"])["$ref"].rpartition("/")[2] for message in messages]


def build_validator(message: str) -> jsonschema_rs.Draft7Validator:
    """Build the validator of a message's payloads."""
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    whole = {**payload, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft7Validator(whole, validate_formats=True)


def test_document_is_valid_by_the_schema_of_asyncapi() -> None:
    schema = json.loads((VENV / "schemas/asyncapi-3.0.0.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft7Validator(schema)
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    assert not validator.is_valid({**DOCUMENT, "operations": {"one": {"action": "shout"}}})


def test_every_reference_resolves() -> None:
    all_references = set(references(DOCUMENT))
    assert all_references
    for reference in all_references:
        assert resolve(reference), reference


def test_every_contract_is_sent_by_its_source_and_received_by_its_readers() -> None:
    sent = {f"{contract.service}.sends.{type_}" for type_, contract in REGISTRY.items()}
    assert set(operations_of("send")) - {f"{READERS_EXCHANGE}.sends"} == sent
    received = {
        (id_.partition(".")[0], type_)
        for id_ in operations_of("receive")
        if PARTNERS_EXCHANGE not in id_
        for type_ in message_names(id_)
    }
    assert received == {
        (reader, type_) for type_, contract in REGISTRY.items() for reader in contract.readers
    }


def test_channels_match_the_topology_of_the_broker() -> None:
    topology = definitions({service: frozenset() for service in SERVICES})
    bindings = [channel["bindings"]["amqp"] for channel in DOCUMENT["channels"].values()]
    exchanges = {
        each["exchange"]["name"]: each["exchange"] for each in bindings if "exchange" in each
    }
    queues = {each["queue"]["name"] for each in bindings if "queue" in each}
    assert set(exchanges) == {Names().messages, Names().partners}
    kinds = {each["name"]: (each["type"], each["durable"]) for each in topology["exchanges"]}
    for name, exchange in exchanges.items():
        assert (exchange["type"], exchange["durable"]) == kinds[name]
    of_partners = Names().reader("{publisher}")
    assert queues == {*(Names().queue(service) for service in SERVICES), of_partners}


def test_partners_publish_their_types_to_one_service() -> None:
    own = [f"partners.{name}" for name in (*CONTRACTS, "ext")]
    assert message_names(f"{PARTNER_INGRESS_SERVICE}.receives.{PARTNERS_EXCHANGE}") == own
    assert DOCUMENT["channels"][PARTNERS_EXCHANGE]["messages"].keys() == {*CONTRACTS, "ext.*"}
    description = DOCUMENT["channels"][PARTNERS_EXCHANGE]["description"]
    assert f"`{user_of('')}`" in description
    assert f"`{source_of('')}`" in description
    assert f"{MAX_MESSAGE_AGE.days} days" in description


def test_partners_read_the_readable_types_within_the_documented_limits() -> None:
    channel = DOCUMENT["channels"][READERS_EXCHANGE]
    assert channel["address"] == Names().reader("{publisher}")
    assert set(message_names(f"{READERS_EXCHANGE}.sends")) == READABLE
    assert str(MAX_QUEUE_LENGTH) in channel["description"]
    assert f"{MESSAGE_TTL_MS // 86_400_000} days" in channel["description"]


@pytest.mark.parametrize("type_", sorted(CONTRACTS))
def test_schema_accepts_only_partners_own_source_and_the_contracts_fields(type_: str) -> None:
    message = DOCUMENT["components"]["messages"][f"partners.{type_}"]
    example = message["examples"][0]["payload"]
    golden = json.loads((PARTNER_FOLDER / f"{type_}.json").read_text("utf-8"))
    assert (example["type"], example["data"]) == (type_, golden)

    validator = build_validator(f"partners.{type_}")
    validator.validate(example)
    for name, wrong in {"type": EXTERNAL_TYPE, "source": "/services/intake", "data": {}}.items():
        assert not validator.is_valid({**example, name: wrong})
    for name in example:
        assert not validator.is_valid({key: example[key] for key in example if key != name})


def test_partners_own_types_have_a_prefix_and_a_version() -> None:
    example = DOCUMENT["components"]["messages"]["partners.ext"]["examples"][0]["payload"]
    validator = build_validator("partners.ext")
    validator.validate(example)
    for wrong in ("linli.wish.fulfilled.v1", "ext.v1", "ext.lift", "my.ext.lift.v1"):
        assert not validator.is_valid({**example, "type": wrong})


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_example_is_the_golden_file_in_a_valid_envelope(type_: str) -> None:
    message = DOCUMENT["components"]["messages"][type_]
    example = message["examples"][0]["payload"]
    assert example["data"] == json.loads((GOLDEN_FOLDER / f"{type_}.json").read_text("utf-8"))

    validator = build_validator(type_)
    validator.validate(example)
    assert not validator.is_valid({**example, "type": "linli.other.v1"})
    assert not validator.is_valid({**example, "data": {}})
    assert not validator.is_valid({**example, "time": "yesterday"})


@pytest.mark.parametrize("model", sorted(DOCUMENT["components"]["schemas"]))
def test_every_field_has_a_description(model: str) -> None:
    schema = DOCUMENT["components"]["schemas"][model]
    undescribed = [
        name for name, field in schema["properties"].items() if "description" not in field
    ]
    assert undescribed == []


def test_command_prints_the_document() -> None:
    printed = CliRunner().invoke(app, ["contracts", "asyncapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == DOCUMENT
