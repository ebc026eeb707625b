"""What intake does when the volunteers service speaks of a volunteer."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.volunteers_view.models import Volunteer
from shared.bus.message import BatchHandler, Handlers, Message
from shared.contracts.volunteers import VolunteerApplied, VolunteerApproved

VolunteerMessage = VolunteerApplied | VolunteerApproved


def _applier(state: str) -> BatchHandler:
    async def handle(tx: AsyncSession, messages: list[Message[VolunteerMessage]]) -> None:
        newest = {m.content.volunteer_id: m for m in sorted(messages, key=lambda m: m.sequence)}
        heard = insert(Volunteer).values(
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
        # `<=` and not `<`: a snapshot says again what the last message said.
        await tx.execute(
            heard.on_conflict_do_update(
                index_elements=[Volunteer.volunteer_id],
                set_={"state": heard.excluded.state, "version": heard.excluded.version},
                where=(Volunteer.version <= heard.excluded.version)
                & (Volunteer.station_id == heard.excluded.station_id),
            )
        )

    return BatchHandler(
        handle, lambda messages: [message.subject for message in messages], replayable=True
    )


HANDLERS: Handlers = {
    VolunteerApplied: _applier("applied"),
    VolunteerApproved: _applier("approved"),
}
