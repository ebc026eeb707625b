"""Alembic's environment of the notify service."""

from services.notify.main import SERVICE
from shared.migrations import run

run(SERVICE)
