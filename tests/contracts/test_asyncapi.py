"""The AsyncAPI document is valid, whole, and true of what runs."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from scripts.set_up import VENV
from services.cli.main import app
from shared.bus.topology import Names, definitions
from shared.contracts.asyncapi import document
from shared.contracts.registry import READERS, REGISTRY, SERVICES, SOURCES
from tests.contracts.golden_files import GOLDEN

DOCUMENT = document()


def resolved(reference: str) -> Any:
    """What a reference leads to."""
    part: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def references(part: Any) -> Iterator[str]:
    """Every reference in a part of the document."""
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def operations(action: str) -> dict[str, Any]:
    """The operations of an action by their ids."""
    return {id_: each for id_, each in DOCUMENT["operations"].items() if each["action"] == action}


def test_document_is_valid_by_the_schema_of_asyncapi() -> None:
    schema = json.loads((VENV / "schemas/asyncapi-3.0.0.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft7Validator(schema)
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    assert not validator.is_valid({**DOCUMENT, "operations": {"one": {"action": "shout"}}})


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        assert resolved(reference), reference


def test_every_contract_is_sent_by_its_source_and_received_by_its_readers() -> None:
    sent = {f"{SOURCES[type_].rpartition('/')[2]}.sends.{type_}" for type_ in REGISTRY}
    assert set(operations("send")) == sent
    received = {
        (id_.partition(".")[0], resolved(message["$ref"])["$ref"].rpartition("/")[2])
        for id_, operation in operations("receive").items()
        for message in operation["messages"]
    }
    assert received == {(reader, type_) for type_ in READERS for reader in READERS[type_]}


def test_channels_are_what_the_broker_holds() -> None:
    held = definitions({service: frozenset() for service in SERVICES})
    bindings = [channel["bindings"]["amqp"] for channel in DOCUMENT["channels"].values()]
    exchanges = {
        each["exchange"]["name"]: each["exchange"] for each in bindings if "exchange" in each
    }
    queues = {each["queue"]["name"] for each in bindings if "queue" in each}
    assert set(exchanges) == {Names().messages, Names().partners}
    kinds = {each["name"]: (each["type"], each["durable"]) for each in held["exchanges"]}
    for name, exchange in exchanges.items():
        assert (exchange["type"], exchange["durable"]) == kinds[name]
    assert queues == {Names().queue(service) for service in SERVICES}


def test_partners_have_a_place_but_nothing_to_say_yet() -> None:
    assert DOCUMENT["channels"]["linli.partners"]["messages"] == {}
    assert "linli.partners" not in json.dumps(DOCUMENT["operations"])


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_example_is_the_golden_file_in_an_envelope_that_its_schema_takes(type_: str) -> None:
    message = DOCUMENT["components"]["messages"][type_]
    example = message["examples"][0]["payload"]
    assert example["data"] == json.loads((GOLDEN / f"{type_}.json").read_text("utf-8"))

    payload = {**message["payload"], "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft7Validator(payload, validate_formats=True)
    validator.validate(example)
    assert not validator.is_valid({**example, "type": "linli.other.v1"})
    assert not validator.is_valid({**example, "data": {}})
    assert not validator.is_valid({**example, "time": "yesterday"})


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_every_field_says_what_it_means(type_: str) -> None:
    schema = DOCUMENT["components"]["schemas"][REGISTRY[type_].__name__]
    silent = [name for name, field in schema["properties"].items() if "description" not in field]
    assert silent == []


def test_command_prints_the_document() -> None:
    printed = CliRunner().invoke(app, ["contracts", "asyncapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == DOCUMENT
