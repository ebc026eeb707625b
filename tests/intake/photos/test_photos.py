"""Photos over the API: added by the taker, visible to those who may see them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from services.intake.photos.api import MAX_PHOTO_BYTES
from services.intake.photos.image_processing import NotAnImage
from services.intake.wishes import actions
from services.intake.wishes.errors import NotClaimed
from services.intake.wishes.states import WishState
from shared.auth import Actor, Role
from shared.language import translate
from shared.runtime.runtime import Runtime
from tests.intake.photos.test_image_processing import encode_image
from tests.intake.station_client import StationClient
from tests.intake.wishes.people import People
from tests.support.api_clients import ApiClient

JPEG_HEADERS = {"Content-Type": "image/jpeg"}
IMAGE = encode_image("JPEG")


class ClaimedWish:
    """A wish that the volunteer has claimed, and its people at the API."""

    def __init__(self, station_client: StationClient, people: People, wish: str) -> None:
        self.station_client, self.people, self.wish = station_client, people, wish

    @property
    def path(self) -> str:
        """The path of the wish's photos."""
        return f"/wishes/{self.wish}/photos"

    async def sign_in(self, actor: Actor) -> ApiClient:
        """Sign one of the people in with a slip."""
        slip = await self.station_client.desk.post(f"/residents/{actor.person}/slips")
        return await self.station_client.sign_in(slip=slip.json()["code"])

    async def add_photo(
        self, client: ApiClient, image: bytes = IMAGE, **params: str
    ) -> httpx.Response:
        """Upload a photo and return the response."""
        return await client.call(
            "POST", self.path, content=image, headers=JPEG_HEADERS, params=params
        )


@pytest.fixture
async def claimed_wish(station_client: StationClient, runtime: Runtime) -> ClaimedWish:
    """Create a wish that the volunteer has claimed."""
    desk = Actor(station_client.station.id, station_client.desk.person_id, frozenset({Role.STAFF}))
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wish = await people.create_wish(tx, WishState.CLAIMED)
    return ClaimedWish(station_client, people, str(wish.id))


