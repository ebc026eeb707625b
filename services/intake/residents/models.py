"""The tables of residents, and of each reveal of a phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared import clock
from shared.aggregate import Aggregate, choice_check
from shared.auth import Actor
from shared.contracts.intake import ResidentChanged, ResidentRegistered
from shared.db import TimestampTZ
from shared.ids import new_id
from shared.language import Language
from shared.sealing import Sealer, mask_phone


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
        choice_check("language", get_args(Language)),
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
        resident._set(fields, sealer)
        resident.pending.append(ResidentRegistered.model_validate(resident._projection()))
        return resident

    def change(self, fields: ResidentFields, sealer: Sealer) -> None:
        """Set all fields to the given ones; equal ones are no change."""
        if fields != self.to_fields(sealer):
            self._set(fields, sealer)
            self.pending.append(self.changed_message())

    def _set(self, fields: ResidentFields, sealer: Sealer) -> None:
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
