"""Aggregates without a database: their actions, their rules, and the checks of their columns."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped

from shared.aggregate import (
    Aggregate,
    action,
    choice_check,
    in_choices,
    never_in,
    only_if,
    only_in,
    state_check,
)
from shared.auth import Actor, Role
from shared.errors import Conflict, Forbidden, Problem
from shared.ids import new_id

STATION = new_id()
CLERK = Actor(STATION, new_id(), frozenset({Role.STAFF}))
RESIDENT = Actor(STATION, new_id(), frozenset({Role.RESIDENT}))


class LampState(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


class IsBroken(Conflict):
    pass


class NotOn(Conflict):
    pass


class NotOff(Conflict):
    pass


class TooBright(Conflict):
    pass


class Base(DeclarativeBase):
    pass


class MechanismLamp(Aggregate, Base):
    """A lamp that anybody switches off, and the staff switches on or labels."""

    __tablename__ = "mechanism_lamps"
    plural = "lamps"
    state: Mapped[str]
    label: Mapped[str | None]

    def _is_labelled(self, _: Actor) -> bool:
        return self.label is not None

    @action(
        never_in(LampState.BROKEN, error=IsBroken),
        only_in(LampState.OFF, error=NotOff),
        roles=frozenset({Role.STAFF}),
        depends_on=(TooBright,),
    )
    def switch_on(self, _: Actor, watts: int, *, limit: int = 100) -> int:
        """Switch the lamp on, and return the watts."""
        if watts > limit:
            raise TooBright
        self.state = LampState.ON.value
        return watts

    @action(only_in(LampState.ON, error=NotOn))
    def switch_off(self, _: Actor) -> None:
        """Switch the lamp off."""
        self.state = LampState.OFF.value

    @action(only_if(_is_labelled, error=Conflict), name="label", roles=frozenset({Role.STAFF}))
    def change_label(self, _: Actor, label: str) -> None:
        """Change the label."""
        self.label = label


def make_lamp(state: LampState = LampState.OFF, label: str | None = None) -> MechanismLamp:
    return MechanismLamp.new(STATION, state=state.value, label=label)


def test_action_is_carried_out_with_its_arguments_and_result() -> None:
    lamp = make_lamp()
    assert lamp.switch_on(CLERK, 40, limit=60) == 40
    assert lamp.state == LampState.ON


def test_first_rule_that_is_broken_gives_the_error() -> None:
    for state, error in ((LampState.BROKEN, IsBroken), (LampState.ON, NotOff)):
        lamp = make_lamp(state)
        with pytest.raises(error):
            lamp.switch_on(CLERK, 40)
        assert lamp.state == state


def test_rules_come_before_roles() -> None:
    with pytest.raises(NotOff):
        make_lamp(LampState.ON).switch_on(RESIDENT, 40)
    with pytest.raises(Forbidden):
        make_lamp().switch_on(RESIDENT, 40)


def test_action_without_roles_is_for_everybody() -> None:
    nobody_special = replace(RESIDENT, roles=frozenset())
    assert make_lamp(LampState.ON).allowed_actions(nobody_special) == {"switch_off"}


def test_action_is_refused_to_another_station_and_for_somebody_else() -> None:
    lamp = make_lamp(LampState.ON)
    for actor in (replace(CLERK, station=new_id()), RESIDENT.acting_for(new_id())):
        assert lamp.allowed_actions(actor) == frozenset()
        with pytest.raises(Forbidden):
            lamp.switch_off(actor)
    assert lamp.allowed_actions(CLERK.acting_for(new_id())) == {"switch_off"}
    assert lamp.allowed_actions(RESIDENT.acting_for(RESIDENT.person)) == {"switch_off"}


def test_action_may_be_named_otherwise_than_its_method() -> None:
    assert make_lamp(label="hall").allowed_actions(CLERK) == {"switch_on", "label"}
    assert MechanismLamp.actions.keys() == {"switch_on", "switch_off", "label"}


def test_subclass_keeps_the_actions_of_its_base() -> None:
    class BlinkingLamp(MechanismLamp):
        @action(only_in(LampState.ON, error=NotOn))
        def blink(self, _: Actor) -> None:
            """Switch the light off and on again."""

    assert BlinkingLamp.actions.keys() == {*MechanismLamp.actions, "blink"}
    assert "blink" not in MechanismLamp.actions


@given(
    state=st.sampled_from(LampState),
    roles=st.frozensets(st.sampled_from(Role)),
    watts=st.sampled_from((40, 200)),
)
def test_allowed_actions_are_refused_only_for_what_they_depend_on(
    state: LampState, roles: frozenset[Role], watts: int
) -> None:
    actor = replace(RESIDENT, roles=roles)
    calls: dict[str, Callable[[MechanismLamp], object]] = {
        "switch_on": lambda lamp: lamp.switch_on(actor, watts),
        "switch_off": lambda lamp: lamp.switch_off(actor),
        "label": lambda lamp: lamp.change_label(actor, "hall"),
    }
    allowed = make_lamp(state, "porch").allowed_actions(actor)
    for name, call in calls.items():
        error = None
        try:
            call(make_lamp(state, "porch"))
        except Problem as problem:
            error = type(problem)
        if name in allowed:
            assert error is None or error in MechanismLamp.actions[name].depends_on
        else:
            assert error is not None


def test_pending_messages_belong_to_one_aggregate() -> None:
    one, other = make_lamp(), make_lamp()
    one.pending.append(object())  # type: ignore[arg-type]
    assert len(one.pending) == 1
    assert other.pending == []


def test_checks_hold_the_values_of_their_enum() -> None:
    assert str(state_check(LampState).sqltext) == "state IN ('off', 'on', 'broken')"
    assert state_check(LampState).name == "state"
    assert str(choice_check("colour", ("red", "blue")).sqltext) == "colour IN ('red', 'blue')"
    assert choice_check("colour", ("red", "blue")).name == "colour"
    assert in_choices("state", [LampState.ON]) == "state IN ('on')"
