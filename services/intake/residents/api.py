"""The endpoints of the register, for the desk."""

from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents import actions, queries
from services.intake.residents.models import Registration, Resident, ResidentFields
from services.intake.residents.phones import Phone
from services.intake.residents.queries import HouseholdWithAddress
from shared.db import sealer_of
from shared.language import N_, Language
from shared.sealing import Sealer
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, RequestModel, ResponseModel, Tx
from shared.web.pagination import Pagination
from shared.web.preconditions import ETag, ETagResponse, IfMatch

router = ApiRouter(tags=["residents"])
T = TypeVar("T")
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=40)]
NameText = Annotated[str, StringConstraints(min_length=1, max_length=60)]
BirthYear = Annotated[int, Field(strict=True, ge=1900, le=2100)]


class AddBuilding(RequestModel):
    """A new building and how many units it has."""

    number: ShortText
    name: Annotated[str, StringConstraints(max_length=60)] = ""
    units: Annotated[int, Field(strict=True, ge=1, le=100)] = 1


class BuildingView(ResponseModel):
    """A building of the register."""

    id: UUID
    number: str
    name: str
    units: int


class AddHome(RequestModel):
    """A new home of a building."""

    unit: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    number: ShortText


class HomeView(ResponseModel):
    """A home of the register."""

    id: UUID
    building_id: UUID
    unit: int
    number: str


class AddHousehold(RequestModel):
    """A new household; `registered_with` is left out where it is registered here (`own`)."""

    home_id: UUID
    own: bool
    registered_with: NameText | None = None
    office_phone: Phone | None = None

    @model_validator(mode="after")
    def _registered_somewhere(self) -> Self:
        elsewhere = self.registered_with is not None
        if self.own == elsewhere or (self.own and self.office_phone is not None):
            raise ValueError(N_("Say where the household is registered, unless it is here"))
        return self


class AddressView(ResponseModel):
    """The address of a home."""

    building: str
    unit: int
    number: str


class HouseholdView(ResponseModel):
    """A household of the register."""

    id: UUID
    home_id: UUID
    own: bool
    registered_with: str | None
    office_phone: str | None


class HouseholdWithAddressView(HouseholdView):
    """A household with its address."""

    address: AddressView

    @classmethod
    def of(cls, entry: HouseholdWithAddress) -> Self:
        """Build the response from a household and its address."""
        household = HouseholdView.model_validate(entry.household)
        address = AddressView.model_validate(entry.address)
        return cls(**household.model_dump(), address=address)


class RegisterResident(RequestModel):
    """A new resident."""

    name: NameText
    phone: Phone | None = None
    household_id: UUID | None = None
    birth_year: BirthYear | None = None
    language: Language = "zh"
    is_head: bool = False


class ChangeResident(RequestModel):
    """The new fields of a resident; the phone stays as it is when it is left out."""

    name: NameText
    phone: Phone | None = None
    household_id: UUID | None
    birth_year: BirthYear | None
    language: Language
    is_head: bool


class ResidentView(ResponseModel):
    """A resident, the phone masked."""

    id: UUID
    name: str
    phone: str | None
    household_id: UUID | None
    birth_year: int | None
    language: Language
    is_head: bool

    @classmethod
    def of(cls, resident: Resident, sealer: Sealer) -> Self:
        """Build the response from a resident, masking the phone."""
        fields = {**vars(resident.to_fields(sealer)), "phone": resident.masked_phone(sealer)}
        return cls(id=resident.id, **fields)


class RevealPhone(RequestModel):
    """The reason why the phone must be seen."""

    reason: Annotated[str, StringConstraints(min_length=2, max_length=200)]


class RevealedPhone(ResponseModel):
    """A phone number in clear."""

    phone: str


def _resident_view(tx: AsyncSession, resident: Resident, etag: ETagResponse) -> ResidentView:
    etag.set_etag(resident.version)
    return ResidentView.of(resident, sealer_of(tx))


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


@router.post("/residents", policy="register.write", status_code=201, problems=(404,))
async def register_resident(
    body: RegisterResident, tx: Tx, actor: CurrentActor, etag: ETag
) -> ResidentView:
    """Add a resident to the register."""
    resident = await actions.register(tx, actor, ResidentFields(**body.model_dump()))
    return _resident_view(tx, resident, etag)


@router.get("/residents", policy="register.read")
async def list_residents(
    tx: Tx, actor: CurrentActor, pagination: Pagination, household_id: UUID | None = None
) -> list[ResidentView]:
    """List the station's residents, or those of one household, phones masked."""
    residents = pagination.set_next_link(
        await queries.list_residents(
            tx, actor.station, household_id, pagination.after, pagination.limit
        )
    )
    return [ResidentView.of(resident, sealer_of(tx)) for resident in residents.items]


@router.get("/residents/{resident_id}", policy="register.read")
async def get_resident(resident_id: UUID, tx: Tx, actor: CurrentActor, etag: ETag) -> ResidentView:
    """Return a resident, the phone masked."""
    resident = await queries.get_resident(tx, actor.station, resident_id)
    return _resident_view(tx, resident, etag)


@router.put("/residents/{resident_id}", policy="register.write")
async def change_resident(
    resident_id: UUID,
    body: ChangeResident,
    tx: Tx,
    actor: CurrentActor,
    edit: IfMatch,
) -> ResidentView:
    """Change a resident, if If-Match names the present version."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    resident = await actions.change(tx, actor, resident_id, changes, edit.expected)
    return _resident_view(tx, resident, edit)


@router.post("/residents/{resident_id}/reveal", policy="residents.reveal")
async def reveal_phone(
    resident_id: UUID, body: RevealPhone, tx: Tx, actor: CurrentActor
) -> RevealedPhone:
    """Return the phone in clear, and record who asked and why."""
    return RevealedPhone(phone=await actions.reveal(tx, actor, resident_id, body.reason))
