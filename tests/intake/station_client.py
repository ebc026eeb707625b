"""A client of a new station: its signed-in people, its messages and its rows."""

import itertools
import secrets
from dataclasses import dataclass, replace
from typing import Any, Self

import httpx
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import Session
from services.intake.stations.models import Station
from shared.auth import Role
from shared.contracts.envelope import Envelope
from shared.runtime.runtime import Runtime
from tests.support.api_clients import ApiClient
from tests.support.messages import list_recorded
from tests.support.station import PASSWORD

# The real hasher is slow on purpose, and tests hash many passwords.
FAST_HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
PASSWORD_HASH = FAST_HASHER.hash(PASSWORD)
_phones = itertools.count(13_900_000_000 + secrets.randbelow(90_000_000))


def new_phone() -> str:
    """Return a phone number that no resident has."""
    return str(next(_phones))


@dataclass(frozen=True)
class StationClient:
    """A station with clients of its desk and its administrator."""

    runtime: Runtime
    client: httpx.AsyncClient
    station: Station
    desk: ApiClient
    admin: ApiClient

    @classmethod
    async def create(cls, runtime: Runtime, client: httpx.AsyncClient) -> Self:
        """Create a station with its accounts."""
        code = f"station-{secrets.token_hex(4)}"
        station = Station.create(code, ("测试站", "Test station"), ("测试社区", "Test community"))
        async with runtime.sessions.begin() as tx:
            tx.add(station)
            desk = await _create_account_client(tx, client, station, Role.STAFF)
            admin = await _create_account_client(tx, client, station, Role.ADMIN)
        return cls(runtime, client, station, desk, admin)

    async def create_home(self) -> str:
        """Add building 1 and a home of it as the desk; return the id of the home."""
        building = (await self.desk.post("/buildings", {"number": "1", "units": 2})).json()["id"]
        answer = await self.desk.post(f"/buildings/{building}/homes", {"number": "101"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def register_resident(self, **overrides: Any) -> dict[str, Any]:
        """Register a resident as the desk; return the answer."""
        answer = await self.desk.post("/residents", {"name": "演示居民", **overrides})
        assert answer.status_code == 201, answer.text
        resident: dict[str, Any] = answer.json()
        return resident

    async def sign_in_resident(self, **overrides: Any) -> ApiClient:
        """Register a resident and sign them in with a slip."""
        id_ = (await self.register_resident(**overrides))["id"]
        slip = (await self.desk.post(f"/residents/{id_}/slips")).json()["code"]
        return await self.sign_in(slip=slip)

    async def sign_in(self, **proof: str) -> ApiClient:
        """Sign in with a proof."""
        answer = await self.try_sign_in(**proof)
        assert answer.status_code == 200, answer.text
        session = answer.json()
        return ApiClient(self.client, session["token"], session["person"]["id"], self.station.code)

    async def try_sign_in(self, **proof: str) -> httpx.Response:
        """Try to sign in; return the answer."""
        body = {"station": self.station.code, **proof}
        return await self.client.post("/api/v1/sign-in", json=body)

    async def request_code(self, phone: str) -> httpx.Response:
        """Request a code for a phone; return the answer."""
        body = {"station": self.station.code, "phone": phone}
        return await self.client.post("/api/v1/sign-in/codes", json=body)

    async def list_messages(self) -> list[Envelope]:
        """List the messages in the outbox of this station, oldest first."""
        async with self.runtime.sessions() as tx:
            return await list_recorded(tx, station=self.station.id)

    async def latest_code(self) -> str:
        """Return the one-time code in the newest message with one."""
        issued = [m for m in await self.list_messages() if m.type == "linli.sign-in-code.issued.v1"]
        return self.runtime.sealer.unseal(issued[-1].data["code_sealed"])

    async def count_rows(self, table: str) -> int:
        """Count the rows of the station in a table."""
        count = text(f"SELECT count(*) FROM {table} WHERE station_id = :station")
        async with self.runtime.sessions() as tx:
            return int((await tx.execute(count, {"station": self.station.id})).scalar_one())

    def with_invalid_token(self) -> ApiClient:
        """Return a client with a false token."""
        return replace(self.desk, token="false")


async def _create_account_client(
    tx: AsyncSession, client: httpx.AsyncClient, station: Station, role: Role
) -> ApiClient:
    account = Account.create(station.id, role.value, role.value, role, PASSWORD_HASH)
    tx.add(account)
    await tx.flush()
    token = secrets.token_urlsafe(8)
    tx.add(Session.begin(station.id, keyed_hash(tx, "session", token), account_id=account.id))
    return ApiClient(client, token, str(account.id), station.code)
