"""The register as the desk reads and writes it."""

from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents import actions, queries
from services.intake.residents.models import Details, Registration, Resident
from services.intake.residents.phones import Phone
from services.intake.residents.queries import Lived
from shared.db import sealer_of
from shared.language import N_, Language
from shared.sealing import Sealer
from shared.web.http import Api, Body, Tx, View, Where, Who
from shared.web.preconditions import ETag, IfMatch, Shown

router = Api(tags=["residents"])
T = TypeVar("T")
Short = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Named = Annotated[str, StringConstraints(min_length=1, max_length=60)]
BirthYear = Annotated[int, Field(ge=1900, le=2100)]


class AddBuilding(Body):
    """A block and how many units it has."""

    number: Short
    name: Annotated[str, StringConstraints(max_length=60)] = ""
    units: Annotated[int, Field(ge=1, le=100)] = 1


class BuildingView(View):
    """A building of the register."""

    id: UUID
    number: str
    name: str
    units: int


class AddHome(Body):
    """A flat of a building."""

    unit: Annotated[int, Field(ge=1, le=100)] = 1
    number: Short


class HomeView(View):
    """A home of the register."""

    id: UUID
    building_id: UUID
    unit: int
    number: str


class AddHousehold(Body):
    """A household and where it is registered: `registered_with` is left out for one's own."""

    home_id: UUID
    own: bool
    registered_with: Named | None = None
    office_phone: Phone | None = None

    @model_validator(mode="after")
    def _registered_somewhere(self) -> Self:
        elsewhere = self.registered_with is not None
        if self.own == elsewhere or (self.own and self.office_phone is not None):
            raise ValueError(N_("Say where the household is registered, unless it is here"))
        return self


class AddressView(View):
    """Where a home is."""

    building: str
    unit: int
    number: str


class HouseholdView(View):
    """A household of the register."""

    id: UUID
    home_id: UUID
    own: bool
    registered_with: str | None
    office_phone: str | None


class LivedView(HouseholdView):
    """A household with its address."""

    address: AddressView

    @classmethod
    def of(cls, lived: Lived) -> Self:
        """The view of a household."""
        household = HouseholdView.model_validate(lived.household)
        address = AddressView.model_validate(lived.address)
        return cls(**household.model_dump(), address=address)


class RegisterResident(Body):
    """A new resident."""

    name: Named
    phone: Phone | None = None
    household_id: UUID | None = None
    birth_year: BirthYear | None = None
    language: Language = "zh"
    is_head: bool = False


class ChangeResident(Body):
    """What the register shall say; the phone stays as it is when it is left out."""

    name: Named
    phone: Phone | None = None
    household_id: UUID | None
    birth_year: BirthYear | None
    language: Language
    is_head: bool


class ResidentView(View):
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
        """The view of a resident."""
        details = resident.details(sealer)
        said = {**vars(details), "phone": resident.masked_phone(sealer)}
        return cls(id=resident.id, **said)


class RevealPhone(Body):
    """Why the phone must be seen."""

    reason: Annotated[str, StringConstraints(min_length=2, max_length=200)]


class RevealedPhone(View):
    """A phone number in clear."""

    phone: str


def _shown(tx: AsyncSession, resident: Resident, etag: Shown) -> ResidentView:
    etag.name(resident.version)
    return ResidentView.of(resident, sealer_of(tx))


@router.post("/buildings", policy="register.write", status_code=201)
async def add_building(body: AddBuilding, tx: Tx, actor: Who) -> BuildingView:
    """Put a building on the register."""
    building = await actions.add_building(tx, actor, **body.model_dump())
    return BuildingView.model_validate(building)


@router.get("/buildings", policy="register.read")
async def list_buildings(tx: Tx, actor: Who, where: Where) -> list[BuildingView]:
    """The station's buildings."""
    found = where.link(await queries.buildings(tx, actor.station, where.after, where.limit))
    return [BuildingView.model_validate(building) for building in found.items]


@router.post("/buildings/{building_id}/homes", policy="register.write", status_code=201)
async def add_home(building_id: UUID, body: AddHome, tx: Tx, actor: Who) -> HomeView:
    """Put a home of the building on the register."""
    home = await actions.add_home(tx, actor, building_id, **body.model_dump())
    return HomeView.model_validate(home)


@router.get("/buildings/{building_id}/homes", policy="register.read")
async def list_homes(building_id: UUID, tx: Tx, actor: Who, where: Where) -> list[HomeView]:
    """The building's homes."""
    found = where.link(
        await queries.homes(tx, actor.station, building_id, where.after, where.limit)
    )
    return [HomeView.model_validate(home) for home in found.items]


@router.post("/households", policy="register.write", status_code=201, problems=(404,))
async def add_household(body: AddHousehold, tx: Tx, actor: Who) -> HouseholdView:
    """Put a household on the register."""
    registration = Registration(body.own, body.registered_with, body.office_phone)
    household = await actions.add_household(tx, actor, body.home_id, registration)
    return HouseholdView.model_validate(household)


@router.get("/households", policy="register.read")
async def list_households(
    tx: Tx, actor: Who, where: Where, home_id: UUID | None = None
) -> list[LivedView]:
    """The station's households, or those of one home."""
    found = where.link(
        await queries.households(tx, actor.station, home_id, where.after, where.limit)
    )
    return [LivedView.of(lived) for lived in found.items]


@router.post("/residents", policy="register.write", status_code=201, problems=(404,))
async def register_resident(body: RegisterResident, tx: Tx, actor: Who, etag: ETag) -> ResidentView:
    """Put a resident on the register."""
    resident = await actions.register(tx, actor, Details(**body.model_dump()))
    return _shown(tx, resident, etag)


@router.get("/residents", policy="register.read")
async def list_residents(
    tx: Tx, actor: Who, where: Where, household_id: UUID | None = None
) -> list[ResidentView]:
    """The station's residents, or those of one household, phones masked."""
    found = where.link(
        await queries.residents(tx, actor.station, household_id, where.after, where.limit)
    )
    return [ResidentView.of(resident, sealer_of(tx)) for resident in found.items]


@router.get("/residents/{resident_id}", policy="register.read")
async def get_resident(resident_id: UUID, tx: Tx, actor: Who, etag: ETag) -> ResidentView:
    """One resident, the phone masked."""
    resident = await queries.resident(tx, actor.station, resident_id)
    return _shown(tx, resident, etag)


@router.put("/residents/{resident_id}", policy="register.write")
async def change_resident(
    resident_id: UUID,
    body: ChangeResident,
    tx: Tx,
    actor: Who,
    edit: IfMatch,
) -> ResidentView:
    """Change what the register says, if it still says what If-Match names."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    resident = await actions.change(tx, actor, resident_id, changes, edit.expected)
    return _shown(tx, resident, edit)


@router.post("/residents/{resident_id}/reveal", policy="residents.reveal")
async def reveal_phone(resident_id: UUID, body: RevealPhone, tx: Tx, actor: Who) -> RevealedPhone:
    """The phone in clear, recorded with who asked and why."""
    return RevealedPhone(phone=await actions.reveal(tx, actor, resident_id, body.reason))
