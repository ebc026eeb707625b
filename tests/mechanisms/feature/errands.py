"""Errands: a throw-away feature with one aggregate, its history, and one message."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.aggregate import Aggregate, action, load_for_update, only_in, state_check
from shared.auth import Actor, Role
from shared.contracts.contract import Contract, example_id
from shared.db import metadata
from shared.errors import Conflict
from shared.state import Transition, save


class ErrandClaimed(
    Contract,
    type="linli.errand.claimed.v1",
    service="intake",
    subject="errands/{errand_id}",
    readers={"notify"},
    example={"errand_id": example_id(1), "taker_id": example_id(2)},
):
    """A volunteer took an errand."""

    errand_id: UUID
    taker_id: UUID


class Base(DeclarativeBase):
    metadata = metadata()


class ErrandState(StrEnum):
    POSTED = "posted"
    CLAIMED = "claimed"
    FINISHED = "finished"


class AlreadyClaimed(Conflict):
    """Another volunteer was faster."""


class Errand(Aggregate, Base):
    """Something to fetch for a resident."""

    __tablename__ = "errands"
    __table_args__ = (state_check(ErrandState),)
    plural = "errands"
    state: Mapped[str]
    taker_id: Mapped[UUID | None]

    @classmethod
    def post(cls, actor: Actor) -> Self:
        return cls.new(actor.station, state=ErrandState.POSTED.value)

    @action(only_in(ErrandState.POSTED, error=AlreadyClaimed), roles=frozenset({Role.VOLUNTEER}))
    def claim(self, actor: Actor) -> None:
        self.state, self.taker_id = ErrandState.CLAIMED.value, actor.person
        self.pending.append(ErrandClaimed(errand_id=self.id, taker_id=actor.person))

    @action(only_in(ErrandState.CLAIMED, error=Conflict), roles=frozenset({Role.VOLUNTEER}))
    def finish(self, _: Actor) -> None:
        self.state = ErrandState.FINISHED.value


class ErrandTransition(Transition, Base, of=Errand, key="errand_id"):
    """One change of an errand's state."""

    __tablename__ = "errand_transitions"
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errands.id"), primary_key=True)


async def claim(tx: AsyncSession, actor: Actor, errand_id: UUID) -> Errand:
    """Take an errand. Raises: NotFound, AlreadyClaimed, Forbidden."""
    errand = await load_for_update(tx, Errand, errand_id, station=actor.station)
    errand.claim(actor)
    return await save(tx, actor, errand)
