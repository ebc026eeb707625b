"""Settings: missing ones are named, and secrets are never printed."""

import base64

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from shared.settings import MissingSettings, ServiceSettings, socket_path

PUBLIC_KEY = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()


def set_environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    sound = {
        "DATABASE_URL": "postgresql://linli_intake:secret@localhost/linli",
        "SECRET_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "k" * 32,
        "TOKEN_PUBLIC_KEY": PUBLIC_KEY,
    }
    for name, value in {**sound, **values}.items():
        monkeypatch.setenv(f"LINLI_{name}", value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Fernet.generate_key().decode(), Fernet.generate_key().decode()]
    set_environment(monkeypatch, SECRET_KEYS=",".join(keys))
    settings = ServiceSettings.read()
    assert [key.get_secret_value() for key in settings.secret_keys] == keys
    assert settings.sealer().unseal(settings.sealer().seal("x")) == "x"
    assert settings.public_key.public_bytes_raw() == base64.b64decode(PUBLIC_KEY)


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEYS", "LOOKUP_KEY", "TOKEN_PUBLIC_KEY"])
def test_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    set_environment(monkeypatch)
    monkeypatch.delenv(f"LINLI_{name}")
    with pytest.raises(MissingSettings, match=f"LINLI_{name}"):
        ServiceSettings.read()


@pytest.mark.parametrize("name", ["SECRET_KEYS", "TOKEN_PUBLIC_KEY", "LOOKUP_KEY"])
def test_invalid_secret_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    set_environment(monkeypatch, **{name: "not-a-key"})
    with pytest.raises(MissingSettings, match=f"LINLI_{name}") as refused:
        ServiceSettings.read()
    assert "not-a-key" not in str(refused.value)


def test_settings_hide_secrets_and_can_not_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch)
    settings = ServiceSettings.read()
    assert "secret" not in repr(settings.database_url)
    with pytest.raises(ValidationError):
        settings.bind = "elsewhere"  # type: ignore[misc]


def test_address_is_a_socket_or_a_port() -> None:
    assert str(socket_path("unix:/run/intake.sock")) == "/run/intake.sock"
    assert socket_path("127.0.0.1:8000") is None
