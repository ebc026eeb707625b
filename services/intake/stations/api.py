"""The public route of stations."""

from uuid import UUID

from services.intake.stations import queries
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

router = ApiRouter(tags=["stations"])


class StationView(ResponseModel):
    """A station, with its names in both languages."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    community_zh: str
    community_en: str
    phone: str
    time_zone: str
    demo: bool


@router.get("/stations", policy="stations.read")
async def list_stations(tx: Tx, pagination: Pagination) -> list[StationView]:
    """List the stations to choose from at sign-in, oldest first."""
    page = pagination.set_next_link(await queries.list_stations(tx, pagination.page_request))
    return [StationView.model_validate(station) for station in page.items]
