"""A fixture of a partner's machine."""

import pytest

from tests.intake.publishers.partner_client import PartnerClient
from tests.intake.station_client import StationClient


@pytest.fixture
async def partner_client(station_client: StationClient) -> PartnerClient:
    """Return a machine that may publish all types of partners."""
    return await PartnerClient.create(station_client)
