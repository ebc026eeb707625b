"""The deliveries as operators see them, and the erasure of secrets."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from services.notify.channels.base import Channel
from services.notify.channels.sms import ManualSms
from services.notify.deliveries.actions import ADDRESS_RETENTION, erase_expired_secrets
from services.notify.deliveries.models import Delivery
from shared import clock
from shared.auth import Role
from shared.contracts.intake import WishDelivered
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.deliveries.loopback_channel import LoopbackChannel, create_sender
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.messages import CODE, PHONE, handle_messages, sign_in_code_issued, wish_message
from tests.support.replicas import MakeClient

MASKED = "138****5678"


@pytest.fixture(autouse=True)
async def _no_other_deliveries_due(runtime: Runtime) -> None:
    """Delete the due deliveries of other tests, since a sender serves every station."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Delivery).where(Delivery.due_at.is_not(None)))


async def send_code(runtime: Runtime, station: UUID, channel: Channel) -> None:
    """Issue a sign-in code, and send it over `channel`."""
    await handle_messages(runtime, sign_in_code_issued(runtime, station, new_id()))
    await create_sender(runtime, channel).send_due()


async def list_as_operator(client: MakeClient, **query: str) -> list[Mapping[str, Any]]:
    """List the deliveries as an operator."""
    async with client(Role.OPERATOR) as operator:
        answer = await operator.get("/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Mapping[str, Any]] = answer.json()
    return items


async def test_operators_see_deliveries_and_their_outcomes(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await register_resident(runtime, station)
    message = wish_message(station, WishDelivered, resident)
    await handle_messages(runtime, message)
    await create_sender(runtime, ManualSms()).send_due()
    sms, inbox = sorted(
        await list_as_operator(client), key=lambda item: item["channel"], reverse=True
    )
    assert (sms["to"], sms["state"], sms["via"], sms["attempts"]) == (
        MASKED,
        "sent",
        "on-screen",
        1,
    )
    assert sms["text"].startswith("【邻里服务站】")
    assert (inbox["to"], inbox["state"], inbox["via"]) == (None, "sent", None)
    assert "办好了" in inbox["text"]
    for item in (sms, inbox):
        assert item["recipient_id"] == str(resident)
        assert item["correlation"] == str(message.correlation)
        assert item["subject"] == message.subject
        assert PHONE not in str(item)


async def test_deliveries_can_be_filtered(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await register_resident(runtime, station)
    await handle_messages(runtime, wish_message(station, WishDelivered, resident))
    assert [item["channel"] for item in await list_as_operator(client, channel="sms")] == ["sms"]
    assert [item["channel"] for item in await list_as_operator(client, state="sent")] == ["inbox"]
    assert await list_as_operator(client, channel="inbox", state="failed") == []


async def test_manual_code_is_visible_until_it_expires(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    await send_code(runtime, station, ManualSms())
    with capture_logs() as logs:
        (item,) = await list_as_operator(client)
    assert CODE in item["text"]
    assert item["to"] == MASKED
    assert [line["event"] for line in logs] == ["sign-in codes shown"]
    assert CODE not in str(logs)
    async with runtime.sessions.begin() as tx:
        await tx.execute(
            update(Delivery)
            .where(Delivery.station_id == station)
            .values(expires_at=clock.now() - timedelta(seconds=1))
        )
    (item,) = await list_as_operator(client)
    assert CODE not in str(item)
    assert "••••••" in item["text"]


async def test_code_sent_by_sms_is_hidden(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    await send_code(runtime, station, LoopbackChannel())
    (item,) = await list_as_operator(client)
    assert (item["state"], CODE in str(item)) == ("sent", False)


async def test_queued_code_is_hidden(runtime: Runtime, station: UUID, client: MakeClient) -> None:
    await handle_messages(runtime, sign_in_code_issued(runtime, station, new_id()))
    (item,) = await list_as_operator(client)
    assert (item["state"], CODE in str(item)) == ("queued", False)


async def test_only_codes_are_erased_when_they_expire(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    await send_code(runtime, station, ManualSms())
    async with runtime.sessions.begin() as tx:
        await erase_expired_secrets(tx)
    assert [bool(d.sealed) for d in await read_deliveries(runtime, station)] == [True]
    with clock.shifted(timedelta(minutes=6)):
        async with runtime.sessions.begin() as tx:
            await erase_expired_secrets(tx)
    (delivery,) = await read_deliveries(runtime, station)
    assert delivery.sealed is None
    assert delivery.address_sealed is not None
    (item,) = await list_as_operator(client)
    assert "••••••" in item["text"]


async def test_addresses_of_sent_deliveries_are_erased_after_thirty_days(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    resident = await register_resident(runtime, station)
    await handle_messages(runtime, wish_message(station, WishDelivered, resident))
    with clock.shifted(ADDRESS_RETENTION + timedelta(hours=1)):
        async with runtime.sessions.begin() as tx:
            await erase_expired_secrets(tx)
        (waiting,) = [d for d in await read_deliveries(runtime, station) if d.channel == "sms"]
        assert waiting.address_sealed is not None
        await create_sender(runtime, ManualSms()).send_due()
        async with runtime.sessions.begin() as tx:
            await erase_expired_secrets(tx)
    (sent,) = await list_as_operator(client, channel="sms")
    assert (sent["state"], sent["to"]) == ("sent", None)


async def test_unreadable_delivery_does_not_hide_the_others(
    runtime: Runtime, station: UUID, client: MakeClient
) -> None:
    await send_code(runtime, station, ManualSms())
    resident = await register_resident(runtime, station)
    await handle_messages(runtime, wish_message(station, WishDelivered, resident))
    mine = update(Delivery).where(Delivery.station_id == station)
    async with runtime.sessions.begin() as tx:
        await tx.execute(
            mine.where(Delivery.template == "sign-in.code").values(
                sealed={"code": "no token"}, address_sealed="no token"
            )
        )
        await tx.execute(
            mine.where(Delivery.template != "sign-in.code").values(template="wish.of-tomorrow")
        )
    items = await list_as_operator(client, channel="sms")
    assert {(item["template"], item["to"]) for item in items} == {
        ("sign-in.code", "****"),
        ("wish.of-tomorrow", MASKED),
    }
    [code_text] = [item["text"] for item in items if item["template"] == "sign-in.code"]
    assert "••••••" in code_text
