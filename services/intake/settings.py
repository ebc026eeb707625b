"""Intake's settings."""

from functools import cached_property
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, SecretStr, StringConstraints, field_validator

from shared.settings import ServiceSettings, private_key

Address = Annotated[str, StringConstraints(pattern=r"^(https?://|unix:/)")]


class IntakeSettings(ServiceSettings):
    """What intake needs beyond what every service does.

    `volunteers_url` and `notify_url` are `http://host:port` or `unix:/path`; `public_url` is what
    clients call the gateway. `rate_…` are requests a minute that a replica takes, 0 for any number:
    of a person who is signed in, of an address where nobody is, and of an address in all;
    `rate_publisher` are messages of a publisher.
    """

    token_private_key: SecretStr
    volunteers_url: Address
    notify_url: Address
    public_url: str = "http://127.0.0.1:8000"
    rate_person: int = Field(default=300, ge=0)
    rate_nobody: int = Field(default=240, ge=0)
    rate_address: int = Field(default=3000, ge=0)
    rate_publisher: int = Field(default=600, ge=0)

    @field_validator("volunteers_url", "notify_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @cached_property
    def private_key(self) -> Ed25519PrivateKey:
        """The key with which the gateway signs who is asking."""
        return private_key(self.token_private_key)

    @property
    def uses_https(self) -> bool:
        """Whether clients come over HTTPS, so that cookies may be for HTTPS only."""
        return self.public_url.startswith("https://")
