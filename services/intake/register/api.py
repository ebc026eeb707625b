"""The endpoints of the register, for the desk."""

from uuid import UUID

from services.intake.register import actions, queries
from services.intake.register.models import Registration
from services.intake.register.schemas import (
    AddBuilding,
    AddHome,
    AddHousehold,
    BuildingView,
    HomeView,
    HouseholdView,
    HouseholdWithAddressView,
)
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Tx
from shared.web.pagination import Pagination

router = ApiRouter(tags=["residents"])


@router.post("/buildings", policy="register.write", status_code=201)
async def add_building(body: AddBuilding, tx: Tx, actor: CurrentActor) -> BuildingView:
    """Add a building to the register."""
    building = await actions.add_building(tx, actor, **body.model_dump())
    return BuildingView.model_validate(building)


@router.get("/buildings", policy="register.read")
async def list_buildings(tx: Tx, actor: CurrentActor, pagination: Pagination) -> list[BuildingView]:
    """List the station's buildings."""
    buildings = pagination.set_next_link(
        await queries.list_buildings(tx, actor.station, pagination.after, pagination.limit)
    )
    return [BuildingView.model_validate(building) for building in buildings.items]


@router.post("/buildings/{building_id}/homes", policy="register.write", status_code=201)
async def add_home(building_id: UUID, body: AddHome, tx: Tx, actor: CurrentActor) -> HomeView:
    """Add a home to the building."""
    home = await actions.add_home(tx, actor, building_id, **body.model_dump())
    return HomeView.model_validate(home)


@router.get("/buildings/{building_id}/homes", policy="register.read")
async def list_homes(
    building_id: UUID, tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[HomeView]:
    """List the building's homes."""
    homes = pagination.set_next_link(
        await queries.list_homes(tx, actor.station, building_id, pagination.after, pagination.limit)
    )
    return [HomeView.model_validate(home) for home in homes.items]


@router.post("/households", policy="register.write", status_code=201, problems=(404,))
async def add_household(body: AddHousehold, tx: Tx, actor: CurrentActor) -> HouseholdView:
    """Add a household to the register."""
    registration = Registration(body.own, body.registered_with, body.office_phone)
    household = await actions.add_household(tx, actor, body.home_id, registration)
    return HouseholdView.model_validate(household)


@router.get("/households", policy="register.read")
async def list_households(
    tx: Tx, actor: CurrentActor, pagination: Pagination, home_id: UUID | None = None
) -> list[HouseholdWithAddressView]:
    """List the station's households, or those of one home."""
    households = pagination.set_next_link(
        await queries.list_households(
            tx, actor.station, home_id, pagination.after, pagination.limit
        )
    )
    return [HouseholdWithAddressView.of(household) for household in households.items]
