"""The rotating codes for check-in and check-out."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import attendance, errors, queries
from services.intake.events.attendance import AttendeeRef
from services.intake.events.codes import ROTATION_INTERVAL
from shared import clock
from tests.intake.events.people import EventPeople


async def test_code_checks_in_once_and_another_code_checks_out(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    await attendance.join(tx, event_people.guest, event.id, "guest")
    with clock.frozen(event.starts_at):
        code = await queries.get_own_code(tx, event_people.helper, event.id)
        assert (code.purpose, len(code.text)) == ("in", 6)
        typed = AttendeeRef(code=f" {code.text[:3].lower()}-{code.text[3:]} ")
        result = await attendance.check_in(tx, event_people.desk, event.id, typed)
        assert result.participation.resident_id == event_people.helper.person
        with pytest.raises(errors.UnknownCode):
            await attendance.check_out(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
        assert not (await attendance.check_in(tx, event_people.desk, event.id, typed)).changed
        out = await queries.get_own_code(tx, event_people.helper, event.id)
        assert (out.purpose, out.text != code.text) == ("out", True)
        await attendance.check_out(tx, event_people.desk, event.id, AttendeeRef(code=out.text))
        with pytest.raises(errors.AlreadyCheckedOut):
            await queries.get_own_code(tx, event_people.helper, event.id)


async def test_code_is_accepted_for_one_rotation_after_valid_until(
    tx: AsyncSession, event_people: EventPeople
) -> None:
    event = await event_people.publish_event(tx)
    await attendance.join(tx, event_people.helper, event.id, "helper")
    with clock.frozen(event.starts_at):
        code = await queries.get_own_code(tx, event_people.helper, event.id)
    with clock.frozen(code.valid_until + ROTATION_INTERVAL), pytest.raises(errors.UnknownCode):
        await attendance.check_in(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
    with clock.frozen(code.valid_until + ROTATION_INTERVAL - timedelta(seconds=1)):
        assert (
            await attendance.check_in(tx, event_people.desk, event.id, AttendeeRef(code=code.text))
        ).changed
