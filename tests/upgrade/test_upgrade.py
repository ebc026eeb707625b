"""The database of an earlier version is migrated, and its people go on where they stopped."""

from datetime import timedelta

import httpx
from sqlalchemy import func, select

from services.cli.migrate import check_tables
from services.volunteers.ledger.models import Account, Leg, Transfer
from services.volunteers.ledger.queries import audit_ledger
from shared import clock
from shared.bus.tables import inbox, outbox
from tests.support.api_clients import eventually, sign_in
from tests.support.system import RunningSystem
from tests.upgrade.dump import Dump
from tests.upgrade.dumped_data import (
    GUEST_POINTS,
    PASSWORD,
    STATION,
    WISH_POINTS,
    publish,
    sign_in_by_code,
)

HELPER_POINTS_PER_HOUR = 10


async def list_awards(running_system: RunningSystem, subject: str) -> list[int]:
    """List the points that residents got for a subject."""
    statement = (
        select(Leg.amount)
        .join(Leg.transfer)
        .join(Leg.account)
        .where(Transfer.cause_subject == subject, Account.kind == "resident")
    )
    async with running_system.volunteers.sessions() as tx:
        return list(await tx.scalars(statement))


async def assert_paid(running_system: RunningSystem, subject: str, points: int) -> None:
    """Wait for the points of a subject, and assert that they were paid once."""
    await eventually(lambda: list_awards(running_system, subject))
    assert await list_awards(running_system, subject) == [points]


async def test_migrated_tables_agree_with_the_models(module_database_urls: dict[str, str]) -> None:
    await check_tables(module_database_urls)


async def test_old_sessions_passwords_and_phones_sign_in(
    client: httpx.AsyncClient, dump: Dump
) -> None:
    for name, session in dump.sessions.items():
        assert (await dump.person(client, name).get_ok("/me"))["person"]["id"] == session["id"]
    desk = await sign_in(client, station=STATION, username="desk", password=PASSWORD)
    assert desk.id == dump.sessions["desk"]["id"]
    resident = await sign_in_by_code(dump.person(client, "admin"), 1)
    assert resident.id == dump.sessions["wisher"]["id"]


async def test_old_wishes_are_read_in_their_states(client: httpx.AsyncClient, dump: Dump) -> None:
    wisher = dump.person(client, "wisher")
    states = {
        name: (await wisher.get_ok(f"/wishes/{id_}"))["state"] for name, id_ in dump.wishes.items()
    }
    expected = {name: name for name in dump.wishes}
    assert states == {**expected, "unpaid": "fulfilled", "unsent": "fulfilled"}
    (photo,) = await wisher.get_ok(f"/wishes/{dump.wishes['delivered']}/photos")
    image = await wisher.call("GET", f"/photos/{photo['id']}")
    assert image.headers["content-type"].startswith("image/")


async def test_failed_message_of_an_old_inbox_is_handled(
    running_system: RunningSystem, dump: Dump
) -> None:
    await assert_paid(running_system, f"wishes/{dump.wishes['unpaid']}", WISH_POINTS)
    async with running_system.volunteers.sessions() as tx:
        states = await tx.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    assert {state for state, _ in states} == {"done"}


async def test_message_of_an_old_outbox_is_relayed_and_handled(
    running_system: RunningSystem, dump: Dump
) -> None:
    await assert_paid(running_system, f"wishes/{dump.wishes['unsent']}", WISH_POINTS)

    async def is_outbox_empty() -> bool:
        async with running_system.intake.sessions() as tx:
            return await tx.scalar(select(func.count()).select_from(outbox)) == 0

    await eventually(is_outbox_empty)


async def test_old_open_wish_is_claimed_delivered_confirmed_and_paid(
    client: httpx.AsyncClient, running_system: RunningSystem, dump: Dump
) -> None:
    wisher, taker = dump.person(client, "wisher"), dump.person(client, "taker")
    path = f"/wishes/{dump.wishes['open']}"
    assert (await taker.post_ok(f"{path}/claim"))["home"]["number"] == "502"
    await taker.post_ok(f"{path}/deliver", {"note": "换好了", "minutes": 30})
    await wisher.post_ok(f"{path}/confirm", {"thanks": "谢谢"})
    await assert_paid(running_system, path[1:], WISH_POINTS)


async def test_old_delivered_wish_is_refused_and_released_unpaid(
    client: httpx.AsyncClient, running_system: RunningSystem, dump: Dump
) -> None:
    wisher, taker = dump.person(client, "wisher"), dump.person(client, "taker")
    path = f"/wishes/{dump.wishes['delivered']}"
    assert (await wisher.post_ok(f"{path}/refuse", {"reason": "还是不亮"}))["state"] == "claimed"
    assert (await taker.post_ok(f"{path}/release"))["state"] == "open"
    assert await list_awards(running_system, path[1:]) == []


async def test_people_of_an_old_event_check_in_and_earn_points(
    client: httpx.AsyncClient, running_system: RunningSystem, dump: Dump
) -> None:
    desk, guest = dump.person(client, "desk"), dump.person(client, "guest")
    path = f"/events/{dump.events['running']}"
    code = (await guest.get_ok(f"{path}/my-code"))["code"]
    assert (await desk.post_ok(f"{path}/check-in", {"code": code}))["state"] == "present"
    with clock.shifted(timedelta(minutes=90)):
        await desk.post_ok(f"{path}/close", {"result": "清出三车杂物"})
        participants = await desk.get_ok(f"{path}/participants")
    parts = {part["resident_id"]: part for part in participants}
    helper = parts[dump.sessions["taker"]["id"]]
    assert {parts[guest.id]["state"], helper["state"]} == {"attended"}
    helper_points = HELPER_POINTS_PER_HOUR * helper["minutes"] // 60
    await assert_paid(running_system, f"participations/{helper['id']}", helper_points)
    await assert_paid(running_system, f"participations/{parts[guest.id]['id']}", GUEST_POINTS)


async def test_old_publisher_books_a_place_with_its_old_key(
    client: httpx.AsyncClient, dump: Dump
) -> None:
    desk, guest = dump.person(client, "desk"), dump.person(client, "guest")
    content = {"event_id": dump.events["coming"], "resident_id": guest.id, "role": "guest"}
    answer = await publish(client, dump.publisher["key"], "linli.event.joined.v1", content)
    assert answer.status_code == 202, answer.text

    async def has_place() -> bool:
        participants = await desk.get_ok(f"/events/{dump.events['coming']}/participants")
        states = {part["resident_id"]: part["state"] for part in participants}
        return bool(states[guest.id] == "joined")

    await eventually(has_place)


async def test_books_balance_after_the_journeys(
    client: httpx.AsyncClient, running_system: RunningSystem, dump: Dump
) -> None:
    async with running_system.volunteers.sessions() as tx:
        station = await tx.scalar(select(Account.station_id).distinct())
        assert station is not None
        audit = await audit_ledger(tx, station)
    assert audit.is_balanced
    assert await dump.person(client, "taker").points() >= WISH_POINTS
