"""Fixtures of the tests of reminders."""

import pytest
from sqlalchemy import delete

from services.notify.reminders.models import Reminder
from shared.runtime.runtime import Runtime


@pytest.fixture(autouse=True)
async def _no_other_reminders(runtime: Runtime) -> None:
    """Delete the reminders of other tests, since the job serves every station."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(delete(Reminder))
