"""What is allowed is done, and what is not allowed is refused, in every state; no database."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.events import errors
from services.intake.events.models import Event, EventState
from services.intake.events.participation import Participation, ParticipationState
from shared import clock
from shared.auth import NOBODY, STAFF_ROLES, Actor, Role
from shared.errors import Problem
from shared.ids import new_id
from tests.intake.events.factories import (
    DESK,
    EVENT_DURATION,
    MACHINE,
    NEIGHBOUR,
    RESIDENT,
    STATION,
    make_event,
    make_fields,
    make_participation,
)

# Long before, while check-in is open, at half time, soon after, a day after, and 31 days after.
STARTS_AFTER = [
    timedelta(hours=2),
    timedelta(minutes=20),
    timedelta(minutes=-45),
    timedelta(hours=-2),
    timedelta(days=-1),
    timedelta(days=-31),
]
actors = st.builds(
    Actor,
    station=st.sampled_from([STATION, STATION, STATION, new_id()]),
    person=st.sampled_from([RESIDENT.person, NEIGHBOUR.person, DESK.person, NOBODY]),
    roles=st.frozensets(st.sampled_from(Role), max_size=2),
    on_behalf_of=st.sampled_from([None, None, RESIDENT.person, NEIGHBOUR.person]),
)


@dataclass(frozen=True)
class Arguments:
    """What an action's refusal can depend on beside the aggregate."""

    role: Any = "guest"
    title: str = "楼道大扫除"
    guest_places: int = 2
    minutes: int = 30
    requested_before: timedelta = timedelta()


argument_sets = st.builds(
    Arguments,
    role=st.sampled_from(["helper", "guest"]),
    title=st.sampled_from(["楼道大扫除", "大扫除"]),
    guest_places=st.integers(0, 3),
    minutes=st.sampled_from([0, 30, 4000]),
    requested_before=st.sampled_from([timedelta(), timedelta(days=2)]),
)


def _edit(event: Event, actor: Actor, arguments: Arguments) -> None:
    starts_in = event.starts_at - clock.now()
    fields = make_fields(starts_in, title=arguments.title, guest_places=arguments.guest_places)
    event.edit(actor, fields.model_copy(update={"starts_at": event.starts_at}))


def _join(event: Event, actor: Actor, arguments: Arguments) -> None:
    event.join(actor, arguments.role, clock.now() - arguments.requested_before)


EVENT_ACTIONS: dict[str, Callable[[Event, Actor, Arguments], None]] = {
    "edit": _edit,
    "publish": lambda event, actor, _: event.publish(actor),
    "join": _join,
    "close": lambda event, actor, _: event.close(actor, None),
    "cancel": lambda event, actor, _: event.cancel(actor, "下雨"),
}
PARTICIPATION_ACTIONS: dict[str, Callable[[Participation, Actor, Arguments], None]] = {
    "leave": lambda one, actor, _: one.leave(actor),
    "check_in": lambda one, actor, _: one.check_in(actor),
    "check_out": lambda one, actor, _: one.check_out(actor),
    "enter_minutes": lambda one, actor, with_: one.enter_minutes(actor, with_.minutes),
    "undo_check_in": lambda one, actor, _: one.undo_check_in(actor),
}


def _refusal(take: Callable[[], None]) -> Problem | None:
    try:
        take()
    except Problem as problem:
        return problem
    return None


def _check(
    actions: dict[str, Callable[[Any, Actor, Arguments], None]],
    make: Callable[[], Any],
    actor: Actor,
    arguments: Arguments,
) -> None:
    """Take each action of a new aggregate, and compare with what is allowed."""
    allowed = make().allowed_actions(actor)
    for name, take in actions.items():
        aggregate, unchanged = make(), make()
        refusal = _refusal(functools.partial(take, aggregate, actor, arguments))
        if refusal is None:
            assert name in allowed, name
        else:
            depends_on = aggregate.actions[name].depends_on
            assert name not in allowed or type(refusal) in depends_on, (name, refusal)
            assert (aggregate.state, aggregate.pending) == (unchanged.state, []), name


@given(
    state=st.sampled_from(EventState),
    starts_in=st.sampled_from(STARTS_AFTER),
    guests=st.integers(0, 2),
    actor=actors,
    arguments=argument_sets,
)
def test_event_obeys_what_is_allowed(
    state: EventState, starts_in: timedelta, guests: int, actor: Actor, arguments: Arguments
) -> None:
    with clock.frozen(clock.now()):
        _check(EVENT_ACTIONS, lambda: make_event(state, starts_in, guests=guests), actor, arguments)


@given(
    event_state=st.sampled_from(EventState),
    state=st.sampled_from(ParticipationState),
    starts_in=st.sampled_from(STARTS_AFTER),
    actor=actors,
    arguments=argument_sets,
)
def test_participation_obeys_what_is_allowed(
    event_state: EventState,
    state: ParticipationState,
    starts_in: timedelta,
    actor: Actor,
    arguments: Arguments,
) -> None:
    with clock.frozen(clock.now()):
        _check(
            PARTICIPATION_ACTIONS,
            lambda: make_participation(make_event(event_state, starts_in), state),
            actor,
            arguments,
        )


