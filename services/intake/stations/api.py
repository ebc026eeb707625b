"""The stations, as anybody may see them."""

from uuid import UUID

from services.intake.stations import queries
from shared.web.http import Api, Tx, View, Where

router = Api(tags=["stations"])


class StationView(View):
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
async def list_stations(tx: Tx, where: Where) -> list[StationView]:
    """The stations to choose from when signing in, oldest first."""
    found = where.link(await queries.listed(tx, where.part))
    return [StationView.model_validate(station) for station in found.items]
