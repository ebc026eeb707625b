"""The points that moved in a case, for its trail."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import Transfer
from shared.contracts.volunteers import PointsAwarded, PointsReversed
from shared.trail import Case, Effect

SIGNS = {PointsAwarded.type: 1, PointsReversed.type: -1}


async def points_moved(tx: AsyncSession, case: Case) -> Sequence[Effect]:
    """The transfers that the case's messages tell of, which are all of them."""
    told = {
        UUID(message.data["transfer_id"]): message
        for message in case.messages
        if message.type in SIGNS
    }
    statement = (
        select(Transfer)
        .where(Transfer.id.in_(told), Transfer.station_id == case.station)
        .order_by(Transfer.created_at, Transfer.id)
    )
    return [
        Effect(
            kind="points",
            id=transfer.id,
            what=transfer.rule,
            state=transfer.kind,
            causation=told[transfer.id].causationid,
            subject=transfer.cause_subject,
            to=told[transfer.id].data["owner_id"],
            amount=SIGNS[told[transfer.id].type] * told[transfer.id].data["amount"],
            at=transfer.created_at,
        )
        for transfer in await tx.scalars(statement)
    ]
