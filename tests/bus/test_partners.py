"""Messages of partners: what is vouched for is handled, the rest is parked with its reason."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import redrive
from shared.bus.inbox import store
from shared.bus.inbox.dead_letters import DeadLetterOffice
from shared.bus.inbox.dispatcher import Handling
from shared.bus.inbox.store import Received
from shared.bus.message import Message
from shared.bus.partners.ingress import Partners
from shared.bus.transport.base import Delivery
from shared.contracts.intake import WishFulfilled, WishOpened
from shared.contracts.partners import PartnerWishFulfilled
from shared.errors import Conflict
from shared.ids import new_id
from tests.bus.harness import STATION, Replica, Rig, note, until

USER, SOURCE = "partner-property", "/partners/property"
GRANTED = WishFulfilled.type


@dataclass
class Town:
    """What partners' messages are taken into, in a test: it hears them, or has no room."""

    heard: list[Message[Any]] = field(default_factory=list)
    full: bool = False

    async def station_of(self, _tx: AsyncSession, user: str) -> UUID | None:
        """There is one publisher."""
        return STATION if user == USER else None

    async def absorb(self, _tx: AsyncSession, message: Message[Any]) -> None:
        """Hear it."""
        if self.full:
            raise Conflict
        self.heard.append(message)

    @property
    def partners(self) -> Partners:
        """The same as a service declares it."""
        return Partners(self.station_of, self.absorb)


@pytest.fixture
def town() -> Town:
    """One with room."""
    return Town()


def event(**other: Any) -> dict[str, Any]:
    """What the property company says of a wish."""
    return {
        "specversion": "1.0",
        "id": "7",
        "type": GRANTED,
        "source": SOURCE,
        "time": clock.now().isoformat(),
        "data": {"wish_id": str(uuid4()), "minutes": 5},
        **other,
    }


