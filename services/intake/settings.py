"""Intake's settings."""

from functools import cached_property
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AliasChoices, Field, SecretStr, StringConstraints, field_validator

from shared.settings import ServiceSettings, private_key
from shared.state_key import StateKey

Address = Annotated[str, StringConstraints(pattern=r"^(https?://|unix:/)")]


class IntakeSettings(ServiceSettings):
    """Settings of intake beyond those of every service.

    `volunteers_url` and `notify_url` are `http://host:port` or `unix:/path`; `public_url` is the
    address at which clients call the gateway. Each `rate_…` limits what a replica takes in a
    minute, 0 for no limit: requests of a signed-in person, requests of an address without a
    signed-in person, and all requests of an address.
    """

    token_private_key: SecretStr
    volunteers_url: Address
    notify_url: Address
    public_url: str = "http://127.0.0.1:8000"
    rate_person: int = Field(default=300, ge=0)
    # The old name is read for one release more.
    rate_anonymous: int = Field(
        default=240,
        ge=0,
        validation_alias=AliasChoices("LINLI_RATE_ANONYMOUS", "LINLI_RATE_NOBODY"),
    )
    rate_address: int = Field(default=3000, ge=0)

    @field_validator("volunteers_url", "notify_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @cached_property
    def private_key(self) -> Ed25519PrivateKey:
        """The key that signs the gateway's tokens for the other services."""
        return private_key(self.token_private_key)

    @property
    def uses_https(self) -> bool:
        """Whether clients use HTTPS, so that cookies can be limited to HTTPS."""
        return self.public_url.startswith("https://")


SETTINGS = StateKey[IntakeSettings]("settings")
