"""Messages of earlier releases stay readable: a golden file for every contract."""

import json

import pytest

from shared.contracts.registry import REGISTRY
from tests.contracts.golden_files import GOLDEN_FOLDER


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_contract_writes_and_reads_its_golden_file(type_: str) -> None:
    golden = json.loads((GOLDEN_FOLDER / f"{type_}.json").read_text())

    example = REGISTRY[type_].make_example()
    assert example.model_dump(mode="json") == golden
    assert REGISTRY[type_].model_validate(golden) == example


@pytest.mark.parametrize("type_", sorted(REGISTRY))
def test_reader_ignores_fields_of_a_later_release(type_: str) -> None:
    golden = json.loads((GOLDEN_FOLDER / f"{type_}.json").read_text())

    later = REGISTRY[type_].model_validate({**golden, "added_later": 1})
    assert later == REGISTRY[type_].make_example()


def test_every_golden_file_has_a_contract() -> None:
    assert {path.stem for path in GOLDEN_FOLDER.glob("*.json")} == set(REGISTRY)
