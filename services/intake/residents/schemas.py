"""The requests and responses of residents."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.intake.phones import Phone
from services.intake.residents.models import Resident
from shared.language import Language
from shared.sealing import Sealer
from shared.text_validation import OneLine
from shared.web.http import RequestModel, ResponseModel

NameText = Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine]
BirthYear = Annotated[int, Field(strict=True, ge=1900, le=2100)]


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
