"""A throw-away feature over both transports: the mechanisms carry all that it doesn't say."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Row, select

from shared.aggregate import load_for_update
from shared.auth import Actor, Role
from shared.bus.message import merge_handlers
from shared.contracts.registry import REGISTRY
from shared.ids import new_id
from shared.state import save
from tests.bus.harness import BusHarness, Replica, has_count, wait_until
from tests.mechanisms.feature import errands
from tests.mechanisms.feature.errands import (
    AlreadyClaimed,
    Base,
    Errand,
    ErrandClaimed,
    ErrandTransition,
)
from tests.mechanisms.feature.reactions import NOTICE_HANDLERS, TALLY_HANDLERS

MAX_FEATURE_LINES = 120
STATION = new_id()
POSTER = Actor(STATION, new_id(), frozenset({Role.RESIDENT}))
VOLUNTEER = Actor(STATION, new_id(), frozenset({Role.VOLUNTEER}))


@pytest.fixture
async def replicas(
    harness: BusHarness, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Replica, Replica]]:
    """Run a replica with the feature, and one that handles its message, on tables of their own."""
    monkeypatch.setitem(REGISTRY, ErrandClaimed.type, ErrandClaimed)
    await harness.bind(notify=[ErrandClaimed])
    intake = harness.create_replica("intake")
    notify = harness.create_replica("notify", merge_handlers(TALLY_HANDLERS, NOTICE_HANDLERS))
    for replica in (intake, notify):
        async with replica.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    await intake.start(consumer=False)
    await notify.start(relay=False)
    yield intake, notify
    for replica in (intake, notify):
        async with replica.engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)


async def list_transitions(replica: Replica) -> list[Row[str | None, str, str]]:
    """List the history of all errands: from which state, to which, by whom."""
    async with replica.sessions() as tx:
        statement = select(
            ErrandTransition.from_state, ErrandTransition.to_state, ErrandTransition.hand
        )
        return list(await tx.execute(statement.order_by(ErrandTransition.version)))


async def test_errand_is_claimed_once_handled_twice_and_finished_with_its_history(
    replicas: tuple[Replica, Replica],
) -> None:
    intake, notify = replicas
    async with intake.sessions.begin() as tx:
        errand = await save(tx, POSTER, Errand.post(POSTER))
    assert errand.allowed_actions(VOLUNTEER) == {"claim"}
    assert errand.allowed_actions(POSTER) == set()

    async with intake.sessions.begin() as tx:
        errand = await errands.claim(tx, VOLUNTEER, errand.id)
    with pytest.raises(AlreadyClaimed):
        async with intake.sessions.begin() as tx:
            await errands.claim(tx, VOLUNTEER, errand.id)

    async with intake.sessions.begin() as tx:
        errand = await load_for_update(tx, Errand, errand.id, station=STATION)
        assert errand.allowed_actions(VOLUNTEER) == {"finish"}
        errand.finish(VOLUNTEER)
        await save(tx, VOLUNTEER, errand)
    assert errand.allowed_actions(VOLUNTEER) == set()

    await wait_until(lambda: has_count(notify.count("inbox WHERE state = 'done'"), 1))
    tallies = await notify.fetch_rows("SELECT errand_id, taker_id FROM errand_tallies")
    assert [tuple(row) for row in tallies] == [(errand.id, VOLUNTEER.person)]
    notices = await notify.fetch_rows("SELECT recipient_id FROM errand_notices")
    assert [row.recipient_id for row in notices] == [VOLUNTEER.person]
    assert [tuple(row) for row in await list_transitions(intake)] == [
        (None, "posted", "resident"),
        ("posted", "claimed", "volunteer"),
        ("claimed", "finished", "volunteer"),
    ]


def private_imports(source: str) -> list[str]:
    """List the private modules and names of `shared` that a module imports."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in imports for alias in node.names]
    return [name for name in names if name.startswith("shared.") and "._" in name]


def test_private_imports_are_reported_over_several_lines() -> None:
    source = (
        "from shared.state import (\n    _Private,\n    save,\n)\nfrom shared._state import save"
    )
    assert private_imports(source) == ["shared.state._Private", "shared._state.save"]


def test_the_feature_is_short_and_imports_public_names_of_shared_only() -> None:
    files = sorted(Path(errands.__file__).parent.glob("*.py"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(files) == 2
    assert len(lines) <= MAX_FEATURE_LINES
    assert [name for file in files for name in private_imports(file.read_text("utf-8"))] == []
    assert not [line for line in lines if line.startswith(("from services", "import services"))]
