"""Fixtures of the mechanisms' tests: the bus's harness over both transports."""

from tests.bus.conftest import (
    bus_database_url,
    clean_database_url,
    harness,
    inprocess_harness,
)

__all__ = ["bus_database_url", "clean_database_url", "harness", "inprocess_harness"]
