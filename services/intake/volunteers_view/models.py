"""The table of the read copy."""

from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared.aggregate import choice_check

VolunteerState = Literal["applied", "approved"]


class Volunteer(Base):
    """A volunteer in the state of the last message; `version` is that message's sequence."""

    __tablename__ = "volunteers"
    __table_args__ = (
        choice_check("state", get_args(VolunteerState)),
        Index(None, "station_id", "resident_id"),
    )

    volunteer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
