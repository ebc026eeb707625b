"""The register over the API: buildings, homes and households, within the station."""

import pytest

from tests.intake.station_client import StationClient


async def test_desk_registers_building_home_and_household(station_client: StationClient) -> None:
    home = await station_client.create_home()
    body = {
        "home_id": home,
        "own": False,
        "registered_with": "白马村",
        "office_phone": "073158261234",
    }
    household = (await station_client.desk.post("/households", body)).json()
    listed = (await station_client.desk.get("/households", params={"home_id": home})).json()
    assert [item["id"] for item in listed] == [household["id"]]
    assert listed[0]["address"] == {"building": "1", "unit": 1, "number": "101"}
    assert listed[0]["registered_with"] == "白马村"
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    homes = (await station_client.desk.get(f"/buildings/{building}/homes")).json()
    assert [item["id"] for item in homes] == [home]


async def test_duplicate_building_or_home_is_refused(station_client: StationClient) -> None:
    await station_client.create_home()
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    for path, body in (
        ("/buildings", {"number": "1"}),
        (f"/buildings/{building}/homes", {"number": "101"}),
    ):
        assert (await station_client.desk.post(path, body)).status_code == 409, path


async def test_another_station_can_have_the_same_building(
    station_client: StationClient, other_station_client: StationClient
) -> None:
    for client in (station_client, other_station_client):
        assert (await client.desk.post("/buildings", {"number": "1"})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"own": True, "registered_with": "白马村"},
        {"own": False},
        {"own": True, "office_phone": "073158261234"},
    ],
)
async def test_household_with_an_inconsistent_registration_is_refused(
    station_client: StationClient, body: dict[str, object]
) -> None:
    home = await station_client.create_home()
    assert (
        await station_client.desk.post("/households", {"home_id": home, **body})
    ).status_code == 422


async def test_home_in_a_missing_unit_is_refused(station_client: StationClient) -> None:
    await station_client.create_home()
    building = (await station_client.desk.get("/buildings")).json()[0]["id"]
    answer = await station_client.desk.post(
        f"/buildings/{building}/homes", {"unit": 3, "number": "1"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "unit"
