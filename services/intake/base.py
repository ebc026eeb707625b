"""The base of intake's tables, and how a row that must be unique is written."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from shared import db
from shared.errors import Conflict

UNIQUE_VIOLATION = "23505"


class Base(DeclarativeBase):
    """All of intake's tables hang on this."""

    metadata = db.metadata()


async def write_unique(tx: AsyncSession, row: Base, taken: type[Conflict]) -> None:
    """Write the new or changed row now; `taken` is raised when a unique constraint refuses it."""
    tx.add(row)
    try:
        await tx.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise taken from None
