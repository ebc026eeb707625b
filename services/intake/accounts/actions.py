"""Actions that open accounts and set their language."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account, UsernameAlreadyExists
from services.intake.accounts.passwords import hash_password
from shared.aggregate import flush_or_conflict, load_for_update
from shared.auth import Actor, Role
from shared.language import Language


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """The fields of an account to open."""

    username: str
    display_name: str
    role: Role
    password: str


async def create(tx: AsyncSession, actor: Actor, new_account: NewAccount) -> Account:
    """Open an account in the actor's station. Raises: UsernameAlreadyExists."""
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
    """Set the language in which an account is addressed. Raises: NotFound."""
    account = await load_for_update(tx, Account, account_id, station=actor.station)
    account.set_language(language)
    return account
