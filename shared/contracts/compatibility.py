"""The promises of the last release to readers, and the check that the contracts keep them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.contracts.schemas import Schema, schemas

RELEASED_FILE = Path(__file__).with_name("released.json")
# Keywords for people, which constrain no message.
WORDING = frozenset({"$defs", "default", "description", "discriminator", "examples", "title"})


def load_release(file: Path) -> tuple[str, dict[str, Schema]]:
    """Load the version of the last release and the schema that it promised for each type."""
    release = json.loads(file.read_text("utf-8"))
    return release["release"], release["schemas"]


def write_release(version: str, file: Path) -> None:
    """Write the current contracts as the promises of release `version`."""
    release = {"release": version, "schemas": promised_schemas()}
    file.write_text(json.dumps(release, indent=2, sort_keys=True) + "\n", "utf-8")


def promised_schemas() -> dict[str, Schema]:
    """Return the current schemas without wording and with every reference resolved."""
    return {name: binding(schema, schema.get("$defs", {})) for name, schema in schemas().items()}


def binding(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return `schema` without its wording and with every reference resolved."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return {
        keyword: _binding_value(keyword, value, definitions)
        for keyword, value in schema.items()
        if keyword not in WORDING
    }


def find_breaks(before: Mapping[str, Schema], now: Mapping[str, Schema]) -> list[str]:
    """List what would break a reader or a publisher, a sentence each.

    Both arguments have the form of `promised_schemas`. During an update two releases run side by
    side, and messages of the old one wait in queues: each release has to read what the other
    writes. So existing types and fields stay exactly as they were; only new types and new optional
    fields are allowed. The same holds for messages of partners, who update at their own pace.
    """
    breaks: list[str] = []
    for name, schema in before.items():
        if name in now:
            breaks += [f"{name}: {broken}" for broken in _changes("its content", schema, now[name])]
        else:
            breaks.append(f"{name}: the type was removed.")
    return breaks


def _binding_value(keyword: str, value: Any, definitions: Mapping[str, Schema]) -> Any:
    if keyword == "properties":
        return {name: binding(field, definitions) for name, field in value.items()}
    if keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return [binding(part, definitions) for part in value]
    if keyword in ("items", "additionalProperties") and isinstance(value, dict):
        return binding(value, definitions)
    return value


def _changes(what: str, before: Schema, now: Schema) -> Iterator[str]:
    """Yield the changes that let one release write what the other refuses."""
    old, new = _alternatives(before), _alternatives(now)
    for kind, compare in (("object", _object_changes), ("array", _array_changes)):
        olds, news = ([each for each in side if each.get("type") == kind] for side in (old, new))
        if len(olds) == len(news) == 1:
            yield from compare(what, olds[0], news[0])
            old.remove(olds[0])
            new.remove(news[0])
    removed, added = ([each for each in a if each not in b] for a, b in ((old, new), (new, old)))
    if all("const" in each for each in removed + added):
        for each in removed:
            yield f"the value {each['const']!r} of {what} was removed."
        for each in added:
            yield f"{what} has the new value {each['const']!r}, which readers refuse."
    else:
        yield f"the type of {what} was {_to_json(before)}, and is {_to_json(now)}."


def _alternatives(schema: Schema) -> list[Schema]:
    """List the alternatives of a value, except constants beside an alternative of any text."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            rest = {key: value for key, value in schema.items() if key != keyword}
            every = [one for part in schema[keyword] for one in _alternatives({**rest, **part})]
            return [each for each in every if not _is_text_beside(each, every)]
    if "enum" in schema:
        return [{"const": value} for value in schema["enum"]]
    return [{"const": schema["const"]}] if "const" in schema else [schema]


def _is_text_beside(each: Schema, every: list[Schema]) -> bool:
    return isinstance(each.get("const"), str) and {"type": "string"} in every


def _object_changes(what: str, before: Schema, now: Schema) -> Iterator[str]:
    old, new = before.get("properties", {}), now.get("properties", {})
    needed, needs = set(before.get("required", ())), set(now.get("required", ()))
    for name in (each for each in old if each not in new):
        yield f"the field {name} was removed."
    for name in (each for each in old if each in new):
        yield from _changes(name, old[name], new[name])
    for name in sorted(needs - needed):
        state = "was optional and is required." if name in old else "is new and required."
        yield f"the field {name} {state}"
    for name in sorted((needed - needs) & new.keys()):
        yield f"the field {name} was required and is optional."
    yield from _other_changes(what, before, now, {"properties", "required"})


def _array_changes(what: str, before: Schema, now: Schema) -> Iterator[str]:
    yield from _changes(f"each of {what}", before.get("items", {}), now.get("items", {}))
    yield from _other_changes(what, before, now, {"items"})


def _other_changes(what: str, before: Schema, now: Schema, compared: set[str]) -> Iterator[str]:
    for keyword in sorted((before.keys() | now.keys()) - compared):
        if before.get(keyword) != now.get(keyword):
            yield f"{keyword} of {what} was {before.get(keyword)!r}, and is {now.get(keyword)!r}."


def _to_json(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False)
