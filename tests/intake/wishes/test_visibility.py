"""Lists and single reads agree for every reader on which wishes are visible."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions, queries
from services.intake.wishes.models import Wish
from services.intake.wishes.queries import WishFilter
from services.intake.wishes.schemas import WishView
from services.intake.wishes.states import WishState
from shared.auth import Actor, Role
from tests.intake.wishes.people import People

PERSONAL_FIELDS = ("resident_id", "resident_name", "home", "taker_kind", "taker_id", "taker_name")
ACTOR_NAMES = ("wisher", "neighbour", "volunteer", "second", "partner", "desk", "colleague")


@pytest.fixture
async def wishes(tx: AsyncSession, people: People) -> dict[UUID, Wish]:
    """Create a wish in each state, one that a partner has, and one that the station has."""
    created = [await people.create_wish(tx, state) for state in WishState]
    for taker in (people.partner, people.desk):
        wish = await people.create_wish(tx, WishState.OPEN)
        created.append(await actions.claim(tx, taker, wish.id))
    return {wish.id: wish for wish in created}


@given(
    name=st.sampled_from(ACTOR_NAMES),
    roles=st.frozensets(st.sampled_from(Role)),
    subject=st.none() | st.sampled_from(ACTOR_NAMES),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_lists_hold_exactly_the_visible_wishes(
    tx: AsyncSession,
    people: People,
    wishes: dict[UUID, Wish],
    name: str,
    roles: frozenset[Role],
    subject: str | None,
) -> None:
    reader: Actor = replace(getattr(people, name), roles=roles)
    actor = reader.acting_for(getattr(people, subject).person if subject else None)
    items = (await queries.list_wishes(tx, actor, WishFilter())).items
    visible = {id_ for id_, wish in wishes.items() if wish.visible_to(actor)}
    assert {item.wish.id for item in items} == visible
    for item in items:
        view = WishView.of(item, actor)
        personal = [field for field in PERSONAL_FIELDS if getattr(view, field) is not None]
        assert bool(personal) == wishes[item.wish.id].shows_person_to(actor), personal


async def test_wish_is_visible_to_everyone_who_may_know_its_person(
    people: People, wishes: dict[UUID, Wish]
) -> None:
    for wish in wishes.values():
        for name in ACTOR_NAMES:
            actor: Actor = getattr(people, name)
            assert wish.visible_to(actor) or not wish.shows_person_to(actor)
