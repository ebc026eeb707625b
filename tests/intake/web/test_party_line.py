"""Test that only staff see a resident's party membership."""

import pytest

from services.intake.party import actions
from services.intake.party.models import Membership, MembershipFields
from shared.auth import Actor, Role
from tests.support.page_client import PageClient
from tests.support.station import StationFixture

PHONE = "19900000001"


@pytest.mark.parametrize(
    ("membership", "label"),
    [
        (MembershipFields(membership=Membership.ESTATE), "本小区党支部"),
        (MembershipFields(membership=Membership.ELSEWHERE), "组织关系在外"),
        (
            MembershipFields(membership=Membership.ELSEWHERE, reported=True),
            "组织关系在外，已来双报到",
        ),
    ],
)
async def test_only_staff_see_party_membership(
    demo_station: StationFixture,
    desk: PageClient,
    wisher: PageClient,
    membership: MembershipFields,
    label: str,
) -> None:
    path = f"/desk/residents/{demo_station.people[PHONE]}"
    assert "党员" not in (await desk.get(path)).text
    actor = Actor(demo_station.station_id, demo_station.people[PHONE], frozenset({Role.STAFF}))
    async with demo_station.system.intake.sessions.begin() as tx:
        member = await actions.add(tx, actor, demo_station.people[PHONE], membership)
    assert f"<dt>党员</dt><dd>{label}</dd>" in (await desk.get(path)).text
    for own_path in ("/", "/wishes", "/events", "/volunteer"):
        assert "党员" not in (await wisher.get(own_path)).text
    assert (await wisher.get(path)).status_code == 403
    async with demo_station.system.intake.sessions.begin() as tx:
        await actions.remove(tx, actor, member.id)
