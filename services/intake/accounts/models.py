"""Accounts, which sign in with a password."""

from typing import Self, get_args
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from services.intake.base import Base
from shared.aggregate import Aggregate, choice_check
from shared.auth import Role
from shared.errors import Conflict
from shared.language import N_, Language

ROLES = (Role.STAFF, Role.ADMIN, Role.OPERATOR, Role.PARTNER)


class UsernameAlreadyExists(Conflict):
    """A user name that another account of the station has."""

    title = N_("This user name is taken")


class Account(Aggregate, Base):
    """A member of staff, an administrator, an operator, or a partner organisation."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("station_id", "username"),
        choice_check("role", ROLES),
        choice_check("language", get_args(Language)),
    )
    plural = "accounts"

    username: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    password_hash: Mapped[str]

    @classmethod
    def create(
        cls, station: UUID, username: str, display_name: str, role: Role, password_hash: str
    ) -> Self:
        """Create an account; user names are compared without regard to case."""
        return cls.new(
            station,
            username=username.casefold(),
            display_name=display_name,
            role=role.value,
            language="zh",
            password_hash=password_hash,
        )

    def set_language(self, language: Language) -> None:
        """Set the language in which the account is addressed."""
        self.language = language
