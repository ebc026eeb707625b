"""The read copy's table."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base


class Volunteer(Base):
    """A volunteer as last heard of; `version` is the sequence of the message that said so."""

    __tablename__ = "volunteers"
    __table_args__ = (
        CheckConstraint("state IN ('applied', 'approved')", name="state"),
        Index(None, "station_id", "resident_id"),
    )

    volunteer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
