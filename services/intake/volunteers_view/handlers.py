"""Handlers that update the read copy from messages of the volunteers service."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.volunteers_view.models import Volunteer
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved

VolunteerMessage = VolunteerApplied | VolunteerApproved


def _applier(state: str) -> BatchHandler:
    async def handle(tx: AsyncSession, messages: list[Message[VolunteerMessage]]) -> None:
        newest = {m.content.volunteer_id: m for m in sorted(messages, key=lambda m: m.sequence)}
        statement = insert(Volunteer).values(
            [
                {
                    "volunteer_id": message.content.volunteer_id,
                    "station_id": message.station,
                    "resident_id": message.content.resident_id,
                    "state": state,
                    "version": message.sequence,
                }
                for message in newest.values()
            ]
        )
        # `<=` and not `<`: a snapshot has the sequence of the last message.
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=[Volunteer.volunteer_id],
                set_={"state": statement.excluded.state, "version": statement.excluded.version},
                where=(Volunteer.version <= statement.excluded.version)
                & (Volunteer.station_id == statement.excluded.station_id),
            )
        )

    return BatchHandler(handle, subject_locks, replayable=True)


HANDLERS: Handlers = {
    VolunteerApplied: [_applier("applied")],
    VolunteerApproved: [_applier("approved")],
}