def test_every_action_is_tried() -> None:
    assert EVENT_ACTIONS.keys() == Event.actions.keys()
    assert PARTICIPATION_ACTIONS.keys() == Participation.actions.keys()


@pytest.mark.parametrize(
    ("state", "starts_in", "allowed"),
    [
        (EventState.DRAFT, STARTS_AFTER[0], {"edit", "publish", "cancel"}),
        (EventState.DRAFT, STARTS_AFTER[2], {"edit", "cancel"}),
        (EventState.PUBLISHED, STARTS_AFTER[0], {"edit", "cancel"}),
        (EventState.PUBLISHED, STARTS_AFTER[2], {"edit", "cancel", "close"}),
        (EventState.PUBLISHED, STARTS_AFTER[3], {"edit", "close"}),
    ],
)
def test_desk_may_do_what_state_and_time_allow(
    state: EventState, starts_in: timedelta, allowed: set[str]
) -> None:
    assert make_event(state, starts_in).allowed_actions(DESK) == allowed


@pytest.mark.parametrize("starts_in", STARTS_AFTER)
def test_final_states_allow_nothing(starts_in: timedelta) -> None:
    for state in (EventState.CLOSED, EventState.CANCELLED, EventState.DROPPED):
        assert make_event(state, starts_in).allowed_actions(DESK) == set()
    event = make_event(EventState.PUBLISHED, starts_in)
    for final in (
        ParticipationState.ATTENDED,
        ParticipationState.LEFT,
        ParticipationState.CANCELLED,
    ):
        assert make_participation(event, final).allowed_actions(DESK) == set()


@pytest.mark.parametrize("starts_in", STARTS_AFTER)
def test_only_residents_and_those_who_act_for_one_may_join(starts_in: timedelta) -> None:
    event = make_event(EventState.PUBLISHED, starts_in)
    may_join = [
        actor
        for actor in (RESIDENT, DESK, DESK.acting_for(RESIDENT.person), MACHINE)
        if "join" in event.allowed_actions(actor)
    ]
    is_over = starts_in + EVENT_DURATION <= timedelta()
    of_machine = [MACHINE]
    others = [RESIDENT, DESK.acting_for(RESIDENT.person)]
    assert may_join == (of_machine if is_over else others + of_machine)


@pytest.mark.parametrize(
    ("state", "starts_in", "allowed"),
    [
        (ParticipationState.JOINED, STARTS_AFTER[0], {"check_in"}),
        (ParticipationState.JOINED, STARTS_AFTER[2], {"check_in", "enter_minutes"}),
        (ParticipationState.JOINED, STARTS_AFTER[3], {"enter_minutes"}),
        (ParticipationState.JOINED, STARTS_AFTER[5], set()),
        (
            ParticipationState.PRESENT,
            STARTS_AFTER[3],
            {"check_out", "undo_check_in", "enter_minutes"},
        ),
        (ParticipationState.MISSED, STARTS_AFTER[3], {"enter_minutes"}),
    ],
)
def test_desk_may_record_what_state_and_time_allow(
    state: ParticipationState, starts_in: timedelta, allowed: set[str]
) -> None:
    participation = make_participation(make_event(EventState.PUBLISHED, starts_in), state)
    assert participation.allowed_actions(DESK) == allowed


def test_only_the_resident_or_who_acts_for_them_may_leave() -> None:
    event = make_event(EventState.PUBLISHED, STARTS_AFTER[0])
    participation = make_participation(event, ParticipationState.JOINED)
    for actor in (RESIDENT, DESK.acting_for(RESIDENT.person)):
        assert "leave" in participation.allowed_actions(actor)
    for actor in (NEIGHBOUR, NEIGHBOUR.acting_for(RESIDENT.person), DESK):
        assert "leave" not in participation.allowed_actions(actor)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_of_another_station_may_do_nothing(role: Role) -> None:
    stranger = replace(DESK, station=new_id(), roles=frozenset({role}))
    for state in EventState:
        for starts_in in STARTS_AFTER:
            event = make_event(state, starts_in)
            assert event.allowed_actions(stranger) == frozenset()
            for participation_state in ParticipationState:
                participation = make_participation(event, participation_state)
                assert participation.allowed_actions(stranger) == frozenset()


def test_station_itself_closes_an_event() -> None:
    event = make_event(EventState.PUBLISHED, STARTS_AFTER[3])
    event.close(Actor.system(STATION), None)
    assert event.state == EventState.CLOSED
    early = make_event(EventState.PUBLISHED, STARTS_AFTER[0])
    with pytest.raises(errors.NotStarted):
        early.close(Actor.system(STATION), None)
