"""Staff see on a resident's page that they are a party member; nobody else sees it anywhere."""

import pytest

from services.intake.party import actions
from services.intake.party.models import Membership, Standing
from shared.auth import Actor, Role
from tests.intake.web.page_client import Visitor
from tests.support.station import Place

PHONE = "19900000001"


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(membership=Membership.ESTATE), "本小区党支部"),
        (Standing(membership=Membership.ELSEWHERE), "组织关系在外"),
        (Standing(membership=Membership.ELSEWHERE, reported=True), "组织关系在外，已来双报到"),
    ],
)
async def test_the_desk_reads_whose_member_somebody_is(
    place: Place, desk: Visitor, wisher: Visitor, standing: Standing, words: str
) -> None:
    path = f"/desk/residents/{place.people[PHONE]}"
    assert "党员" not in (await desk.see(path)).text
    actor = Actor(place.station, place.people[PHONE], frozenset({Role.STAFF}))
    async with place.house.intake.sessions.begin() as tx:
        member = await actions.add(tx, actor, place.people[PHONE], standing)
    assert f"<dt>党员</dt><dd>{words}</dd>" in (await desk.see(path)).text
    for theirs in ("/", "/wishes", "/events", "/volunteer"):
        assert "党员" not in (await wisher.see(theirs)).text
    assert (await wisher.see(path)).status_code == 403
    async with place.house.intake.sessions.begin() as tx:
        await actions.remove(tx, actor, member.id)
