"""Changes that break a reader of the last release are refused, and no others."""

from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, create_model
from typer.testing import CliRunner, Result

from services.cli.main import app
from shared.contracts import compatibility
from shared.contracts.compatibility import (
    RELEASED_FILE,
    binding,
    find_breaks,
    load_release,
    promised_schemas,
    write_release,
)
from shared.contracts.partners import CONTRACTS
from shared.contracts.registry import REGISTRY

TYPE = "linli.wish.posted.v1"
VALUES: dict[str, Any] = {
    "wish_id": "01900000-0000-7000-8000-000000000002",
    "kind": "light",
    "step": "begun",
    "minutes": 5,
    "words": None,
    "places": [{"name": "hall"}],
}


class Place(BaseModel):
    """An object inside of a message."""

    name: str


class FartherPlace(Place):
    """A place with one more optional field."""

    floor: int | None = None


class NumberedPlace(Place):
    """A place with one more required field."""

    number: int


BEFORE: dict[str, Any] = {
    "wish_id": (UUID, ...),
    "kind": (Literal["light", "tap"], ...),
    "step": (Literal["begun", "done"] | str, ...),
    "minutes": (NonNegativeInt, ...),
    "words": (str | None, None),
    "places": (list[Place], ...),
}


def make_contract(fields: dict[str, Any], config: ConfigDict | None = None) -> type[BaseModel]:
    """Build a contract with these fields."""
    return create_model("ExampleContract", __config__=config, **fields)


def breaks_between(before: type[BaseModel], now: type[BaseModel]) -> list[str]:
    """List what the change would break."""
    schemas = [model.model_json_schema() for model in (before, now)]
    old, new = ({TYPE: binding(schema, schema.get("$defs", {}))} for schema in schemas)
    return [sentence.removeprefix(f"{TYPE}: ") for sentence in find_breaks(old, new)]


ALLOWED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an optional field": {"place": (str | None, None)},
    "an optional field inside of another": {"places": (list[FartherPlace], ...)},
    "a value where readers take any text": {
        "step": (Literal["begun", "done", "paused"] | str, ...)
    },
    "any text said otherwise": {"step": (str, ...)},
    "another default": {"words": (str | None, "")},
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_allowed_change_lets_each_release_read_the_other(change: dict[str, Any]) -> None:
    before, now = make_contract(BEFORE), make_contract({**BEFORE, **change})
    assert breaks_between(before, now) == []
    for writer, reader in ((before, now), (now, before)):
        reader.model_validate(writer.model_validate(VALUES).model_dump(mode="json"))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another type": (
        {"minutes": (str, ...)},
        'the type of minutes was {"minimum": 0, "type": "integer"}, and is {"type": "string"}.',
    ),
    "a narrower type": ({"minutes": (PositiveInt, ...)}, "the type of minutes was "),
    "a wider type": ({"minutes": (int, ...)}, "the type of minutes was "),
    "another format": ({"wish_id": (str, ...)}, "the type of wish_id was "),
    "null where there was none": ({"minutes": (NonNegativeInt | None, ...)}, "the type of minutes"),
    "no null where there was": ({"words": (str, "")}, "the type of words was "),
    "a new value": (
        {"kind": (Literal["light", "tap", "door"], ...)},
        "kind has the new value 'door', which readers refuse.",
    ),
    "a value removed": (
        {"kind": (Literal["light"], ...)},
        "the value 'tap' of kind was removed.",
    ),
    "a value instead of any text": ({"step": (Literal["begun"], ...)}, "the type of step was "),
    "optional made required": (
        {"words": (str | None, ...)},
        "the field words was optional and is required.",
    ),
    "required made optional": (
        {"minutes": (NonNegativeInt, 0)},
        "the field minutes was required and is optional.",
    ),
    "a new required field": ({"number": (int, ...)}, "the field number is new and required."),
    "a change inside of a list": (
        {"places": (list[NumberedPlace], ...)},
        "the field number is new and required.",
    ),
    "a list of something else": ({"places": (list[int], ...)}, "the type of each of places was "),
    "no list": ({"places": (Place, ...)}, "the type of places was "),
}


@pytest.mark.parametrize(("change", "sentence"), REFUSED.values(), ids=REFUSED)
def test_breaking_change_is_refused(change: dict[str, Any], sentence: str) -> None:
    (message,) = breaks_between(make_contract(BEFORE), make_contract({**BEFORE, **change}))
    assert message.startswith(sentence)


@pytest.mark.parametrize("name", BEFORE)
def test_removed_field_is_refused(name: str) -> None:
    now = make_contract({field: of for field, of in BEFORE.items() if field != name})
    assert breaks_between(make_contract(BEFORE), now) == [f"the field {name} was removed."]


def test_forbidding_extra_fields_is_refused() -> None:
    assert breaks_between(
        make_contract(BEFORE), make_contract(BEFORE, ConfigDict(extra="forbid"))
    ) == ["additionalProperties of its content was None, and is False."]


def test_removed_type_is_refused_and_a_new_one_is_not() -> None:
    now = promised_schemas()
    rest = {type_: schema for type_, schema in now.items() if type_ != TYPE}
    assert find_breaks(now, rest) == [f"{TYPE}: the type was removed."]
    assert find_breaks(rest, now) == []


def test_release_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_release("1.2.3", tmp_path / "released.json")
    assert load_release(tmp_path / "released.json") == ("1.2.3", promised_schemas())
    partners = {f"partners/{type_}" for type_ in ("envelope", *CONTRACTS)}
    assert set(promised_schemas()) == {"envelope", *REGISTRY} | partners


def test_contracts_keep_the_promises_of_the_last_release() -> None:
    assert find_breaks(load_release(RELEASED_FILE)[1], promised_schemas()) == []


def test_commands_refuse_a_broken_promise_and_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_file = tmp_path / "released.json"
    monkeypatch.setattr(compatibility, "RELEASED_FILE", release_file)
    assert _run_command("release").exit_code == 0
    assert _run_command("check").exit_code == 0

    promise = release_file.read_text("utf-8").replace('"given_back"', '"given_up"')
    release_file.write_text(promise, "utf-8")
    for command in ("check", "release"):
        result = _run_command(command)
        assert result.exit_code == 1
        assert (
            "linli.wish.released.v1: the value 'given_up' of reason was removed." in result.output
        )
    assert release_file.read_text("utf-8") == promise


def _run_command(command: str) -> Result:
    return CliRunner().invoke(app, ["contracts", command])
