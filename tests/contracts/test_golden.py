"""Messages of earlier releases stay readable: a golden file for every contract."""

import json

import pytest

from shared.contracts.examples import VALUES, example
from shared.contracts.registry import READERS, REGISTRY, SERVICES, SOURCES
from tests.contracts.golden_files import GOLDEN_FOLDER


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_contract_writes_and_reads_its_golden_file(type_: str) -> None:
    golden = json.loads((GOLDEN_FOLDER / f"{type_}.json").read_text())

    assert example(type_).model_dump(mode="json") == golden
    assert REGISTRY[type_].model_validate(golden) == example(type_)


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_reader_ignores_fields_of_a_later_release(type_: str) -> None:
    golden = json.loads((GOLDEN_FOLDER / f"{type_}.json").read_text())

    assert REGISTRY[type_].model_validate({**golden, "added_later": 1}) == example(type_)


def test_every_contract_has_a_source_and_registered_readers() -> None:
    assert set(SOURCES) == set(READERS) == set(REGISTRY) == set(VALUES)
    assert {reader for readers in READERS.values() for reader in readers} <= set(SERVICES)
    assert {path.stem for path in GOLDEN_FOLDER.glob("*.json")} == set(REGISTRY)
