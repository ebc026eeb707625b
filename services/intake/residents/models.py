"""The register's tables: building → home → household → resident, and each reveal of a phone."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared import clock
from shared.aggregate import Aggregate
from shared.auth import Actor
from shared.contracts.intake import ResidentChanged, ResidentRegistered
from shared.db import TimestampTZ
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.language import N_, Language
from shared.sealing import Sealer, mask_phone


class BuildingAlreadyExists(Conflict):
    """A second building with the same number."""

    title = N_("This building is on the register already")


class HomeAlreadyExists(Conflict):
    """A second home with the same unit and number."""

    title = N_("This home is on the register already")


class PhoneAlreadyExists(Conflict):
    """A phone that another resident of the station has."""

    title = N_("Somebody on the register has this phone number already")


class NoPhone(Conflict):
    """A reveal for a resident without a phone."""

    title = N_("This resident has no phone number on the register")


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


@dataclass(frozen=True, kw_only=True)
class ResidentFields:
    """The editable fields of a resident; `phone` is in its normalized form."""

    name: str
    phone: str | None = None
    household_id: UUID | None = None
    birth_year: int | None = None
    language: Language = "zh"
    is_head: bool = False


class Resident(Aggregate, Base):
    """A person of the estate; the phone is sealed, and looked up by its keyed hash."""

    __tablename__ = "residents"
    __table_args__ = (
        UniqueConstraint("station_id", "phone_lookup"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_lookup IS NULL)", name="phone"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
    )
    plural = "residents"

    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    name: Mapped[str]
    phone_sealed: Mapped[str | None]
    phone_lookup: Mapped[bytes | None]
    birth_year: Mapped[int | None]
    language: Mapped[str]
    is_head: Mapped[bool]

    @classmethod
    def register(cls, station: UUID, fields: ResidentFields, sealer: Sealer) -> Self:
        """Create a resident of the station."""
        resident = cls.new(station)
        resident.change(fields, sealer)
        return resident

    def change(self, fields: ResidentFields, sealer: Sealer) -> None:
        """Set all fields to the given ones."""
        self.name = fields.name
        self.household_id = fields.household_id
        self.birth_year = fields.birth_year
        self.language = fields.language
        self.is_head = fields.is_head
        if fields.phone is None:
            self.phone_sealed = self.phone_lookup = None
        elif sealer.blind_index(fields.phone) != self.phone_lookup:
            self.phone_sealed = sealer.seal(fields.phone)
            self.phone_lookup = sealer.blind_index(fields.phone)

    def to_fields(self, sealer: Sealer) -> ResidentFields:
        """Return the present fields, the phone in clear."""
        return ResidentFields(
            name=self.name,
            phone=self.phone(sealer),
            household_id=self.household_id,
            birth_year=self.birth_year,
            language="en" if self.language == "en" else "zh",
            is_head=self.is_head,
        )

    def phone(self, sealer: Sealer) -> str | None:
        """Return the phone in clear, to be shown only through a reveal."""
        return sealer.unseal(self.phone_sealed) if self.phone_sealed else None

    def masked_phone(self, sealer: Sealer) -> str | None:
        """Return the phone with its middle hidden."""
        phone = self.phone(sealer)
        return mask_phone(phone) if phone else None

    def registered_message(self) -> ResidentRegistered:
        """Build the message about the registration."""
        return ResidentRegistered.model_validate(self._projection())

    def changed_message(self) -> ResidentChanged:
        """Build the message with the present fields."""
        return ResidentChanged.model_validate(self._projection())

    def _projection(self) -> dict[str, object]:
        return {
            "resident_id": self.id,
            "phone_sealed": self.phone_sealed,
            "language": self.language,
        }


class Reveal(Base):
    """A record of who saw whose phone in clear, when and why; rows are only ever added."""

    __tablename__ = "reveals"
    __table_args__ = (Index(None, "station_id", "resident_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    revealed_by: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str]
    revealed_at: Mapped[datetime] = mapped_column(TimestampTZ)

    @classmethod
    def to(cls, actor: Actor, resident: Resident, reason: str) -> Self:
        """Create the record of a reveal."""
        return cls(
            id=new_id(),
            station_id=actor.station,
            resident_id=resident.id,
            revealed_by=actor.person,
            reason=reason,
            revealed_at=clock.now(),
        )
