"""Alembic's environment of the intake service."""

from services.intake.main import SERVICE
from shared.migrations import run

run(SERVICE)
