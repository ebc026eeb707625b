"""Two features that handle the errand's message: one counts, one plans a notice."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from tests.mechanisms.feature.errands import Base, ErrandClaimed


class Tally(Base):
    """One errand that a volunteer took."""

    __tablename__ = "errand_tallies"
    errand_id: Mapped[UUID] = mapped_column(primary_key=True)
    taker_id: Mapped[UUID]


class Notice(Base):
    """One notice that is planned for a volunteer."""

    __tablename__ = "errand_notices"
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID]


async def tally(tx: AsyncSession, messages: list[Message[ErrandClaimed]]) -> None:
    """Count the errands of volunteers."""
    await tx.execute(insert(Tally), [dict(message.content) for message in messages])


async def plan_notice(tx: AsyncSession, message: Message[ErrandClaimed]) -> None:
    tx.add(Notice(message_id=UUID(message.id), recipient_id=message.content.taker_id))


TALLY_HANDLERS: Handlers = {ErrandClaimed: [BatchHandler(tally, subject_locks)]}
NOTICE_HANDLERS: Handlers = {ErrandClaimed: [plan_notice]}