def delivery(said: Any, *, type_: str = GRANTED, user: str = USER, count: int = 0) -> Delivery:
    """The same as it comes over the exchange of partners."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Delivery(1, "7", type_, user, body, count, foreign=True)


async def received(rig: Rig, town: Town, came: Delivery) -> Received:
    """What intake makes of a delivery."""
    handling = Handling({}, town.partners)
    async with rig.replica("intake").sessions() as tx:
        [one] = await handling.receive(tx, [came])
    return one


async def test_what_a_partner_leaves_out_is_completed_the_same_each_time(
    inprocess_rig: Rig, town: Town
) -> None:
    said = event()
    one = await received(inprocess_rig, town, delivery(said))
    assert one.message is not None
    assert isinstance(one.message.content, PartnerWishFulfilled)
    assert (one.message.station, one.station) == (STATION, STATION)
    assert (one.message.publisher, one.publisher) == (USER, USER)
    assert (one.message.sequence, one.message.subject) == (0, "partners/property")
    assert one.key == store.key_of(USER, SOURCE, "7")
    again = await received(inprocess_rig, town, delivery(said))
    assert (again.key, again.correlation, again.body) == (one.key, one.correlation, one.body)

    story = uuid4()
    whole = event(subject="orders/1", sequence="12", correlationid=str(story), station=str(STATION))
    two = await received(inprocess_rig, town, delivery(whole))
    assert two.message is not None
    assert (two.message.sequence, two.message.subject) == (12, "orders/1")
    assert (two.correlation, two.message.correlation) == (story, story)


@pytest.mark.parametrize(
    ("said", "about", "why"),
    [
        (event(), {"user": ""}, "NotVouchedFor"),
        (event(), {"user": "guest"}, "NotVouchedFor"),
        (event(), {"user": "partner-nobody"}, "NotVouchedFor"),
        (event(source="/partners/clinic"), {}, "ForeignSource"),
        (event(source="/services/intake"), {}, "ForeignSource"),
        (event(), {"type_": WishOpened.type}, "the type is not the routing key"),
        (event(type=WishOpened.type), {"type_": WishOpened.type}, "UnknownType"),
        (event(data={"minutes": 5}), {}, "WrongContent"),
        (event(data=None), {}, "not a message: data"),
        (event(station=str(new_id())), {}, "not a message: station"),
        (event(time=(clock.now() - timedelta(days=40)).isoformat()), {}, "NotFresh"),
        (b"\xff\x00 nothing", {}, "not a message"),
        (json.dumps(event()).encode() + b" " * 70_000, {}, "must have 1 to 65536 bytes"),
    ],
)
async def test_what_is_not_genuine_says_why_and_takes_no_genuine_key(
    inprocess_rig: Rig, town: Town, said: Any, about: dict[str, Any], why: str
) -> None:
    one = await received(inprocess_rig, town, delivery(said, **about))
    assert one.message is None
    assert why in one.wrong
    assert one.key != store.key_of(USER, SOURCE, "7")
    assert one.publisher == about.get("user", USER)
    assert one.station == (None if "user" in about else STATION)


async def test_a_service_that_partners_do_not_talk_to_takes_nothing(
    inprocess_rig: Rig, town: Town
) -> None:
    handling = Handling({WishFulfilled: note})
    async with inprocess_rig.replica("notify").sessions() as tx:
        [one] = await handling.receive(tx, [delivery(event())])
    assert (one.message, one.wrong.partition(":")[0]) == (None, "NotVouchedFor")
    assert town.heard == []


async def test_a_message_without_its_user_is_ours_only_over_our_exchange(
    inprocess_rig: Rig, town: Town
) -> None:
    forged = delivery(event(source="/services/intake", station=str(STATION)), user="")
    one = await received(inprocess_rig, town, forged)
    assert one.message is None


async def consumed(rig: Rig, town: Town, *came: Delivery) -> Replica:
    """Intake, which was brought these deliveries."""
    intake = rig.replica("intake", partners=town.partners)
    await intake.consumer._settle(came)
    return intake


async def test_what_partners_say_is_handled_once(inprocess_rig: Rig, town: Town) -> None:
    said = event()
    intake = await consumed(inprocess_rig, town, delivery(said), delivery(said))
    await intake.consumer._settle([delivery(said)])
    assert [one.id for one in town.heard] == ["7"]
    assert await intake.count("inbox WHERE state = 'done'") == 1


async def test_what_is_refused_is_parked_and_read_by_the_same_rules_when_tried_again(
    inprocess_rig: Rig, town: Town
) -> None:
    town.full = True
    intake = await consumed(
        inprocess_rig, town, delivery(event()), delivery(event(source="/partners/clinic"))
    )
    kept = await intake.rows("SELECT * FROM inbox WHERE state = 'parked' ORDER BY error")
    assert [row.error.partition(":")[0] for row in kept] == ["Conflict", "ForeignSource"]
    assert {(row.publisher, row.station_id) for row in kept} == {(USER, STATION)}

    town.full = False
    operator = redrive.Operator("intake", "somebody", STATION)
    async with intake.sessions.begin() as tx:
        for row in kept:
            await redrive.retry(tx, operator, row.message_key, "there is room now")
    assert await intake.consumer.retries.run_due() == 2
    assert [one.publisher for one in town.heard] == [USER]
    [left] = await intake.rows("SELECT * FROM inbox WHERE state <> 'done'")
    assert (left.state, left.error.partition(":")[0]) == ("parked", "ForeignSource")


async def test_unusable_bytes_that_became_usable_are_handled_once_beside_the_same_message(
    inprocess_rig: Rig, town: Town
) -> None:
    old = event(time=(clock.now() - timedelta(days=40)).isoformat())
    intake = await consumed(inprocess_rig, town, delivery(old), delivery(event()))
    [kept] = await intake.rows("SELECT * FROM inbox WHERE state = 'parked'")
    operator = redrive.Operator("intake", "somebody", STATION)
    async with intake.sessions.begin() as tx:
        await redrive.retry(tx, operator, kept.message_key, "it was sent late")
    assert await intake.consumer.retries.run_due() == 1
    assert len(town.heard) == 1
    assert await intake.count("inbox WHERE state = 'done'") == 2


async def test_suspects_of_partners_are_handled_alone(inprocess_rig: Rig, town: Town) -> None:
    intake = await consumed(inprocess_rig, town, delivery(event(), count=3))
    assert [one.id for one in town.heard] == ["7"]
    assert await intake.count("inbox WHERE state = 'done' AND attempts = 1") == 1
    await intake.consumer._settle([delivery(event(id="8"), count=20)])
    assert await intake.count("inbox WHERE state = 'parked'") == 1


async def test_a_partner_s_dead_letter_stays_a_partner_s(inprocess_rig: Rig, town: Town) -> None:
    intake = inprocess_rig.replica("intake")
    office = DeadLetterOffice(
        "intake", intake.sessions, Handling({}, town.partners), inprocess_rig.transport()
    )
    async with intake.sessions.begin() as tx:
        [read] = await office._read(tx, [delivery(event())])
        assert await office._keep(tx, read)
    [row] = await intake.rows("SELECT * FROM inbox")
    assert (row.state, row.publisher, row.station_id) == ("parked", USER, STATION)
    await until(intake.idle)
