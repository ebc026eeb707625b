"""Connections of the command line to the databases of services that run elsewhere."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.db import make_engine, make_sessions
from shared.sealing import Sealer
from shared.settings import MissingSettings


@dataclass(frozen=True)
class ServiceDatabase:
    """Connections to the database of a service that runs elsewhere."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]


class Deployment(BaseSettings):
    """URLs of a deployment's databases, and the keys that seal its personal data."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    intake_database_url: SecretStr
    volunteers_database_url: SecretStr
    notify_database_url: SecretStr
    secret_keys: Annotated[list[SecretStr], NoDecode] = Field(min_length=1)
    lookup_key: SecretStr = Field(min_length=32)

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value

    @classmethod
    def read(cls) -> Self:
        """Read the settings from the environment. Raises: MissingSettings."""
        try:
            return cls()
        except ValidationError as error:
            raise MissingSettings(error) from None

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Mapping[str, ServiceDatabase]]:
        """Connect to the database of each service; yield the connections by service."""
        sealer = Sealer(
            [key.get_secret_value() for key in self.secret_keys],
            self.lookup_key.get_secret_value().encode(),
        )
        urls = {
            "intake": self.intake_database_url,
            "volunteers": self.volunteers_database_url,
            "notify": self.notify_database_url,
        }
        engines = {
            service: make_engine(
                url.get_secret_value(), schema=service, name=f"{service} cli", pool_size=2
            )
            for service, url in urls.items()
        }
        try:
            yield {
                service: ServiceDatabase(engine, make_sessions(engine, sealer))
                for service, engine in engines.items()
            }
        finally:
            for engine in engines.values():
                await engine.dispose()
