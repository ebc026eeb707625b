"""Deliveries about events: whom they reach, how often, and the texts about points."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.notify.deliveries.rendering import InboxText, category_of, inbox_text, sms_text
from services.notify.settings import NotifySettings
from shared import clock
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)
from shared.contracts.volunteers import PointsAwarded, PointsReversed
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.deliveries.loopback_channel import LoopbackChannel, create_sender
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.messages import (
    STARTS,
    TITLE,
    AnyMessage,
    handle_messages,
    make_message,
    participation_message,
    resident_registered,
)

SETTINGS = NotifySettings.model_construct()


@pytest.mark.parametrize(
    ("contract", "more", "template", "channels"),
    [
        (EventJoined, {}, "event.joined", ["inbox", "sms"]),
        (EventLeft, {"reason": "left"}, "event.left", ["inbox"]),
        (EventLeft, {"reason": "cancelled"}, "event.cancelled", ["inbox", "sms"]),
        (EventMissed, {}, "event.missed", ["inbox"]),
        (EventAttended, {}, "", []),
    ],
)
async def test_each_message_about_a_participation_notifies_the_participant(
    runtime: Runtime,
    station: UUID,
    contract: type[ParticipationMessage],
    more: dict[str, Any],
    template: str,
    channels: list[str],
) -> None:
    resident = await register_resident(runtime, station)
    message = participation_message(station, contract, resident, **more)
    await handle_messages(runtime, message)
    deliveries = await read_deliveries(runtime, station)
    subject = f"events/{message.content.event_id}"
    assert [
        (d.channel, d.template, d.recipient_id, category_of(d), d.subject) for d in deliveries
    ] == [(channel, template, resident, "events", subject) for channel in channels]


async def test_participant_who_joins_reads_title_time_and_place(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station)
    await handle_messages(runtime, participation_message(station, EventJoined, resident))
    inbox, sms = await read_deliveries(runtime, station)
    assert inbox_text(inbox, "zh") == InboxText(
        "报名成功",
        "您报名了“楼道大扫除”，11月28日（星期六）9:00，地点：3 栋楼下。谢谢您来帮忙！"
        "要是来不了，请提前告诉我们，把名额让给别的邻居。",
    )
    assert sms_text(sms, {}, SETTINGS) == (
        "【邻里服务站】您报名了“楼道大扫除”，11月28日（星期六）9:00，3 栋楼下，谢谢您来帮忙。"
        "来不了请说一声。"
    )


async def test_participant_reads_why_an_event_is_cancelled(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station, language="en")
    cancellation = participation_message(
        station, EventLeft, resident, reason="cancelled", words="Heavy rain."
    )
    await handle_messages(runtime, cancellation)
    inbox, sms = await read_deliveries(runtime, station)
    assert inbox_text(inbox, "en").body.endswith("The station says: “Heavy rain.”")
    assert sms_text(sms, {}, SETTINGS) == (
        '[Linli] Sorry, "楼道大扫除" on Saturday 28 November, 9:00 is cancelled. Heavy rain.'
    )


async def test_repeated_message_about_a_participation_notifies_once(
    runtime: Runtime, station: UUID
) -> None:
    resident, participation = await register_resident(runtime, station), new_id()
    again = [
        participation_message(station, EventJoined, resident, participation_id=participation)
        for _ in range(3)
    ]
    await handle_messages(runtime, *again[:2])
    await handle_messages(runtime, again[2])
    assert len(await read_deliveries(runtime, station)) == 2


async def test_message_about_an_unknown_resident_waits(runtime: Runtime, station: UUID) -> None:
    with pytest.raises(NotYet):
        await handle_messages(runtime, participation_message(station, EventJoined, new_id()))


Steps = list[tuple[type[ParticipationMessage], str]]
JOINED, LEFT, CANCELLED = (EventJoined, "left"), (EventLeft, "left"), (EventLeft, "cancelled")
MISSED, ATTENDED = (EventMissed, "left"), (EventAttended, "left")


def participation_messages(station: UUID, resident: UUID, steps: Steps) -> list[AnyMessage]:
    """Build the messages of one participation, step by step."""
    participation = new_id()
    return [
        participation_message(
            station,
            contract,
            resident,
            participation_id=participation,
            sequence=number,
            reason=reason,
        )
        for number, (contract, reason) in enumerate(steps, 1)
    ]


async def inbox_templates(runtime: Runtime, station: UUID, resident: UUID) -> list[str]:
    """List the templates of a resident's inbox, newest first."""
    deliveries = await read_deliveries(runtime, station)
    mine = [d.template for d in deliveries if (d.recipient_id, d.channel) == (resident, "inbox")]
    return mine[::-1]


