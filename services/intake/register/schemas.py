"""The requests and responses of the register."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.intake.phones import Phone
from services.intake.register.queries import HouseholdWithAddress
from shared.language import N_
from shared.text_validation import OneLine
from shared.web.http import RequestModel, ResponseModel

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=40), OneLine]
NameText = Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine]


class AddBuilding(RequestModel):
    """A new building and how many units it has."""

    number: ShortText
    name: Annotated[str, StringConstraints(max_length=60), OneLine] = ""
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
