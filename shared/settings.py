"""Settings: environment variables with the prefix LINLI_, read once at start, frozen."""

import base64
from pathlib import Path
from typing import Annotated, Any, Self

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.sealing import Sealer


class MissingSettings(Exception):
    """A service can't start: the message names each setting that is missing or wrong."""

    def __init__(self, error: ValidationError) -> None:
        wrong = ", ".join(
            # A setting with an old name is located by its variable, the others by their field.
            f"LINLI_{str(e['loc'][0]).upper().removeprefix('LINLI_')} ({e['msg'].lower()})"
            for e in error.errors()
        )
        super().__init__(f"These settings are missing or wrong: {wrong}.")


class ServiceSettings(BaseSettings):
    """The settings that every service has; a service's own class adds to them.

    `trusted_proxies` are the comma-separated addresses and networks of reverse proxies. Only their
    X-Forwarded-For is believed; empty without a proxy. `rate_publisher` limits the messages of one
    publisher a minute that a replica handles; 0 switches it off. `otlp_endpoint` is where spans are
    sent (OTLP/HTTP), read from the standard's own variable; empty to send none.
    """

    model_config = SettingsConfigDict(
        env_prefix="LINLI_", frozen=True, extra="ignore", validate_by_name=True
    )

    database_url: SecretStr
    amqp_url: SecretStr | None = None
    amqp_prefix: str = ""
    secret_keys: Annotated[list[SecretStr], NoDecode] = Field(min_length=1)
    lookup_key: SecretStr = Field(min_length=32)
    token_public_key: str
    bind: str = "127.0.0.1:8000"
    trusted_proxies: str = ""
    log_level: str = "INFO"
    log_format: str = "json"
    pool_size: int = 8
    rate_publisher: int = Field(default=600, ge=0)
    otlp_endpoint: str = Field("", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value

    @field_validator("secret_keys")
    @classmethod
    def _are_keys(cls, keys: list[SecretStr]) -> list[SecretStr]:
        for key in keys:
            Fernet(key.get_secret_value())
        return keys

    @field_validator("token_public_key")
    @classmethod
    def _is_public_key(cls, encoded: str) -> str:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded))
        return encoded

    @classmethod
    def read(cls, **values: Any) -> Self:
        """Read the environment; `values` override it. Raises: MissingSettings."""
        try:
            return cls(**values)
        except ValidationError as error:
            raise MissingSettings(error) from None

    def sealer(self) -> Sealer:
        """Make the sealer of this service's keys."""
        keys = [key.get_secret_value() for key in self.secret_keys]
        return Sealer(keys, self.lookup_key.get_secret_value().encode())

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key by which tokens of the gateway are checked."""
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(self.token_public_key))


def private_key(encoded: SecretStr) -> Ed25519PrivateKey:
    """Decode an Ed25519 key from its base64 of 32 bytes (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded.get_secret_value()))


def socket_path(bind: str) -> Path | None:
    """Return the path of a `unix:/path` address, None for `host:port`."""
    return Path(bind.removeprefix("unix:")) if bind.startswith("unix:") else None
