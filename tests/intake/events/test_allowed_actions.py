"""Actions obey `allowed_actions`: what is allowed is done, and what is not allowed is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, api, attendance, errors
from services.intake.events.attendance import AttendeeRef, JoinRequest
from services.intake.events.models import Event, EventFields
from services.intake.events.participation import Participation, ParticipationState
from services.intake.events.policies import POLICIES
from shared import clock
from shared.auth import Actor, Role
from shared.errors import Invalid, NotFound, PreconditionFailed, Problem
from shared.ids import new_id
from shared.policies import PUBLISHERS
from shared.state_key import StateKey
from shared.web.preconditions import ANY_VERSION, ExpectedVersion
from tests.intake.events.people import STARTS_AFTER, EventPeople, make_event_fields
from tests.support.openapi import flatten_routes, route_policies

OUTDATED = ExpectedVersion(frozenset({99}))
# Long before, while check-in is open, at half time, soon after, and 31 days after.
TIMES_AFTER_START = [
    timedelta(hours=-2),
    timedelta(minutes=-20),
    timedelta(minutes=45),
    timedelta(hours=2),
    timedelta(days=31),
]


class Unchanged(Problem):
    """A repeat, which is not refused and changes nothing."""


@dataclass(frozen=True)
class Target:
    """An event, a resident who has a place in it or not, and an action's arguments."""

    event: Event
    resident: UUID
    changes: dict[str, Any] = field(default_factory=dict)
    expected: ExpectedVersion = ANY_VERSION
    minutes: int = 30
    request: JoinRequest | None = None

    @property
    def fields(self) -> EventFields:
        """The fields of the event, with the changes."""
        fields = EventFields.model_validate(self.event, from_attributes=True)
        return fields.model_copy(update=self.changes)

    @property
    def attendee(self) -> AttendeeRef:
        """The resident as an attendee."""
        return AttendeeRef(resident_id=self.resident)


async def _if_changed(result: Awaitable[attendance.AttendanceResult]) -> None:
    if not (await result).changed:
        raise Unchanged


ACTIONS: dict[str, Callable[[AsyncSession, Actor, Target], Awaitable[Any]]] = {
    "edit": lambda tx, actor, to: actions.edit(tx, actor, to.event.id, to.fields, to.expected),
    "publish": lambda tx, actor, to: actions.publish(tx, actor, to.event.id),
    "join": lambda tx, actor, to: attendance.join_at(
        tx, actor, to.event.id, to.request or JoinRequest("guest", allow_overlap=True)
    ),
    "close": lambda tx, actor, to: actions.close(tx, actor, to.event.id),
    "cancel": lambda tx, actor, to: actions.cancel(tx, actor, to.event.id, "下雨"),
    "leave": lambda tx, actor, to: attendance.leave(tx, actor, to.event.id),
    "check_in": lambda tx, actor, to: _if_changed(
        attendance.check_in(tx, actor, to.event.id, to.attendee)
    ),
    "check_out": lambda tx, actor, to: _if_changed(
        attendance.check_out(tx, actor, to.event.id, to.attendee)
    ),
    "enter_minutes": lambda tx, actor, to: _if_changed(
        attendance.check_out(tx, actor, to.event.id, to.attendee, to.minutes)
    ),
    "undo_check_in": lambda tx, actor, to: attendance.undo_check_in(
        tx, actor, to.event.id, to.resident
    ),
}
Case = tuple[Event, Participation | None]
DECLARED = {**Event.actions, **Participation.actions}
DEPENDS_ON = {name: one.depends_on for name, one in DECLARED.items()}
CASES = StateKey[list[Case]]("cases of events")


async def _create_cases(tx: AsyncSession, people: EventPeople) -> list[Case]:
    """Create a participation in each state in an event of its own, and two unpublished events."""
    starts_at = clock.now() + STARTS_AFTER
    cases: list[Case] = []
    for state in ParticipationState:
        event = await people.publish_event(tx, starts_at=starts_at, guest_places=2)
        part = await attendance.join(tx, people.helper, event.id, "helper", allow_overlap=True)
        with clock.frozen(event.starts_at):
            await _bring_to(tx, people, part, state)
        stored = await tx.get_one(Participation, part.id)
        assert stored.state == state
        cases.append((event, stored))
    fields = make_event_fields(starts_at=starts_at)
    draft, dropped = [await actions.create(tx, people.desk, fields) for _ in range(2)]
    await actions.cancel(tx, people.desk, dropped.id, "不办了")
    return [*cases, (draft, None), (dropped, None)]


async def _bring_to(
    tx: AsyncSession, people: EventPeople, part: Participation, state: ParticipationState
) -> None:
    attendee, event_id = AttendeeRef(resident_id=part.resident_id), part.event_id
    if state in (ParticipationState.PRESENT, ParticipationState.ATTENDED):
        await attendance.check_in(tx, people.desk, event_id, attendee)
    if state == ParticipationState.ATTENDED:
        await attendance.check_out(tx, people.desk, event_id, attendee)
    if state == ParticipationState.MISSED:
        await actions.close(tx, people.desk, event_id)
    if state == ParticipationState.LEFT:
        await attendance.leave(tx, people.helper, event_id)
    if state == ParticipationState.CANCELLED:
        await actions.cancel(tx, people.desk, event_id, "下雨")


async def _refusal(tx: AsyncSession, actor: Actor, name: str, target: Target) -> Problem | None:
    """Try the action, roll it back, and return the error of a refused one."""
    savepoint = await tx.begin_nested()
    try:
        await ACTIONS[name](tx, actor, target)
    except Problem as problem:
        return problem
    finally:
        await savepoint.rollback()
    return None


