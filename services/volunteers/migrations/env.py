"""Alembic's environment of the volunteers service."""

from services.volunteers.main import SERVICE
from shared.migrations import run

run(SERVICE)
