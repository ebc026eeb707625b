"""Saving of aggregates: one flush, the transition of a changed state, the pending messages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from shared import clock
from shared.aggregate import Aggregate, lock_due
from shared.auth import NOBODY, Actor, Role
from shared.contracts.envelope import Envelope
from shared.ids import new_id
from shared.observability.context import message_context
from shared.state import Transition, UnsavedMessagesError, save, save_all
from tests.bus.harness import STATION, BusHarness, Replica, make_wish_opened
from tests.mechanisms.test_aggregate import Base

CLERK = Actor(STATION, new_id(), frozenset({Role.STAFF}))


class Ticket(Aggregate, Base):
    """A thing with a state, and with a history."""

    __tablename__ = "tickets"
    plural = "tickets"
    state: Mapped[str]
    text: Mapped[str | None]

    def move(self, state: str) -> None:
        """Change the state, and say so."""
        self.state = state
        self.pending.append(make_wish_opened(state))


class TicketTransition(Transition, Base, of=Ticket, key="ticket_id"):
    """A change of a ticket's state."""

    __tablename__ = "ticket_transitions"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)


class Sticker(Aggregate, Base):
    """A thing without a history."""

    __tablename__ = "stickers"
    plural = "stickers"
    text: Mapped[str]


def make_ticket() -> Ticket:
    ticket = Ticket.new(STATION)
    ticket.move("new")
    return ticket


@pytest.fixture
async def intake(inprocess_harness: BusHarness) -> AsyncIterator[Replica]:
    """Provide a replica with the tables of these tests."""
    replica = inprocess_harness.create_replica("intake")
    async with replica.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield replica
    async with replica.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)


async def list_transitions(intake: Replica, *columns: Any) -> list[tuple[Any, ...]]:
    """List columns of the transitions, oldest first."""
    async with intake.sessions() as tx:
        statement = select(*columns).order_by(TicketTransition.at, TicketTransition.version)
        return [tuple(row) for row in await tx.execute(statement)]


async def list_messages(intake: Replica) -> list[tuple[str, int, str]]:
    """List subject, sequence and title of the recorded messages."""
    rows = await intake.fetch_rows("SELECT body FROM outbox ORDER BY id")
    envelopes = [Envelope.from_json(row.body) for row in rows]
    return [(one.subject, one.sequence, one.data["title"]) for one in envelopes]


async def test_each_save_stores_a_transition_and_a_message_of_its_version(intake: Replica) -> None:
    resident = new_id()
    async with intake.sessions.begin() as tx:
        ticket = await save(tx, CLERK.acting_for(resident), make_ticket())
        ticket.move("open")
        assert await save(tx, CLERK, ticket, note="at last") is ticket
        assert ticket.pending == []
    assert await list_messages(intake) == [(ticket.subject, 1, "new"), (ticket.subject, 2, "open")]
    columns = (
        TicketTransition.ticket_id,
        TicketTransition.version,
        TicketTransition.from_state,
        TicketTransition.to_state,
        TicketTransition.note,
        TicketTransition.person,
        TicketTransition.on_behalf_of,
        TicketTransition.hand,
    )
    assert await list_transitions(intake, *columns) == [
        (ticket.id, 1, None, "new", None, CLERK.person, resident, "desk"),
        (ticket.id, 2, "new", "open", "at last", CLERK.person, None, "desk"),
    ]


async def test_transition_has_the_correlation_and_the_time_of_the_change(intake: Replica) -> None:
    with clock.shifted(timedelta(days=3)), message_context(UUID(int=7), None):
        earliest = clock.now()
        async with intake.sessions.begin() as tx:
            await save(tx, CLERK, make_ticket())
        latest = clock.now()
    columns = (TicketTransition.correlation_id, TicketTransition.at)
    [(correlation, at)] = await list_transitions(intake, *columns)
    assert correlation == UUID(int=7)
    assert earliest <= at <= latest


async def test_change_without_a_new_state_has_no_transition(intake: Replica) -> None:
    async with intake.sessions.begin() as tx:
        ticket = await save(tx, CLERK, make_ticket())
        ticket.text = "changed"
        ticket.pending.append(make_wish_opened("text"))
        await save(tx, CLERK, ticket)
    assert await list_transitions(intake, TicketTransition.version) == [(1,)]
    assert (await list_messages(intake))[-1] == (ticket.subject, 2, "text")


