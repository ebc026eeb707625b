"""What `allowed_actions` lists is done, and what it doesn't list is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.photos import actions as photo_actions
from services.intake.photos import api as photo_api
from services.intake.photos.image_processing import NormalizedImage
from services.intake.photos.models import MAX_PHOTOS, Photo
from services.intake.wishes import actions, api, errors
from services.intake.wishes.models import Wish
from services.intake.wishes.policies import POLICIES
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor, Role
from shared.errors import NotFound, Problem
from shared.ids import new_id
from shared.state_key import StateKey
from tests.intake.wishes.factories import FACTORY_BY_STATE, WISHER
from tests.intake.wishes.people import People
from tests.support.openapi import flatten_routes, route_policies

IMAGE = NormalizedImage(b"\xff\xd8\xff", 1, 1)


@dataclass(frozen=True)
class Target:
    """A wish, a photo that its taker has added, and a volunteer to hand it over to."""

    wish: Wish
    photo_id: UUID
    successor: Actor | None


TARGETS = StateKey[list[tuple[Wish, UUID]]]("targets of the actions")
ACTIONS: dict[str, Callable[[AsyncSession, Actor, Target], Awaitable[Any]]] = {
    "approve": lambda tx, actor, to: actions.approve(tx, actor, to.wish.id),
    "decline": lambda tx, actor, to: actions.decline(tx, actor, to.wish.id, "不合适"),
    "claim": lambda tx, actor, to: actions.claim(tx, actor, to.wish.id),
    "release": lambda tx, actor, to: actions.release(
        tx, actor, to.wish.id, to=to.successor.person if to.successor else None
    ),
    "deliver": lambda tx, actor, to: actions.deliver(tx, actor, to.wish.id, "换好了", 30),
    "add_photo": lambda tx, actor, to: photo_actions.add(
        tx, actor, to.wish.id, IMAGE, may_be_public=False
    ),
    "remove_photo": lambda tx, actor, to: photo_actions.remove(tx, actor, to.photo_id),
    "confirm": lambda tx, actor, to: actions.confirm(tx, actor, to.wish.id),
    "refuse": lambda tx, actor, to: actions.refuse(tx, actor, to.wish.id, "还没有"),
    "reopen": lambda tx, actor, to: actions.reopen(tx, actor, to.wish.id, "又坏了"),
    "withdraw": lambda tx, actor, to: actions.withdraw(tx, actor, to.wish.id),
    "answer": lambda tx, actor, to: actions.answer(tx, actor, to.wish.id, "做不到"),
}
PEOPLE = ("wisher", "neighbour", "volunteer", "second", "partner", "desk", "colleague")


async def _create_targets(tx: AsyncSession, people: People) -> list[tuple[Wish, UUID]]:
    """Create a wish in each state, with each kind of taker where it has one."""
    wishes = [await people.create_wish(tx, state) for state in WishState]
    for taker in (people.partner, people.desk):
        for is_delivered in (False, True):
            wish = await people.create_wish(tx, WishState.OPEN)
            await actions.claim(tx, taker, wish.id)
            if is_delivered:
                await actions.deliver(tx, taker, wish.id, "换好了", 30)
            wishes.append(wish)
    takers = {"station": people.desk, "partner": people.partner, "volunteer": people.volunteer}
    photos = [
        Photo.of(wish, takers[wish.taker_kind or "volunteer"], IMAGE, may_be_public=False)
        for wish in wishes
    ]
    tx.add_all(photos)
    await tx.flush()
    return [(wish, photo.id) for wish, photo in zip(wishes, photos, strict=True)]


async def _refusal(tx: AsyncSession, actor: Actor, name: str, target: Target) -> Problem | None:
    """Try the action, roll it back, and return the error of a refused one."""
    savepoint = await tx.begin_nested()
    try:
        await ACTIONS[name](tx, actor, target)
    except Problem as problem:
        return problem
    finally:
        await savepoint.rollback()
        await tx.refresh(target.wish)
    return None


@given(
    index=st.integers(0, len(WishState) + 3),
    person=st.sampled_from(PEOPLE),
    roles=st.none() | st.frozensets(st.sampled_from(Role)),
    subject=st.none() | st.sampled_from(PEOPLE),
    successor=st.none() | st.sampled_from(("second", "neighbour", "volunteer", "wisher")),
    days=st.sampled_from((0, 3, 7.1, 30)),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_actions_obey_what_is_allowed(
    tx: AsyncSession,
    people: People,
    index: int,
    person: str,
    roles: frozenset[Role] | None,
    subject: str | None,
    successor: str | None,
    days: float,
) -> None:
    if TARGETS.find(tx.info) is None:
        TARGETS.set(tx.info, await _create_targets(tx, people))
    wish, photo_id = TARGETS.get(tx.info)[index]
    own: Actor = getattr(people, person)
    actor = replace(own, roles=own.roles if roles is None else roles)
    actor = actor.acting_for(getattr(people, subject).person if subject else None)
    target = Target(wish, photo_id, getattr(people, successor) if successor else None)
    with clock.shifted(timedelta(days=days)):
        allowed = wish.allowed_actions(actor)
        for name in ACTIONS:
            refusal = await _refusal(tx, actor, name, target)
            if name in allowed:
                assert refusal is None or type(refusal) in Wish.actions[name].depends_on, name
            else:
                assert refusal is not None, name


async def test_allowed_actions_are_refused_for_each_error_that_they_depend_on(
    tx: AsyncSession, people: People
) -> None:
    unclaimed = await people.create_wish(tx, WishState.OPEN)
    claimed = await people.create_wish(tx, WishState.CLAIMED)
    of_volunteer = await actions.post(tx, people.second, "想学手机拍照", "")
    await actions.approve(tx, people.desk, of_volunteer.id)
    await actions.claim(tx, people.volunteer, of_volunteer.id)
    for _ in range(MAX_PHOTOS):
        await photo_actions.add(tx, people.volunteer, claimed.id, IMAGE, may_be_public=False)
    unapproved = replace(people.neighbour, roles=people.volunteer.roles)
    photo = new_id()
    cases = [
        (unapproved, "claim", Target(unclaimed, photo, None), errors.NotAVolunteer),
        (people.volunteer, "release", Target(claimed, photo, people.volunteer), errors.SameTaker),
        (people.volunteer, "release", Target(claimed, photo, unapproved), errors.NotAVolunteer),
        (people.volunteer, "release", Target(of_volunteer, photo, people.second), errors.OwnWish),
        (people.volunteer, "add_photo", Target(claimed, photo, None), errors.TooManyPhotos),
        (people.volunteer, "remove_photo", Target(claimed, photo, None), NotFound),
    ]
    for actor, name, target, error in cases:
        assert name in target.wish.allowed_actions(actor)
        assert type(await _refusal(tx, actor, name, target)) is error, name
    listed = {(name, error) for name, one in Wish.actions.items() for error in one.depends_on}
    assert {(name, error) for _, name, _, error in cases} == listed


def test_every_action_is_tried() -> None:
    assert ACTIONS.keys() == Wish.actions.keys()


def test_each_action_has_the_roles_of_its_route() -> None:
    roles = {
        (*(route.methods or ()), route.path): POLICIES[next(route_policies(route.dependant))]
        for route in flatten_routes([*api.router.routes, *photo_api.router.routes])
    }
    paths = {name: ("POST", f"/api/v1/wishes/{{wish_id}}/{name}") for name in Wish.actions}
    paths["add_photo"] = ("POST", "/api/v1/wishes/{wish_id}/photos")
    paths["remove_photo"] = ("DELETE", "/api/v1/photos/{photo_id}")
    assert {name: roles[path] for name, path in paths.items()} == {
        name: action.roles for name, action in Wish.actions.items()
    }


def test_actor_of_another_station_may_do_nothing() -> None:
    for create in FACTORY_BY_STATE.values():
        for roles in (WISHER.roles, frozenset({Role.STAFF})):
            stranger = replace(WISHER, station=new_id(), roles=roles)
            assert create().allowed_actions(stranger) == frozenset()
