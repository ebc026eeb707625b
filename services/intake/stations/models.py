"""Stations, each a service station with the estate that it serves."""

from datetime import datetime
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from shared import clock
from shared.db import TimestampTZ
from shared.ids import new_id
from shared.language import Language


class Station(Base):
    """A service station with its community and its public phone; no field is personal."""

    __tablename__ = "stations"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    community_zh: Mapped[str]
    community_en: Mapped[str]
    phone: Mapped[str]
    time_zone: Mapped[str]
    demo: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)

    @classmethod
    def create(cls, code: str, names: tuple[str, str], community: tuple[str, str]) -> Self:
        """Create a station; each pair is Chinese, English."""
        return cls(
            id=new_id(),
            code=code,
            name_zh=names[0],
            name_en=names[1],
            community_zh=community[0],
            community_en=community[1],
            phone="",
            time_zone="Asia/Shanghai",
            demo=False,
            created_at=clock.now(),
        )

    def name(self, language: Language) -> str:
        """Return the station's name in that language."""
        return self.name_en if language == "en" else self.name_zh

    def community(self, language: Language) -> str:
        """Return the community's name in that language."""
        return self.community_en if language == "en" else self.community_zh

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the station's calendar."""
        return ZoneInfo(self.time_zone)
