"""Statements over rows of a station name the station, so that no one sees across stations.

A function with a statement over a table with a `station_id` names the station in the statement, or
stands in UNSCOPED with the reason why it need not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Mapper

from services.intake.base import Base as Intake
from services.notify.base import Base as Notify
from services.volunteers.base import Base as Volunteers
from tests.support.system import SERVICES

ROOT = Path(__file__).resolve().parent.parent
STATEMENTS = {"select", "update", "delete"}
TIMED = "a timed job goes over every station, and changes each row within its own"
LEASED = "the row was leased by this sender, which sends for every station"
KEYED = "an account's id is derived from its station and its owner"
SECRET = "the function looks up a secret of 256 bits, which no two stations share"
NAMED = "a name on the broker belongs to one machine, and so to one station"
UNSCOPED = {
    "intake/publishers/queries:find_by_user": NAMED,
    "intake/sign_in/actions:sign_out": SECRET,
    "notify/reminders/jobs:delete_past_reminders": TIMED,
    "notify/deliveries/actions:erase_expired_secrets": TIMED,
    "notify/deliveries/leases:_record_failure": LEASED,
    "notify/deliveries/leases:record_outcome": LEASED,
    "volunteers/ledger/actions:_balances": KEYED,
    "volunteers/ledger/queries:get_balance": KEYED,
}


def scoped_models() -> set[str]:
    """Return the names of the classes whose rows belong to a station."""
    assert SERVICES  # Importing the services has declared every model.
    mappers: list[Mapper[object]] = [
        mapper for base in (Intake, Volunteers, Notify) for mapper in base.registry.mappers
    ]
    return {m.class_.__name__ for m in mappers if "station_id" in m.columns}


def statements(tree: ast.AST, models: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each function with a statement over a scoped model, and its source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _is_over(call, models) for call in ast.walk(node)
        ):
            yield node.name, ast.unparse(node)


def _is_over(node: ast.AST, models: set[str]) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
        return False
    if node.func.id not in STATEMENTS:
        return False
    named = {name.id for arg in node.args for name in ast.walk(arg) if isinstance(name, ast.Name)}
    return bool(named & models)


def unscoped() -> dict[str, str]:
    """Return the source of each function over scoped models that names no station."""
    models = scoped_models()
    sources = {}
    for file in sorted((ROOT / "services").rglob("*.py")):
        if "migrations" in file.parts or "cli" in file.parts:
            continue
        for name, source in statements(ast.parse(file.read_text("utf-8")), models):
            if "station" not in source.partition("\n")[2]:
                sources[f"{file.relative_to(ROOT / 'services').with_suffix('')}:{name}"] = source
    return sources


def test_every_statement_over_scoped_rows_names_the_station() -> None:
    assert unscoped().keys() - UNSCOPED.keys() == set()


def test_every_listed_exception_exists() -> None:
    assert UNSCOPED.keys() - unscoped().keys() == set()
