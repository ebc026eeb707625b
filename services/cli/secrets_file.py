"""The secrets of a one-process station, in a file beside its data that only its owner reads."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def load_or_create(folder: Path) -> dict[str, str]:
    """Return the secrets of `folder` as settings; create them on first use."""
    path = folder / "secrets.json"
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text())
        return stored
    secrets_by_setting = generate()
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(secrets_by_setting, file)
    unfinished.replace(path)
    return secrets_by_setting


def generate() -> dict[str, str]:
    """Return new secrets: a sealing key, a look-up key, and the gateway's pair of keys."""
    key = Ed25519PrivateKey.generate()
    return {
        "secret_keys": Fernet.generate_key().decode(),
        "lookup_key": secrets.token_urlsafe(32),
        "token_private_key": base64.b64encode(key.private_bytes_raw()).decode(),
        "token_public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    }
