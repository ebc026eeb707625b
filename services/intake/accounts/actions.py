"""Opening accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account, UsernameTaken
from services.intake.accounts.passwords import hashed
from shared.auth import Actor, Role
from shared.db import load, write_unique
from shared.language import Language


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What an account is opened with."""

    username: str
    display_name: str
    role: Role
    password: str


async def create(tx: AsyncSession, actor: Actor, wanted: NewAccount) -> Account:
    """Open an account in the actor's station; UsernameTaken."""
    account = Account.create(
        actor.station,
        wanted.username,
        wanted.display_name,
        wanted.role,
        await hashed(wanted.password),
    )
    await write_unique(tx, account, UsernameTaken)
    return account


async def speak(tx: AsyncSession, actor: Actor, account_id: UUID, language: Language) -> Account:
    """Let the account be addressed in that language."""
    account = await load(tx, Account, account_id, station=actor.station, lock=True)
    account.speak(language)
    return account
