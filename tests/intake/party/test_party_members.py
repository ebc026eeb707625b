"""Party members are the desk's to know, and no message tells of them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from services.intake.volunteers_view.models import Volunteer
from shared.auth import Actor, Role
from tests.intake.station_client import PASSWORD, Scene, Visitor


async def entered(scene: Scene, **said: Any) -> dict[str, Any]:
    """A new resident, entered as a party member."""
    body = {"resident_id": (await scene.registered())["id"], "membership": "estate", **said}
    answer = await scene.desk.post("/party/members", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_desk_enters_members_lists_them_and_takes_them_away(scene: Scene) -> None:
    own = await entered(scene, joined_on="1998-07-01")
    guest = await entered(scene, membership="elsewhere", reported=True)
    assert (own["resident_name"], own["joined_on"]) == ("演示居民", "1998-07-01")
    assert (await scene.desk.get("/party/members")).json() == [guest, own]
    narrowed = await scene.desk.get("/party/members", params={"membership": "elsewhere"})
    assert narrowed.json() == [guest]
    path = f"/party/members/{own['id']}"
    assert (await scene.admin.call("DELETE", path)).status_code == 204
    assert (await scene.desk.call("DELETE", path)).status_code == 404
    assert (await scene.desk.get("/party/members")).json() == [guest]


async def test_the_list_goes_on(scene: Scene) -> None:
    first, second = [await entered(scene) for _ in range(2)]
    page = await scene.desk.get("/party/members", params={"limit": 1})
    assert page.json() == [second]
    rest = await scene.desk.get(page.links["next"]["url"].removeprefix("/api/v1"))
    assert (rest.json(), rest.links) == ([first], {})


async def test_nobody_is_entered_twice(scene: Scene) -> None:
    known = await entered(scene)
    again = {"resident_id": known["resident_id"], "membership": "elsewhere"}
    answer = await scene.desk.post("/party/members", again)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"membership": "estate", "reported": True}, "reported"),
        ({"membership": "estate", "joined_on": "long ago"}, "joined_on"),
        ({"membership": "nowhere"}, "membership"),
    ],
)
async def test_what_cannot_be_so_is_refused(scene: Scene, said: dict[str, Any], field: str) -> None:
    body = {"resident_id": (await scene.registered())["id"], **said}
    answer = await scene.desk.post("/party/members", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await scene.rows("party_members") == 0


async def test_residents_volunteers_partners_and_operators_learn_nothing(
    scene: Scene, everybody_else: list[Visitor]
) -> None:
    member = await entered(scene)
    for one in everybody_else:
        answers = [
            await one.get("/party/members"),
            await one.post("/party/members", {**member, "resident_id": str(one.id_)}),
            await one.call("DELETE", f"/party/members/{member['id']}"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3
        assert all("演示居民" not in answer.text for answer in answers)
    assert await scene.rows("party_members") == 1


async def test_another_station_sees_and_does_nothing(scene: Scene, elsewhere: Scene) -> None:
    member = await entered(scene)
    theirs = elsewhere.desk
    assert (await theirs.get("/party/members")).json() == []
    stranger = {"resident_id": member["resident_id"], "membership": "estate"}
    assert (await theirs.post("/party/members", stranger)).status_code == 404
    assert (await theirs.call("DELETE", f"/party/members/{member['id']}")).status_code == 404
    nobody = {"resident_id": str(uuid4()), "membership": "estate"}
    assert (await scene.desk.post("/party/members", nobody)).status_code == 404
    assert await scene.rows("party_members") == 1


async def test_no_message_tells_of_them(scene: Scene) -> None:
    resident = (await scene.registered())["id"]
    before = await scene.messages()
    body = {"resident_id": resident, "membership": "elsewhere", "reported": True}
    member = (await scene.desk.post("/party/members", body)).json()
    await scene.desk.call("DELETE", f"/party/members/{member['id']}")
    assert await scene.messages() == before
    assert await scene.rows("party_members") == 0


@pytest.fixture
async def everybody_else(scene: Scene) -> list[Visitor]:
    """A resident, a volunteer, a partner and an operator."""
    resident, volunteer = await scene.resident(), await scene.resident()
    await approve(scene, volunteer.id_)
    return [
        resident,
        volunteer,
        *[await account(scene, role) for role in (Role.PARTNER, Role.OPERATOR)],
    ]


async def approve(scene: Scene, resident: UUID) -> None:
    """Let intake know the resident as a volunteer."""
    station = scene.station.id
    values = {"volunteer_id": uuid4(), "resident_id": resident, "state": "approved", "version": 2}
    async with scene.runtime.sessions.begin() as tx:
        tx.add(Volunteer(station_id=station, **values))


async def account(scene: Scene, role: Role) -> Visitor:
    """Somebody with an account of that role, signed in."""
    wanted = NewAccount(username=role.value, display_name="演示", role=role, password=PASSWORD)
    async with scene.runtime.sessions.begin() as tx:
        await accounts.create(tx, Actor.system(scene.station.id), wanted)
    return await scene.sign_in(username=role.value, password=PASSWORD)
