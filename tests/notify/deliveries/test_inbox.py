"""One's own inbox over the API."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from services.notify.deliveries.models import Delivery
from shared.auth import Role
from shared.contracts.intake import WishOpened, WishPosted
from shared.ids import new_id
from shared.language import Language
from shared.runtime.runtime import Runtime
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.messages import TITLE, handle_messages, wish_claimed, wish_message
from tests.support.replicas import MakeClient

RESIDENT = Role.RESIDENT


async def notify_three_times(runtime: Runtime, station: UUID) -> UUID:
    """Notify a new resident three times, and return the id."""
    resident = await register_resident(runtime, station)
    for contract in (WishPosted, WishOpened):
        await handle_messages(runtime, wish_message(station, contract, resident))
    await handle_messages(runtime, wish_claimed(station, resident, station, "station"))
    return resident


async def count_unread(reader: httpx.AsyncClient) -> int:
    """Count the unread items of the inbox."""
    unread: int = (await reader.get("/inbox/unread")).json()["unread"]
    return unread


async def test_inbox_lists_the_newest_first_and_counts_the_unread(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await notify_three_times(runtime, station)
    async with client(RESIDENT, person=resident) as me:
        answer = await me.get("/inbox")
        assert await count_unread(me) == 3
    assert answer.status_code == 200
    items = answer.json()
    assert [item["title"] for item in items] == ["有人来帮您了", "您的心愿发布了", "您的心愿收到了"]
    assert all(TITLE in item["body"] for item in items)
    assert {item["category"] for item in items} == {"wishes"}
    assert all(item["subject"].startswith("wishes/") for item in items)
    assert "link" not in answer.headers


@pytest.mark.parametrize(
    ("speaks", "accept", "language", "title"),
    [
        ("zh", "", "zh", "您的心愿收到了"),
        ("en", "", "en", "We have your wish"),
        ("zh", "en-GB,en;q=0.9", "en", "We have your wish"),
        ("en", "zh-CN", "zh", "您的心愿收到了"),
    ],
)
async def test_inbox_is_in_the_reader_s_language(
    runtime: Runtime,
    station: UUID,
    client: MakeClient,
    speaks: Language,
    accept: str,
    language: str,
    title: str,
) -> None:
    resident = await register_resident(runtime, station, language="zh")
    await handle_messages(runtime, wish_message(station, WishPosted, resident))
    async with client(RESIDENT, person=resident, speaks=speaks, accept=accept) as me:
        answer = await me.get("/inbox")
    assert answer.headers["Content-Language"] == language
    assert answer.json()[0]["title"] == title


async def test_inbox_is_newest_first(runtime: Runtime, station: UUID, client: MakeClient) -> None:
    resident = await notify_three_times(runtime, station)
    async with client(RESIDENT, person=resident) as me:
        ids = [item["id"] for item in (await me.get("/inbox")).json()]
    assert len(ids) == 3
    assert ids == sorted(ids, reverse=True)


async def test_reading_an_item_marks_it_once(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await notify_three_times(runtime, station)
    async with client(RESIDENT, person=resident) as me:
        first = (await me.get("/inbox")).json()[0]["id"]
        read = (await me.post(f"/inbox/{first}/read")).json()
        assert read["read_at"] is not None
        assert (await me.post(f"/inbox/{first}/read")).json() == read
        assert await count_unread(me) == 2
        others = (await me.get("/inbox", params={"unread": True})).json()
        assert first not in [item["id"] for item in others]
        assert len(others) == 2


async def test_all_items_can_be_marked_read(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident, neighbour = (
        await notify_three_times(runtime, station),
        await notify_three_times(runtime, station),
    )
    async with client(RESIDENT, person=resident) as me:
        assert (await me.post("/inbox/read-all")).json() == {"read": 3}
        assert (await me.post("/inbox/read-all")).json() == {"read": 0}
        assert await count_unread(me) == 0
    async with client(RESIDENT, person=neighbour) as other:
        assert await count_unread(other) == 3


async def test_nobody_reads_another_person_s_inbox(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await notify_three_times(runtime, station)
    mine = [d.id for d in await read_deliveries(runtime, station) if d.channel == "inbox"]
    others = (
        client(RESIDENT),
        client(Role.STAFF, Role.ADMIN, Role.OPERATOR),
        client(RESIDENT, person=resident, of=new_id()),
    )
    for somebody in others:
        async with somebody as other:
            assert (await other.get("/inbox")).json() == []
            assert await count_unread(other) == 0
            assert (await other.post(f"/inbox/{mine[0]}/read")).status_code == 404
            assert (await other.post("/inbox/read-all")).json() == {"read": 0}
    assert {d.read_at for d in await read_deliveries(runtime, station)} == {None}


async def test_text_message_is_not_in_the_inbox(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await notify_three_times(runtime, station)
    (sms,) = [d for d in await read_deliveries(runtime, station) if d.channel == "sms"]
    async with client(RESIDENT, person=resident) as me:
        assert (await me.post(f"/inbox/{sms.id}/read")).status_code == 404


async def test_partner_has_an_inbox(runtime: Runtime, station: UUID, client: MakeClient) -> None:
    resident, partner = await register_resident(runtime, station), new_id()
    await handle_messages(runtime, wish_claimed(station, resident, partner, "partner"))
    async with client(Role.PARTNER, person=partner) as me:
        (item,) = (await me.get("/inbox")).json()
    assert item["title"] == "谢谢您接下这个心愿"


async def test_template_of_a_newer_version_does_not_break_the_inbox(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await notify_three_times(runtime, station)
    async with runtime.sessions.begin() as tx:
        newer = update(Delivery).where(Delivery.station_id == station)
        await tx.execute(newer.values(template="wish.of-tomorrow"))
    async with client(RESIDENT, person=resident) as me:
        items = (await me.get("/inbox")).json()
    assert {item["title"] for item in items} == {"服务站有消息"}


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer abc", "Basic YTpi", "Bearer a.b.c"])
async def test_request_without_a_valid_token_is_refused(client: MakeClient, token: str) -> None:
    async with client(RESIDENT) as me:
        for path in ("/inbox", "/deliveries"):
            answer = await me.get(path, headers={"Authorization": token})
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