@pytest.mark.parametrize(
    ("steps", "templates"),
    [
        ([JOINED, LEFT, JOINED], ["event.joined"]),
        ([JOINED, LEFT, JOINED, LEFT], ["event.left"]),
        ([JOINED, CANCELLED], ["event.cancelled"]),
        ([JOINED, MISSED, ATTENDED], []),
    ],
)
async def test_batch_notifies_only_of_the_current_state_of_a_participation(
    runtime: Runtime, station: UUID, steps: Steps, templates: list[str]
) -> None:
    resident, other = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    elsewhere = participation_message(station, EventLeft, other)
    await handle_messages(runtime, elsewhere, *participation_messages(station, resident, steps))
    assert await inbox_templates(runtime, station, resident) == templates
    assert await inbox_templates(runtime, station, other) == ["event.left"]
    deliveries = await read_deliveries(runtime, station)
    by_sms = {d.template for d in deliveries if d.channel == "sms"}
    assert by_sms == set(templates) - {"event.left"}


@pytest.mark.parametrize("late", [0, 1])
async def test_outdated_message_notifies_nobody(runtime: Runtime, station: UUID, late: int) -> None:
    resident = await register_resident(runtime, station)
    messages = participation_messages(station, resident, [JOINED, LEFT, JOINED])
    outdated = messages.pop(late)
    for message in messages:
        await handle_messages(runtime, message)
    before = await inbox_templates(runtime, station, resident)
    await handle_messages(runtime, outdated)
    assert await inbox_templates(runtime, station, resident) == before
    assert before[0] == "event.joined"


async def test_participant_who_rejoins_is_sent_one_text_message(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station)
    for message in participation_messages(
        station, resident, [JOINED, LEFT, JOINED, LEFT, JOINED, CANCELLED]
    ):
        await handle_messages(runtime, message)
    assert await inbox_templates(runtime, station, resident) == [
        "event.cancelled",
        *("event.joined", "event.left") * 2,
        "event.joined",
    ]
    deliveries = await read_deliveries(runtime, station)
    assert [d.template for d in deliveries if d.channel == "sms"] == [
        "event.joined",
        "event.cancelled",
    ]


async def test_repeated_cancellation_is_one_text_message(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station)
    for message in participation_messages(station, resident, [CANCELLED, CANCELLED]):
        await handle_messages(runtime, message)
    deliveries = await read_deliveries(runtime, station)
    assert [d.channel for d in deliveries] == ["inbox", "inbox", "sms"]


@pytest.mark.parametrize("step", [JOINED, CANCELLED])
async def test_no_text_message_is_sent_after_the_start(
    runtime: Runtime, station: UUID, step: tuple[type[ParticipationMessage], str]
) -> None:
    resident = await register_resident(runtime, station)
    with clock.frozen(STARTS + timedelta(days=1)):
        await handle_messages(runtime, *participation_messages(station, resident, [step]))
        channel = LoopbackChannel()
        while await create_sender(runtime, channel).send_due():
            continue
    inbox, sms = await read_deliveries(runtime, station)
    assert (inbox.state, sms.state, sms.expires_at) == ("sent", "failed", STARTS)
    assert sms.id not in channel.delivery_ids


async def test_resident_registered_late_is_notified_of_the_current_state(
    runtime: Runtime, station: UUID
) -> None:
    late = new_id()
    joined, left = participation_messages(station, late, [JOINED, LEFT])
    for batch in ([joined], [left], [joined, left]):
        with pytest.raises(NotYet):
            await handle_messages(runtime, *batch)
    await handle_messages(runtime, resident_registered(runtime, station, late))
    await handle_messages(runtime, left)
    await handle_messages(runtime, joined)
    assert await inbox_templates(runtime, station, late) == ["event.left"]


@pytest.mark.parametrize(
    ("contract", "cause", "body"),
    [
        (PointsAwarded, "wishes", f"谢谢您为“{TITLE}”出力，得到 15 积分，现在一共 45 积分。"),
        (PointsAwarded, "participations", f"谢谢您来“{TITLE}”，得到 15 积分，现在一共 45 积分。"),
        (
            PointsReversed,
            "wishes",
            f"“{TITLE}”的确认撤回了，所以退回 15 积分，现在一共 45 积分。",
        ),
        (
            PointsReversed,
            "participations",
            f"“{TITLE}”得到的 15 积分退回了，现在一共 45 积分。不清楚的地方，请问服务站。",
        ),
    ],
)
async def test_text_about_points_fits_their_cause(
    runtime: Runtime,
    station: UUID,
    contract: type[PointsAwarded | PointsReversed],
    cause: str,
    body: str,
) -> None:
    owner, subject = await register_resident(runtime, station), f"{cause}/{new_id()}"
    content = contract(
        account_id=new_id(),
        owner_kind="resident",
        owner_id=owner,
        transfer_id=new_id(),
        amount=15,
        balance=45,
        balance_version=2,
        rule="a-rule",
        cause_subject=subject,
        title=TITLE,
    )
    await handle_messages(runtime, make_message(station, content, 2))
    (delivery,) = await read_deliveries(runtime, station)
    assert (delivery.subject, inbox_text(delivery, "zh").body) == (subject, body)
