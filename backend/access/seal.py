"""Secrets at rest: sealed with, and hashes keyed by, the installation's SECRET_KEY."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Seals and opens texts; makes keyed hashes of short codes, which a plain hash would not protect."""

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret_key, b"seal")))
        self._hash_key = _derive(secret_key, b"hash")

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises cryptography.fernet.InvalidToken when sealed under another SECRET_KEY."""
        return self._fernet.decrypt(sealed.encode()).decode()

    def keyed_hash(self, text: str) -> str:
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"fracture-diary", info=purpose).derive(secret_key.encode())


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """For secrets of ≥ 128 random bits a plain SHA-256 is enough; they can't be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()
