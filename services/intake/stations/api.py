"""The stations, as anybody may see them."""

from uuid import UUID

from services.intake.stations import queries
from shared.web.http import ApiRouter, Pagination, ResponseModel, Tx

router = ApiRouter(tags=["stations"])


class StationView(ResponseModel):
    """A station in both languages."""

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
    """The stations to choose from when signing in, oldest first."""
    found = pagination.set_next_link(await queries.list_stations(tx, pagination.page_request))
    return [StationView.model_validate(station) for station in found.items]
