"""A machine of a partner."""

import pytest

from tests.intake.publishers.partner_client import PartnerClient
from tests.intake.station_client import StationClient


@pytest.fixture
async def partner_client(station_client: StationClient) -> PartnerClient:
    """One that may publish everything that partners can say."""
    return await PartnerClient.create(station_client)
