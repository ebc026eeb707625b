"""Codes, slips, sessions and attempt counters of sign-in, with every secret hashed."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.residents.models import Resident
from shared import clock
from shared.aggregate import Aggregate
from shared.auth import Actor
from shared.contracts.intake import SignInCodeIssued
from shared.db import TimestampTZ
from shared.ids import new_id

CODE_TTL = timedelta(minutes=5)
MAX_CODE_ATTEMPTS = 5
SLIP_TTL = timedelta(hours=24)
SESSION_TTL = timedelta(days=30)


class SignInCode(Aggregate, Base):
    """A one-time code, stored for unknown phones too, so that both are treated alike.

    `resident_id` is None for a phone that nobody of the station has.
    """

    __tablename__ = "sign_in_codes"
    __table_args__ = (Index(None, "station_id", "phone_lookup", "id"),)
    plural = "sign-in-codes"

    phone_lookup: Mapped[bytes]
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    code_hash: Mapped[bytes]
    tries: Mapped[int]
    used: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(TimestampTZ, index=True)

    @classmethod
    def issue(
        cls, station: UUID, resident_id: UUID | None, phone_lookup: bytes, code_hash: bytes
    ) -> Self:
        """Create a code for a phone."""
        return cls.new(
            station,
            phone_lookup=phone_lookup,
            resident_id=resident_id,
            code_hash=code_hash,
            tries=0,
            used=False,
            expires_at=clock.now() + CODE_TTL,
        )

    def announce(self, resident: Resident, code_sealed: str) -> None:
        """Append the message that has the code sent to the resident's phone."""
        content = {
            "resident_id": resident.id,
            "phone_sealed": resident.phone_sealed,
            "code_sealed": code_sealed,
            "language": resident.language,
            "expires_at": self.expires_at,
        }
        self.pending.append(SignInCodeIssued.model_validate(content))

    def admits(self, code_hash: bytes) -> bool:
        """Return whether the hash fits a code in time, unused, and not attempted too often.

        The present attempt is counted already.
        """
        valid = not self.used and clock.now() < self.expires_at and self.tries <= MAX_CODE_ATTEMPTS
        return valid and self.resident_id is not None and self.code_hash == code_hash


class Slip(Base):
    """A slip of paper from the desk that signs one resident in, once."""

    __tablename__ = "slips"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_by: Mapped[UUID] = mapped_column(Uuid)
    issued_at: Mapped[datetime] = mapped_column(TimestampTZ)
    expires_at: Mapped[datetime] = mapped_column(TimestampTZ, index=True)
    used_at: Mapped[datetime | None] = mapped_column(TimestampTZ)

    @classmethod
    def issue(cls, actor: Actor, code_hash: bytes) -> Self:
        """Create a slip that the actor issues on a resident's behalf."""
        at = clock.now()
        return cls(
            id=new_id(),
            station_id=actor.station,
            resident_id=actor.subject_id,
            code_hash=code_hash,
            issued_by=actor.person,
            issued_at=at,
            expires_at=at + SLIP_TTL,
        )


class Session(Base):
    """A session of a resident or an account; deleting the row ends the session."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(resident_id IS NULL) <> (account_id IS NULL)", name="one_person"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(TimestampTZ)
    expires_at: Mapped[datetime] = mapped_column(TimestampTZ, index=True)

    @classmethod
    def begin(
        cls,
        station: UUID,
        token_hash: bytes,
        *,
        resident_id: UUID | None = None,
        account_id: UUID | None = None,
    ) -> Self:
        """Create a session of that resident or account."""
        at = clock.now()
        return cls(
            token_hash=token_hash,
            station_id=station,
            resident_id=resident_id,
            account_id=account_id,
            began_at=at,
            expires_at=at + SESSION_TTL,
        )


class AttemptCounter(Base):
    """A number of attempts under a hashed key since a moment."""

    __tablename__ = "tries"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(TimestampTZ, index=True)
