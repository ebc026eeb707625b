"""The notify service on a database of the module, with a new station for each test."""

import pytest

from services.notify.main import SERVICE
from shared.runtime.service import Service


@pytest.fixture(scope="session")
def service() -> Service:
    """Return the service of these tests."""
    return SERVICE
