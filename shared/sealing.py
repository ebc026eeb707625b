"""Personal data at rest and on the bus: sealed, looked up by keyed hash, shown masked."""

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet


class Sealer:
    """Seals text with the first of its keys and unseals it with any of them.

    `keys` are url-safe base64 Fernet keys, newest first; `lookup_key` is at least 32 bytes.
    """

    def __init__(self, keys: list[str], lookup_key: bytes) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._lookup_key = lookup_key

    def seal(self, text: str) -> str:
        """Seal the text as a Fernet token."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, token: str) -> str:
        """Unseal a token. Raises: InvalidToken when no key fits."""
        return self._fernet.decrypt(token.encode()).decode()

    def blind_index(self, text: str) -> bytes:
        """Hash the text with the look-up key (HMAC-SHA-256, 32 bytes), to find it while sealed."""
        return hmac.digest(self._lookup_key, text.encode(), hashlib.sha256)


def mask_phone(phone: str) -> str:
    """Hide the middle of a phone number: `138****5678`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else "****"