@given(
    index=st.integers(0, len(ParticipationState) + 1),
    person=st.sampled_from(["desk", "helper", "guest"]),
    roles=st.none() | st.frozensets(st.sampled_from(Role), max_size=2),
    subject=st.sampled_from([None, "helper", "guest"]),
    after_start=st.sampled_from(TIMES_AFTER_START),
    changes=st.sampled_from([{}, {"summary": "带手套"}, {"title": "大扫除"}, {"helper_places": 0}]),
    minutes=st.sampled_from([0, 30, 4000]),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_actions_obey_what_is_allowed(
    tx: AsyncSession,
    event_people: EventPeople,
    index: int,
    person: str,
    roles: frozenset[Role] | None,
    subject: str | None,
    after_start: timedelta,
    changes: dict[str, Any],
    minutes: int,
) -> None:
    if CASES.find(tx.info) is None:
        CASES.set(tx.info, await _create_cases(tx, event_people))
    event, part = CASES.get(tx.info)[index]
    own: Actor = getattr(event_people, person)
    actor = replace(own, roles=own.roles if roles is None else roles)
    actor = actor.acting_for(getattr(event_people, subject).person if subject else None)
    target = Target(event, event_people.helper.person, changes, minutes=minutes)
    with clock.frozen(event.starts_at + after_start):
        allowed = event.allowed_actions(actor)
        allowed |= part.allowed_actions(actor) if part else frozenset()
        for name in ACTIONS:
            if name == "leave" and actor.subject_id != target.resident:
                # The action is about another participation, that of the actor's own subject.
                assert name not in allowed
                continue
            refusal = await _refusal(tx, actor, name, target)
            for row in (event, part):
                if row is not None:
                    await tx.refresh(row)
            if name in allowed:
                assert refusal is None or type(refusal) in DEPENDS_ON[name], (name, refusal)
            else:
                assert refusal is not None, name


def _refused_cases(
    people: EventPeople, event: Event, other: Event, attended: Event
) -> list[tuple[Actor, str, Target, type[Problem]]]:
    """List allowed actions that their arguments or other rows refuse, each with the error."""
    desk, helper, guest = people.desk, people.helper, people.guest
    stranger = replace(guest, person=new_id())
    machine = Actor(desk.station, new_id(), frozenset({Role.PARTNER, Role.PUBLISHER}))
    late = JoinRequest("guest", requested_at=event.ends_at)
    to_event, to_other = Target(event, helper.person), Target(other, helper.person)
    return [
        (desk, "edit", replace(to_event, expected=OUTDATED), PreconditionFailed),
        (desk, "edit", replace(to_event, changes={"guest_places": 0}), Invalid),
        (desk, "edit", replace(to_event, changes={"title": "大扫除"}), errors.FixedOncePublished),
        (stranger, "join", to_event, NotFound),
        (
            machine.acting_for(guest.person),
            "join",
            replace(to_event, request=late),
            errors.EventOver,
        ),
        (guest, "join", replace(to_event, request=JoinRequest("helper")), errors.NoSuchPlaces),
        (guest, "join", to_event, errors.Full),
        (helper, "join", to_event, errors.AlreadyJoined),
        (helper, "join", replace(to_other, request=JoinRequest("guest")), errors.Overlaps),
        (desk, "cancel", Target(attended, helper.person), errors.HasAttendance),
        (desk, "check_in", to_event, errors.CheckInNotOpen),
    ]


async def test_allowed_actions_are_refused_for_each_error_that_they_depend_on(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    desk, helper = event_people.desk, event_people.helper
    event = await event_people.publish_event(tx, helper_places=0, guest_places=1)
    other = await event_people.publish_event(tx, title="看电影")
    attended = await event_people.publish_event(tx)
    part = await attendance.join(tx, helper, event.id, "guest")
    await attendance.join(tx, helper, attended.id, "guest", allow_overlap=True)
    attendee = AttendeeRef(resident_id=helper.person)
    with clock.frozen(attended.starts_at):
        await attendance.check_in(tx, desk, attended.id, attendee)
    cases = _refused_cases(event_people, event, other, attended)
    for actor, name, target, error in cases:
        allowed = target.event.allowed_actions(actor) | part.allowed_actions(actor)
        assert name in allowed
        assert type(await _refusal(tx, actor, name, target)) is error, name
    with clock.frozen(event.starts_at):
        too_long = Target(event, helper.person, minutes=4000)
        assert "enter_minutes" in part.allowed_actions(desk)
        assert type(await _refusal(tx, desk, "enter_minutes", too_long)) is Invalid
    tried = {(name, error) for _, name, _, error in cases} | {("enter_minutes", Invalid)}
    assert tried == {(name, error) for name in DEPENDS_ON for error in DEPENDS_ON[name]}


def test_every_action_is_tried() -> None:
    assert ACTIONS.keys() == DEPENDS_ON.keys()


def test_actions_have_the_roles_of_their_routes_and_are_for_the_machines_of_partners() -> None:
    for_machines = {"join", "leave", "check_out", "enter_minutes"}
    routes = {
        route.path.removeprefix("/api/v1/events/{event_id}"): route
        for route in flatten_routes(api.router.routes)
        if "GET" not in (route.methods or ())
    }
    paths = {name: f"/{name.replace('_', '-')}" for name in DECLARED}
    paths |= {"edit": "", "enter_minutes": "/check-out"}
    for name, declared in DECLARED.items():
        (policy,) = route_policies(routes[paths[name]].dependant)
        assert declared.roles == POLICIES[policy] | (PUBLISHERS if name in for_machines else set())