async def test_flush_before_save_loses_no_transition(intake: Replica) -> None:
    async with intake.sessions.begin() as tx:
        ticket = await save(tx, CLERK, make_ticket())
    async with intake.sessions.begin() as tx:
        ticket = await tx.get_one(Ticket, ticket.id)
        ticket.move("open")
        await tx.scalars(select(Ticket))
        await save(tx, CLERK, ticket)
    columns = (TicketTransition.from_state, TicketTransition.to_state, TicketTransition.version)
    assert (await list_transitions(intake, *columns))[-1] == ("new", "open", 2)


async def test_commit_without_save_is_refused_where_messages_are_pending(intake: Replica) -> None:
    async with intake.sessions.begin() as tx:
        ticket = await save(tx, CLERK, make_ticket())
    async with intake.sessions() as tx:
        (await tx.get_one(Ticket, ticket.id)).move("open")
        with pytest.raises(UnsavedMessagesError, match=ticket.subject):
            await tx.commit()
    assert await list_messages(intake) == [(ticket.subject, 1, "new")]
    assert await list_transitions(intake, TicketTransition.to_state) == [("new",)]


async def test_aggregate_without_history_is_saved_with_its_messages(intake: Replica) -> None:
    sticker = Sticker.new(STATION, text="hello")
    sticker.pending += [make_wish_opened("one"), make_wish_opened("two")]
    async with intake.sessions.begin() as tx:
        await save(tx, CLERK, sticker)
    assert await intake.count("stickers") == 1
    titles = [(sequence, title) for _, sequence, title in await list_messages(intake)]
    assert titles == [(1, "one"), (1, "two")]


async def test_save_all_names_the_station_as_actor_in_the_order_of_the_aggregates(
    intake: Replica,
) -> None:
    tickets = [make_ticket() for _ in range(3)]
    async with intake.sessions.begin() as tx:
        for ticket in tickets:
            await save(tx, CLERK, ticket)
    async with intake.sessions.begin() as tx:
        due = await lock_due(tx, Ticket, Ticket.state == "new", limit=2)
        for ticket in due:
            ticket.move("late")
        await save_all(tx, due)
    assert [ticket.id for ticket in due] == [ticket.id for ticket in tickets[:2]]
    late = [(ticket.subject, 2, "late") for ticket in tickets[:2]]
    assert (await list_messages(intake))[3:] == late
    columns = (TicketTransition.hand, TicketTransition.person, TicketTransition.to_state)
    assert (await list_transitions(intake, *columns))[3:] == [("system", NOBODY, "late")] * 2


async def test_lock_due_skips_what_others_have_locked(intake: Replica) -> None:
    tickets = [make_ticket() for _ in range(2)]
    async with intake.sessions.begin() as tx:
        await save_all(tx, tickets)
    async with intake.sessions.begin() as one, intake.sessions.begin() as other:
        first = await lock_due(one, Ticket, Ticket.state == "new", limit=1)
        rest = await lock_due(other, Ticket, Ticket.state == "new", limit=2)
        assert [ticket.id for ticket in (*first, *rest)] == [ticket.id for ticket in tickets]


async def test_change_of_an_outdated_version_records_nothing(intake: Replica) -> None:
    async with intake.sessions.begin() as tx:
        ticket = await save(tx, CLERK, make_ticket())
    async with intake.sessions.begin() as tx:
        current = await tx.get_one(Ticket, ticket.id)
        current.move("open")
        await save(tx, CLERK, current)
    ticket.move("lost")
    with pytest.raises(StaleDataError):
        async with intake.sessions.begin() as tx:
            await save(tx, CLERK, ticket)
    assert [title for _, _, title in await list_messages(intake)] == ["new", "open"]
    assert await list_transitions(intake, TicketTransition.to_state) == [("new",), ("open",)]


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        ({Role.STAFF, Role.RESIDENT}, "desk"),
        ({Role.PARTNER, Role.PUBLISHER}, "partner"),
        ({Role.RESIDENT, Role.VOLUNTEER}, "volunteer"),
        ({Role.RESIDENT}, "resident"),
    ],
)
def test_kind_of_an_actor_follows_from_the_roles(roles: set[Role], kind: str) -> None:
    actor = Actor(STATION, new_id(), frozenset(roles))
    assert TicketTransition.actor_kind(make_ticket(), actor) == kind


def test_kind_of_the_station_itself_is_system() -> None:
    assert TicketTransition.actor_kind(make_ticket(), Actor.system(STATION)) == "system"
