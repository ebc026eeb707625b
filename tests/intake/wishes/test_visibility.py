"""Lists and single reads agree on who may see which wish, whoever asks."""

from dataclasses import replace
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions, queries
from services.intake.wishes.models import Wish, WishState
from services.intake.wishes.queries import WishFilter
from services.intake.wishes.schemas import WishView
from shared.auth import Actor, Role
from tests.intake.wishes.people import People

PERSONAL_FIELDS = ("resident_id", "resident_name", "home", "taker_kind", "taker_id", "taker_name")
ACTOR_NAMES = ("wisher", "neighbour", "volunteer", "second", "partner", "desk", "colleague")


async def _create_every_kind(tx: AsyncSession, people: People) -> dict[UUID, Wish]:
    """A wish in each state, one that a partner has, and one that the station has."""
    wishes = [await people.create_wish(tx, state) for state in WishState]
    for taker in (people.partner, people.desk):
        wish = await people.create_wish(tx, WishState.OPEN)
        wishes.append(await actions.claim(tx, taker, wish.id))
    return {wish.id: wish for wish in wishes}


@given(
    who=st.sampled_from(ACTOR_NAMES),
    roles=st.frozensets(st.sampled_from(Role)),
    behalf=st.none() | st.sampled_from(ACTOR_NAMES),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_lists_hold_exactly_what_may_be_seen(
    tx: AsyncSession, people: People, who: str, roles: frozenset[Role], behalf: str | None
) -> None:
    if "wishes" not in tx.info:
        tx.info["wishes"] = await _create_every_kind(tx, people)
    wishes: dict[UUID, Wish] = tx.info["wishes"]
    asking: Actor = replace(getattr(people, who), roles=roles)
    actor = asking.acting_for(getattr(people, behalf).person if behalf else None)
    listed = (await queries.list_wishes(tx, actor, WishFilter())).items
    visible = {id_ for id_, wish in wishes.items() if wish.visible_to(actor)}
    assert {seen.wish.id for seen in listed} == visible
    for seen in listed:
        shown = WishView.of(seen, actor)
        knows = [field for field in PERSONAL_FIELDS if getattr(shown, field) is not None]
        assert bool(knows) == wishes[seen.wish.id].shows_person_to(actor), knows


async def test_who_may_know_the_person_may_know_of_the_wish(
    tx: AsyncSession, people: People
) -> None:
    for wish in (await _create_every_kind(tx, people)).values():
        for who in ACTOR_NAMES:
            actor: Actor = getattr(people, who)
            assert wish.visible_to(actor) or not wish.shows_person_to(actor)
