"""Photos over the API: added by the taker, seen by those who may."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from services.intake.photos.api import LARGEST
from services.intake.photos.image_processing import NotAPicture
from services.intake.wishes import actions
from services.intake.wishes.errors import NotClaimed
from services.intake.wishes.models import State
from shared.auth import Actor, Role
from shared.language import translate
from shared.runtime.runtime import Runtime
from tests.intake.photos.test_image_processing import encoded
from tests.intake.station_client import Scene, Visitor
from tests.intake.wishes.people import People

JPEG = {"Content-Type": "image/jpeg"}
PICTURE = encoded("JPEG")


class Taken:
    """A wish that the volunteer took, and its people at the API."""

    def __init__(self, scene: Scene, people: People, wish: str) -> None:
        self.scene, self.people, self.wish = scene, people, wish

    @property
    def path(self) -> str:
        """Where the wish's photos are."""
        return f"/wishes/{self.wish}/photos"

    async def signed_in(self, actor: Actor) -> Visitor:
        """One of the people, signed in with a slip."""
        slip = await self.scene.desk.post(f"/residents/{actor.person}/slips")
        return await self.scene.sign_in(slip=slip.json()["code"])

    async def add(self, who: Visitor, sent: bytes = PICTURE, **more: str) -> httpx.Response:
        """The answer to sending a photo."""
        return await who.call("POST", self.path, content=sent, headers=JPEG, params=more)


@pytest.fixture
async def taken(scene: Scene, runtime: Runtime) -> Taken:
    """A wish that the volunteer took."""
    desk = Actor(scene.station.id, scene.desk.id_, frozenset({Role.STAFF}))
    async with runtime.sessions.begin() as tx:
        people = await People.met(tx, desk)
        wish = await people.wish(tx, State.CLAIMED)
    return Taken(scene, people, str(wish.id))


