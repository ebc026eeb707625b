"""Jobs that delete expired rows of sign-in."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.sign_in.models import AttemptCounter, Session, SignInCode, Slip
from services.intake.sign_in.throttle import MAX_WINDOW
from shared import clock
from shared.scheduler import Job


async def purge(tx: AsyncSession) -> None:
    """Delete codes, slips, sessions and attempt counters that ran out."""
    at = clock.now()
    for model in (SignInCode, Slip, Session):
        await tx.execute(delete(model).where(model.expires_at < at))
    await tx.execute(delete(AttemptCounter).where(AttemptCounter.since < at - MAX_WINDOW))


JOBS = (Job("intake.purge-sign-ins", timedelta(minutes=10), purge),)
