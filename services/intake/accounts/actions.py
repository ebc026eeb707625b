"""Opening accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account, UsernameAlreadyExists
from services.intake.accounts.passwords import hash_password
from shared.auth import Actor, Role
from shared.db import flush_or_conflict, load
from shared.language import Language


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What an account is opened with."""

    username: str
    display_name: str
    role: Role
    password: str


async def create(tx: AsyncSession, actor: Actor, new_account: NewAccount) -> Account:
    """Open an account in the actor's station; UsernameAlreadyExists."""
    account = Account.create(
        actor.station,
        new_account.username,
        new_account.display_name,
        new_account.role,
        await hash_password(new_account.password),
    )
    await flush_or_conflict(tx, account, UsernameAlreadyExists)
    return account


async def set_language(
    tx: AsyncSession, actor: Actor, account_id: UUID, language: Language
) -> Account:
    """Let the account be addressed in that language."""
    account = await load(tx, Account, account_id, station=actor.station, lock=True)
    account.set_language(language)
    return account
