"""The settings of services under test, with one set of secrets for a run."""

import base64
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.service import Service

UNREACHABLE_URL = "postgresql://nobody@127.0.0.1:9/nothing"
SIGNING_KEY = Ed25519PrivateKey.generate()
SECRETS: dict[str, Any] = {
    "secret_keys": Fernet.generate_key().decode(),
    "lookup_key": "a-look-up-key-of-the-tests-32-bytes",
    "token_public_key": base64.b64encode(SIGNING_KEY.public_key().public_bytes_raw()).decode(),
}
PRIVATE_KEY = base64.b64encode(SIGNING_KEY.private_bytes_raw()).decode()


def make_settings(service: Service, url: str, **overrides: Any) -> Any:
    """Return the settings of a service on the database `url`; intake reaches no other service."""
    values = {**SECRETS, "database_url": url}
    if service.name == "intake":
        values |= {
            "token_private_key": PRIVATE_KEY,
            "volunteers_url": "unix:/nonexistent/volunteers.sock",
            "notify_url": "http://127.0.0.1:9",
            # Few people send the many requests of the tests, so no limit applies to them.
            **dict.fromkeys(("rate_person", "rate_anonymous", "rate_address"), 0),
        }
    return service.settings.read(**{**values, **overrides})
