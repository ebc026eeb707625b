"""The table of recipients."""

from typing import get_args
from uuid import UUID

from sqlalchemy import BigInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.base import Base
from shared.aggregate import choice_check
from shared.language import Language


class Recipient(Base):
    """A resident as of the newest message, whose sequence is `version`."""

    __tablename__ = "recipients"
    __table_args__ = (choice_check("language", get_args(Language)),)

    resident_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    phone_sealed: Mapped[str | None]
    language: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
