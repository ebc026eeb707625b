"""Messages of partners: a verified message is handled, any other is parked with its error."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus import message_keys
from shared.bus.admin import redrive
from shared.bus.inbox.dead_letters import DeadLetterCollector
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.store import IncomingMessage
from shared.bus.message import Message
from shared.bus.partners.ingress import PartnerIdentity, PartnerIngress
from shared.bus.transport.base import TransportDelivery
from shared.contracts.intake import WishFulfilled, WishOpened
from shared.contracts.partners import PartnerWishFulfilled
from shared.errors import Conflict
from shared.ids import new_id
from tests.bus.harness import STATION, BusHarness, Replica, insert_handled, wait_until
from tests.support.messages import make_cloud_event

USER, SOURCE = "partner-property", "/partners/property"
PUBLISHER = PartnerIdentity(new_id(), STATION, USER)
GRANTED_TYPE = WishFulfilled.type


@dataclass
class PartnerRecorder:
    """Recorder of partners' messages, which refuses them when it is full."""

    messages: list[Message[Any]] = field(default_factory=list)
    is_full: bool = False

    async def find_identity(self, _tx: AsyncSession, user: str) -> PartnerIdentity | None:
        """Return the one publisher."""
        return PUBLISHER if user == USER else None

    async def handle_partner_message(self, _tx: AsyncSession, message: Message[Any]) -> None:
        """Record the message. Raises: Conflict when the recorder is full."""
        if self.is_full:
            raise Conflict
        self.messages.append(message)

    @property
    def ingress(self) -> PartnerIngress:
        """The recorder as a service declares its ingress."""
        return PartnerIngress(self.find_identity, self.handle_partner_message)


@pytest.fixture
def partner_recorder() -> PartnerRecorder:
    """Provide a recorder that isn't full."""
    return PartnerRecorder()


def make_event(**overrides: Any) -> dict[str, Any]:
    """Build a message of the property company about a wish."""
    content = {"wish_id": str(uuid4()), "minutes": 5}
    return make_cloud_event(SOURCE, GRANTED_TYPE, content, **{"id": "7", **overrides})


