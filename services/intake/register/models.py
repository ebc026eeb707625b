"""The tables of the register: building → home → household."""

from dataclasses import asdict, dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared.aggregate import Aggregate
from shared.errors import Invalid
from shared.language import N_


class Building(Aggregate, Base):
    """A block of the estate, with so many units (stairways)."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("station_id", "number"),)
    plural = "buildings"

    number: Mapped[str]
    name: Mapped[str]
    units: Mapped[int]


class Home(Aggregate, Base):
    """A flat."""

    __tablename__ = "homes"
    __table_args__ = (UniqueConstraint("building_id", "unit", "number"),)
    plural = "homes"

    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    unit: Mapped[int]
    number: Mapped[str]

    @classmethod
    def of(cls, building: Building, unit: int, number: str) -> Self:
        """Create a home of a building. Raises: Invalid, if the building has no such unit."""
        if not 1 <= unit <= building.units:
            raise Invalid(errors={"unit": N_("The building has no such unit")})
        return cls.new(building.station_id, building_id=building.id, unit=unit, number=number)


@dataclass(frozen=True)
class Registration:
    """The registration of a household (户籍): here, or with another village or community.

    `office_phone` is the published number of that office, nobody's personal one.
    """

    own: bool
    registered_with: str | None = None
    office_phone: str | None = None


class Household(Aggregate, Base):
    """The people of one home."""

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("own = (registered_with IS NULL)", name="registration"),
        CheckConstraint("NOT own OR office_phone IS NULL", name="office"),
    )
    plural = "households"

    home_id: Mapped[UUID] = mapped_column(ForeignKey("homes.id"), index=True)
    own: Mapped[bool]
    registered_with: Mapped[str | None]
    office_phone: Mapped[str | None]

    @classmethod
    def of(cls, home: Home, registration: Registration) -> Self:
        """Create a household of a home."""
        return cls.new(home.station_id, home_id=home.id, **asdict(registration))
