"""Handlers that update the read copy from messages of the volunteers service."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.volunteers_view.models import Volunteer, VolunteerState
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.bus.read_copies import upsert_newest
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved

VolunteerMessage = VolunteerApplied | VolunteerApproved
STATES: Mapping[type[VolunteerMessage], VolunteerState] = {
    VolunteerApplied: "applied",
    VolunteerApproved: "approved",
}


async def upsert_volunteers(tx: AsyncSession, messages: list[Message[VolunteerMessage]]) -> None:
    """Store each state unless a newer one is stored; order and repetition don't matter."""
    rows = [
        {
            "volunteer_id": message.content.volunteer_id,
            "station_id": message.station,
            "resident_id": message.content.resident_id,
            "state": STATES[type(message.content)],
            "version": message.sequence,
        }
        for message in messages
    ]
    await upsert_newest(tx, Volunteer, rows, takes_snapshots=True)


HANDLERS: Handlers = {
    contract: [BatchHandler(upsert_volunteers, subject_locks, replayable=True)]
    for contract in STATES
}