def make_delivery(
    content: Any, *, type_: str = GRANTED_TYPE, user: str = USER, count: int = 0
) -> TransportDelivery:
    """Build the delivery of a message over the exchange of partners."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return TransportDelivery(1, "7", type_, user, body, count, from_partner=True)


async def receive(
    harness: BusHarness, partner_recorder: PartnerRecorder, delivery: TransportDelivery
) -> IncomingMessage:
    """Parse a delivery as intake does."""
    dispatcher = Dispatcher({}, partner_recorder.ingress)
    async with harness.create_replica("intake").sessions() as tx:
        [one] = await dispatcher.parser.receive(tx, [delivery])
    return one


async def test_missing_attributes_are_completed_the_same_way_each_time(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    event = make_event()
    one = await receive(inprocess_harness, partner_recorder, make_delivery(event))
    assert one.message is not None
    assert isinstance(one.message.content, PartnerWishFulfilled)
    assert (one.message.station, one.station) == (STATION, STATION)
    assert (one.message.publisher, one.publisher) == (USER, USER)
    assert (one.message.sequence, one.message.subject) == (0, "partners/property")
    assert one.key == message_keys.message_key(SOURCE, "7", PUBLISHER.id)
    again = await receive(inprocess_harness, partner_recorder, make_delivery(event))
    assert (again.key, again.correlation, again.body) == (one.key, one.correlation, one.body)

    correlation = uuid4()
    complete = make_event(
        subject="orders/1", sequence="12", correlationid=str(correlation), station=str(STATION)
    )
    two = await receive(inprocess_harness, partner_recorder, make_delivery(complete))
    assert two.message is not None
    assert (two.message.sequence, two.message.subject) == (12, "orders/1")
    assert (two.correlation, two.message.correlation) == (correlation, correlation)


@pytest.mark.parametrize(
    ("content", "options", "error"),
    [
        (make_event(), {"user": ""}, "UnverifiedPublisher"),
        (make_event(), {"user": "guest"}, "UnverifiedPublisher"),
        (make_event(), {"user": "partner-nobody"}, "UnverifiedPublisher"),
        (make_event(source="/partners/clinic"), {}, "SourceNotAllowed"),
        (make_event(source="/services/intake"), {}, "SourceNotAllowed"),
        (make_event(), {"type_": WishOpened.type}, "the type is not the routing key"),
        (make_event(type=WishOpened.type), {"type_": WishOpened.type}, "UnknownType"),
        (make_event(data={"minutes": 5}), {}, "InvalidContent"),
        (make_event(data=None), {}, "not a message: data"),
        (make_event(station=str(new_id())), {}, "not a message: station"),
        (
            make_event(time=(clock.now() - timedelta(days=40)).isoformat()),
            {},
            "MessageTimeOutOfRange",
        ),
        (b"\xff\x00 nothing", {}, "not a message"),
        (json.dumps(make_event()).encode() + b" " * 70_000, {}, "must have 1 to 65536 bytes"),
    ],
)
async def test_invalid_message_names_its_error_and_gets_no_genuine_key(
    inprocess_harness: BusHarness,
    partner_recorder: PartnerRecorder,
    content: Any,
    options: dict[str, Any],
    error: str,
) -> None:
    one = await receive(inprocess_harness, partner_recorder, make_delivery(content, **options))
    assert one.message is None
    assert error in one.error
    assert one.key != message_keys.message_key(SOURCE, "7", PUBLISHER.id)
    assert one.publisher == options.get("user", USER)
    assert one.station == (None if "user" in options else STATION)


async def test_service_without_partner_ingress_refuses_messages_of_partners(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    dispatcher = Dispatcher({WishFulfilled: [insert_handled]})
    async with inprocess_harness.create_replica("notify").sessions() as tx:
        [one] = await dispatcher.parser.receive(tx, [make_delivery(make_event())])
    assert (one.message, one.error.partition(":")[0]) == (None, "UnverifiedPublisher")
    assert partner_recorder.messages == []


async def test_message_without_a_user_is_refused_on_the_exchange_of_partners(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    forged = make_delivery(make_event(source="/services/intake", station=str(STATION)), user="")
    one = await receive(inprocess_harness, partner_recorder, forged)
    assert one.message is None


async def consume(
    harness: BusHarness, partner_recorder: PartnerRecorder, *deliveries: TransportDelivery
) -> Replica:
    """Create intake and let its consumer process these deliveries."""
    intake = harness.create_replica("intake", partners=partner_recorder.ingress)
    await intake.consumer.reader.recorder.record(deliveries)
    return intake


async def test_message_of_a_partner_is_handled_once(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    event = make_event()
    intake = await consume(
        inprocess_harness, partner_recorder, make_delivery(event), make_delivery(event)
    )
    await intake.consumer.reader.recorder.record([make_delivery(event)])
    assert [one.id for one in partner_recorder.messages] == ["7"]
    assert await intake.count("inbox WHERE state = 'done'") == 1


async def test_refused_message_is_parked_and_validated_again_when_retried(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    partner_recorder.is_full = True
    intake = await consume(
        inprocess_harness,
        partner_recorder,
        make_delivery(make_event()),
        make_delivery(make_event(source="/partners/clinic")),
    )
    parked = await intake.fetch_rows("SELECT * FROM inbox WHERE state = 'parked' ORDER BY error")
    assert [row.error.partition(":")[0] for row in parked] == ["Conflict", "SourceNotAllowed"]
    assert {(row.publisher, row.station_id) for row in parked} == {(USER, STATION)}

    partner_recorder.is_full = False
    operator = redrive.Operator("intake", "somebody", STATION)
    async with intake.sessions.begin() as tx:
        for row in parked:
            await redrive.retry(tx, operator, row.message_key, "there is room now")
    assert await intake.consumer.retry_worker.run_due() == 2
    assert [one.publisher for one in partner_recorder.messages] == [USER]
    [row] = await intake.fetch_rows("SELECT * FROM inbox WHERE state <> 'done'")
    assert (row.state, row.error.partition(":")[0]) == ("parked", "SourceNotAllowed")


async def test_message_that_became_valid_is_handled_once_beside_its_duplicate(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    old = make_event(time=(clock.now() - timedelta(days=40)).isoformat())
    intake = await consume(
        inprocess_harness, partner_recorder, make_delivery(old), make_delivery(make_event())
    )
    [parked] = await intake.fetch_rows("SELECT * FROM inbox WHERE state = 'parked'")
    operator = redrive.Operator("intake", "somebody", STATION)
    async with intake.sessions.begin() as tx:
        await redrive.retry(tx, operator, parked.message_key, "it was sent late")
    assert await intake.consumer.retry_worker.run_due() == 1
    assert len(partner_recorder.messages) == 1
    assert await intake.count("inbox WHERE state = 'done'") == 2


async def test_suspect_message_of_a_partner_is_handled_alone(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    intake = await consume(
        inprocess_harness, partner_recorder, make_delivery(make_event(), count=3)
    )
    assert partner_recorder.messages == []
    assert await intake.consumer.retry_worker.run_due() == 1
    assert [one.id for one in partner_recorder.messages] == ["7"]
    assert await intake.count("inbox WHERE state = 'done' AND attempts = 1") == 1


async def test_dead_letter_of_a_partner_keeps_its_publisher(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    intake = inprocess_harness.create_replica("intake")
    collector = DeadLetterCollector(
        "intake",
        intake.sessions,
        Dispatcher({}, partner_recorder.ingress),
        inprocess_harness.get_transport(),
    )
    async with intake.sessions.begin() as tx:
        [letter] = await collector._read(tx, [make_delivery(make_event())])
        assert await collector._park(tx, letter)
    [row] = await intake.fetch_rows("SELECT * FROM inbox")
    assert (row.state, row.publisher, row.station_id) == ("parked", USER, STATION)
    await wait_until(intake.is_idle)


async def test_id_of_another_message_is_refused_and_a_repeat_is_not(
    inprocess_harness: BusHarness, partner_recorder: PartnerRecorder
) -> None:
    first = make_event()
    intake = await consume(inprocess_harness, partner_recorder, make_delivery(first))
    for other in ({"subject": "lifts/4"}, {"data": {**first["data"], "since": "noon"}}):
        await intake.consumer.reader.recorder.record([make_delivery({**first, **other})])
    await intake.consumer.reader.recorder.record([make_delivery(first)])

    assert len(partner_recorder.messages) == 1
    parked = await intake.fetch_rows("SELECT * FROM inbox WHERE state = 'parked'")
    assert [row.error.partition(":")[0] for row in parked] == ["IdReused", "IdReused"]
    assert await intake.count("inbox") == 3