async def test_the_taker_adds_photos_and_sees_them(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    added = await taken.add(volunteer)
    assert added.status_code == 201, added.text
    photo = added.json()
    assert (photo["width"], photo["height"], photo["may_be_public"]) == (40, 20, False)
    assert (await volunteer.get(taken.path)).json() == [photo]
    seen = await volunteer.get(f"/photos/{photo['id']}")
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["cache-control"] == "private, no-store"
    assert seen.content.startswith(b"\xff\xd8\xff")


async def test_a_repeated_upload_adds_one_photo(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    headers = {**JPEG, "Idempotency-Key": str(uuid4())}
    answers = [
        await volunteer.call("POST", taken.path, content=PICTURE, headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await volunteer.get(taken.path)).json()) == 1


async def test_a_wish_has_at_most_four_and_one_can_be_taken_away(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    added = [await taken.add(volunteer) for _ in range(5)]
    assert [answer.status_code for answer in added] == [201] * 4 + [409]
    gone = f"/photos/{added[0].json()['id']}"
    assert (await volunteer.call("DELETE", gone)).status_code == 204
    assert (await volunteer.get(gone)).status_code == 404
    assert (await taken.add(volunteer)).status_code == 201


async def test_others_neither_add_nor_see_photos(taken: Taken, elsewhere: Scene) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    photo = f"/photos/{(await taken.add(volunteer, public='true')).json()['id']}"
    second = await taken.signed_in(taken.people.second)
    neighbour = await taken.signed_in(taken.people.neighbour)
    for somebody in (second, neighbour, elsewhere.desk):
        assert (await somebody.get(photo)).status_code == 404
        assert (await somebody.get(taken.path)).status_code == 404
    assert (await taken.add(second)).status_code == 404
    assert (await taken.add(neighbour)).status_code == 403
    assert (await taken.add(elsewhere.desk)).status_code == 404
    assert (await second.call("DELETE", photo)).status_code == 404
    wisher = await taken.signed_in(taken.people.wisher)
    assert (await wisher.get(photo)).status_code == 200
    assert (await taken.scene.desk.get(photo)).status_code == 200


@pytest.mark.parametrize(
    ("public", "consent", "status"),
    [("true", True, 200), ("true", False, 404), ("false", True, 404)],
)
async def test_neighbours_see_it_when_maker_and_resident_consent(
    taken: Taken, public: str, consent: bool, status: int
) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    photo = f"/photos/{(await taken.add(volunteer, public=public)).json()['id']}"
    act = f"/wishes/{taken.wish}"
    await volunteer.post(f"{act}/deliver", {"note": "换好了", "minutes": 30})
    neighbour = await taken.signed_in(taken.people.neighbour)
    assert (await neighbour.get(photo)).status_code == 404
    wisher = await taken.signed_in(taken.people.wisher)
    await wisher.post(f"{act}/confirm", {"photos_public": consent})
    assert (await neighbour.get(photo)).status_code == status
    await wisher.post(f"{act}/reopen", {"reason": "又坏了"})
    assert (await neighbour.get(photo)).status_code == 404


async def test_who_gave_the_wish_back_sees_its_photos_no_more(
    taken: Taken, runtime: Runtime
) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    photo = f"/photos/{(await taken.add(volunteer)).json()['id']}"
    await volunteer.post(f"/wishes/{taken.wish}/release")
    assert (await volunteer.get(photo)).status_code == 404
    assert (await volunteer.get(taken.path)).json() == []
    async with runtime.sessions.begin() as tx:
        await actions.claim(tx, taken.people.second, UUID(taken.wish))
    second = await taken.signed_in(taken.people.second)
    assert (await second.get(photo)).status_code == 404
    assert (await second.get(taken.path)).json() == []


async def test_what_comes_after_the_delivery_stays_and_is_not_published(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    before = (await taken.add(volunteer, public="true")).json()
    act = f"/wishes/{taken.wish}"
    await volunteer.post(f"{act}/deliver", {"note": "换好了", "minutes": 30})
    after = (await taken.add(volunteer, public="true")).json()
    assert (before["may_be_public"], after["may_be_public"]) == (True, False)
    for photo in (before, after):
        assert (await volunteer.call("DELETE", f"/photos/{photo['id']}")).status_code == 409
    wisher = await taken.signed_in(taken.people.wisher)
    assert (await wisher.get(taken.path)).json() == [before, after]
    await wisher.post(f"{act}/confirm", {"photos_public": True})
    neighbour = await taken.signed_in(taken.people.neighbour)
    assert (await neighbour.get(taken.path)).json() == [before]
    assert (await neighbour.get(f"/photos/{after['id']}")).status_code == 404
    assert (await taken.add(volunteer)).status_code == 409


async def test_nobody_adds_photos_to_a_wish_that_nobody_has(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    await volunteer.post(f"/wishes/{taken.wish}/release")
    refused = await taken.add(volunteer)
    assert refused.status_code == 409
    assert refused.json()["title"] == translate(NotClaimed.title, "zh")


async def test_of_eight_photos_at_once_four_are_kept(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    added = await asyncio.gather(*(taken.add(volunteer) for _ in range(8)))
    assert Counter(answer.status_code for answer in added) == {201: 4, 409: 4}
    assert len((await volunteer.get(taken.path)).json()) == 4


async def test_only_the_desk_shows_and_takes_away_for_others(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    photo = f"/photos/{(await taken.add(volunteer)).json()['id']}"
    second = await taken.signed_in(taken.people.second)
    behalf = str(taken.people.volunteer.person)
    assert (await taken.add(second, on_behalf_of=behalf)).status_code == 403
    for path in (photo, f"/photos/{uuid4()}"):
        tried = await second.call("DELETE", path, params={"on_behalf_of": behalf})
        assert tried.status_code == 403
    gone = await taken.scene.desk.call("DELETE", photo, params={"on_behalf_of": behalf})
    assert gone.status_code == 204


async def test_the_desk_adds_on_behalf_of_the_volunteer(taken: Taken) -> None:
    behalf = str(taken.people.volunteer.person)
    assert (await taken.add(taken.scene.desk)).status_code == 403
    assert (await taken.add(taken.scene.desk, on_behalf_of=behalf)).status_code == 201


async def test_bad_pictures_are_problems(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    broken = await taken.add(volunteer, PICTURE[:200])
    assert broken.status_code == 422
    assert broken.headers["content-type"] == "application/problem+json"
    assert broken.json()["title"] == translate(NotAPicture.title, "zh")
    plain = {"Content-Type": "text/plain"}
    other = await volunteer.call("POST", taken.path, content=PICTURE, headers=plain)
    assert other.status_code == 415
    assert (await taken.add(volunteer, public="perhaps")).status_code == 422
    assert (await taken.add(volunteer, other="field")).status_code == 422
    assert (await volunteer.get(taken.path)).json() == []


async def test_a_photo_may_be_larger_than_other_bodies_but_not_too_large(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    padded = PICTURE + bytes(1_000_000)
    assert (await taken.add(volunteer, padded)).status_code == 201


async def test_what_is_too_large_is_a_problem_however_it_is_sent(taken: Taken) -> None:
    volunteer = await taken.signed_in(taken.people.volunteer)
    sent = PICTURE + bytes(LARGEST)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), 1024 * 1024):
            yield sent[start : start + 1024 * 1024]

    note = {"note": "好" * 30_000, "minutes": 30}
    for large in (
        await taken.add(volunteer, sent),
        await volunteer.call("POST", taken.path, content=in_pieces(), headers=JPEG),
        await volunteer.post(f"/wishes/{taken.wish}/deliver", note),
    ):
        assert large.status_code == 413
        assert large.headers["content-type"] == "application/problem+json"
    assert (await volunteer.get(taken.path)).json() == []