async def test_taker_adds_photos_and_reads_them(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    added = await claimed_wish.add_photo(volunteer)
    assert added.status_code == 201, added.text
    photo = added.json()
    assert (photo["width"], photo["height"], photo["may_be_public"]) == (40, 20, False)
    assert (await volunteer.get(claimed_wish.path)).json() == [photo]
    response = await volunteer.get(f"/photos/{photo['id']}")
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["cache-control"] == "private, no-store"
    assert response.content.startswith(b"\xff\xd8\xff")


async def test_fifth_photo_is_refused_until_one_is_removed(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    added = [await claimed_wish.add_photo(volunteer) for _ in range(5)]
    assert [answer.status_code for answer in added] == [201] * 4 + [409]
    path = f"/photos/{added[0].json()['id']}"
    assert (await volunteer.call("DELETE", path)).status_code == 204
    assert (await volunteer.get(path)).status_code == 404
    assert (await claimed_wish.add_photo(volunteer)).status_code == 201


async def test_others_neither_add_nor_see_photos(
    claimed_wish: ClaimedWish, other_station_client: StationClient
) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    photo = f"/photos/{(await claimed_wish.add_photo(volunteer, public='true')).json()['id']}"
    second = await claimed_wish.sign_in(claimed_wish.people.second)
    neighbour = await claimed_wish.sign_in(claimed_wish.people.neighbour)
    for somebody in (second, neighbour, other_station_client.desk):
        assert (await somebody.get(photo)).status_code == 404
        assert (await somebody.get(claimed_wish.path)).status_code == 404
    assert (await claimed_wish.add_photo(second)).status_code == 404
    assert (await claimed_wish.add_photo(neighbour)).status_code == 403
    assert (await claimed_wish.add_photo(other_station_client.desk)).status_code == 404
    assert (await second.call("DELETE", photo)).status_code == 404
    wisher = await claimed_wish.sign_in(claimed_wish.people.wisher)
    assert (await wisher.get(photo)).status_code == 200
    assert (await claimed_wish.station_client.desk.get(photo)).status_code == 200


@pytest.mark.parametrize(
    ("public", "consent", "status"),
    [("true", True, 200), ("true", False, 404), ("false", True, 404)],
)
async def test_neighbours_see_a_photo_when_taker_and_resident_consent(
    claimed_wish: ClaimedWish, public: str, consent: bool, status: int
) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    photo = f"/photos/{(await claimed_wish.add_photo(volunteer, public=public)).json()['id']}"
    wish_path = f"/wishes/{claimed_wish.wish}"
    await volunteer.post(f"{wish_path}/deliver", {"note": "换好了", "minutes": 30})
    neighbour = await claimed_wish.sign_in(claimed_wish.people.neighbour)
    assert (await neighbour.get(photo)).status_code == 404
    wisher = await claimed_wish.sign_in(claimed_wish.people.wisher)
    await wisher.post(f"{wish_path}/confirm", {"photos_public": consent})
    assert (await neighbour.get(photo)).status_code == status
    await wisher.post(f"{wish_path}/reopen", {"reason": "又坏了"})
    assert (await neighbour.get(photo)).status_code == 404


async def test_former_taker_cannot_see_the_photos(
    claimed_wish: ClaimedWish, runtime: Runtime
) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    photo = f"/photos/{(await claimed_wish.add_photo(volunteer)).json()['id']}"
    await volunteer.post(f"/wishes/{claimed_wish.wish}/release")
    assert (await volunteer.get(photo)).status_code == 404
    assert (await volunteer.get(claimed_wish.path)).json() == []
    async with runtime.sessions.begin() as tx:
        await actions.claim(tx, claimed_wish.people.second, UUID(claimed_wish.wish))
    second = await claimed_wish.sign_in(claimed_wish.people.second)
    assert (await second.get(photo)).status_code == 404
    assert (await second.get(claimed_wish.path)).json() == []


async def test_photo_after_the_delivery_is_neither_removable_nor_public(
    claimed_wish: ClaimedWish,
) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    before = (await claimed_wish.add_photo(volunteer, public="true")).json()
    wish_path = f"/wishes/{claimed_wish.wish}"
    await volunteer.post(f"{wish_path}/deliver", {"note": "换好了", "minutes": 30})
    after = (await claimed_wish.add_photo(volunteer, public="true")).json()
    assert (before["may_be_public"], after["may_be_public"]) == (True, False)
    for photo in (before, after):
        assert (await volunteer.call("DELETE", f"/photos/{photo['id']}")).status_code == 409
    wisher = await claimed_wish.sign_in(claimed_wish.people.wisher)
    assert (await wisher.get(claimed_wish.path)).json() == [before, after]
    await wisher.post(f"{wish_path}/confirm", {"photos_public": True})
    neighbour = await claimed_wish.sign_in(claimed_wish.people.neighbour)
    assert (await neighbour.get(claimed_wish.path)).json() == [before]
    assert (await neighbour.get(f"/photos/{after['id']}")).status_code == 404
    assert (await claimed_wish.add_photo(volunteer)).status_code == 409


async def test_photo_of_an_unclaimed_wish_is_refused(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    await volunteer.post(f"/wishes/{claimed_wish.wish}/release")
    refused = await claimed_wish.add_photo(volunteer)
    assert refused.status_code == 409
    assert refused.json()["title"] == translate(NotClaimed.title, "zh")


async def test_only_four_of_eight_concurrent_uploads_are_stored(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    added = await asyncio.gather(*(claimed_wish.add_photo(volunteer) for _ in range(8)))
    assert Counter(answer.status_code for answer in added) == {201: 4, 409: 4}
    assert len((await volunteer.get(claimed_wish.path)).json()) == 4


async def test_only_the_desk_adds_and_removes_photos_for_others(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    photo = f"/photos/{(await claimed_wish.add_photo(volunteer)).json()['id']}"
    second = await claimed_wish.sign_in(claimed_wish.people.second)
    behalf = str(claimed_wish.people.volunteer.person)
    assert (await claimed_wish.add_photo(second, on_behalf_of=behalf)).status_code == 403
    for path in (photo, f"/photos/{uuid4()}"):
        refused = await second.call("DELETE", path, params={"on_behalf_of": behalf})
        assert refused.status_code == 403
    removed = await claimed_wish.station_client.desk.call(
        "DELETE", photo, params={"on_behalf_of": behalf}
    )
    assert removed.status_code == 204


async def test_the_desk_adds_on_behalf_of_the_volunteer(claimed_wish: ClaimedWish) -> None:
    behalf = str(claimed_wish.people.volunteer.person)
    assert (await claimed_wish.add_photo(claimed_wish.station_client.desk)).status_code == 403
    assert (
        await claimed_wish.add_photo(claimed_wish.station_client.desk, on_behalf_of=behalf)
    ).status_code == 201


async def test_invalid_uploads_are_refused(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    broken = await claimed_wish.add_photo(volunteer, IMAGE[:200])
    assert broken.status_code == 422
    assert broken.headers["content-type"] == "application/problem+json"
    assert broken.json()["title"] == translate(NotAnImage.title, "zh")
    plain = {"Content-Type": "text/plain"}
    other = await volunteer.call("POST", claimed_wish.path, content=IMAGE, headers=plain)
    assert other.status_code == 415
    assert (await claimed_wish.add_photo(volunteer, public="perhaps")).status_code == 422
    assert (await claimed_wish.add_photo(volunteer, other="field")).status_code == 422
    assert (await volunteer.get(claimed_wish.path)).json() == []


async def test_photo_of_a_megabyte_is_accepted(
    claimed_wish: ClaimedWish,
) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    padded = IMAGE + bytes(1_000_000)
    assert (await claimed_wish.add_photo(volunteer, padded)).status_code == 201


async def test_oversized_bodies_are_refused(claimed_wish: ClaimedWish) -> None:
    volunteer = await claimed_wish.sign_in(claimed_wish.people.volunteer)
    upload = IMAGE + bytes(MAX_PHOTO_BYTES)

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(upload), 1024 * 1024):
            yield upload[start : start + 1024 * 1024]

    report = {"note": "好" * 30_000, "minutes": 30}
    for response in (
        await claimed_wish.add_photo(volunteer, upload),
        await volunteer.call("POST", claimed_wish.path, content=stream(), headers=JPEG_HEADERS),
        await volunteer.post(f"/wishes/{claimed_wish.wish}/deliver", report),
    ):
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
    assert (await volunteer.get(claimed_wish.path)).json() == []
