"""Signing keys (ES256) shared by all processes through the database; the newest signs, all living ones verify.

Rotation is one command: the old key goes on verifying until every token it signed is over.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm

from backend.access.actor import SYSTEM
from backend.access.seal import Seal
from backend.audit import record
from models import SigningKey
from models.actions import Action
from models.spans import not_over
from models.transaction import atomic

OVERLAP = timedelta(minutes=20)
"""Longer than any access token lives."""
REFRESH_AFTER = timedelta(seconds=60)
LOOKED_AGAIN_AFTER = timedelta(seconds=1)
SIGNS_AFTER = timedelta(seconds=10)
"""Until then the key before it signs: nobody is shown a token of a key that another process can't have seen yet."""


@dataclass
class Keyring:
    """This process's view of the keys; asks the database again for an unknown `kid` and once a minute."""

    seal: Seal
    signing_kid: str = ""
    signing_key: EllipticCurvePrivateKey | None = None
    public_keys: dict[str, EllipticCurvePublicKey] | None = None
    loaded_at: datetime | None = None

    async def current(self, now: datetime) -> tuple[str, EllipticCurvePrivateKey]:
        if self.loaded_at is None or now - self.loaded_at > REFRESH_AFTER or not self.signing_key:
            await self.load(now)
        assert self.signing_key is not None  # noqa: S101 - load() made one
        return self.signing_kid, self.signing_key

    async def public_key(self, kid: str, now: datetime) -> EllipticCurvePublicKey | None:
        stale = self.loaded_at is None or now - self.loaded_at > REFRESH_AFTER
        unknown = kid not in (self.public_keys or {})
        # An unknown kid may be a key another process just made; a second is enough against floods of made-up ones.
        if stale or (unknown and self.loaded_at and now - self.loaded_at > LOOKED_AGAIN_AFTER):
            await self.load(now)
        return (self.public_keys or {}).get(kid)

    async def load(self, now: datetime) -> None:
        found = await SigningKey.filter(not_over(now)).order_by("-created_at")
        if not any(key.ends_at is None for key in found):
            found = [await rotate_signing_key(self.seal, now), *found]
        opened = {key.kid: opens for key in found if (opens := _opened(self.seal, key))}
        known_to_all = (key.kid for key in found if key.created_at <= now - SIGNS_AFTER and key.kid in opened)
        signs = next(known_to_all, [*opened][-1])  # in an installation's first seconds: the oldest
        self.signing_kid, self.signing_key = signs, opened[signs]
        self.public_keys = {kid: key.public_key() for kid, key in opened.items()}
        self.loaded_at = now

    async def jwks(self, now: datetime) -> dict[str, Any]:
        await self.load(now)
        return {"keys": [_jwk(kid, key) for kid, key in (self.public_keys or {}).items()]}


@atomic
async def rotate_signing_key(seal: Seal, now: datetime) -> SigningKey:
    """Make a new signing key; the others verify for OVERLAP more."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    await SigningKey.filter(ends_at__isnull=True).update(ends_at=now + OVERLAP)
    key = await SigningKey.create(
        kid=secrets.token_hex(8), sealed_private_key=seal.close(pem.decode()), created_at=now
    )
    await record(SYSTEM, Action.SIGNING_KEY_ROTATE, key, now)
    return key


async def sealed_otherwise(seal: Seal) -> bool:
    """Whether the key that signs was sealed under another SECRET_KEY: a server would let nobody in."""
    newest = await SigningKey.filter(ends_at__isnull=True).order_by("-created_at").first()
    return newest is not None and _opened(seal, newest) is None


def _opened(seal: Seal, key: SigningKey) -> EllipticCurvePrivateKey | None:
    """None for a key of another SECRET_KEY; `keys rotate` replaces it."""
    try:
        return _private(seal.open(key.sealed_private_key))
    except InvalidToken:
        return None


def _private(pem: str) -> EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, EllipticCurvePrivateKey)  # noqa: S101 - we made it
    return key


def _jwk(kid: str, key: EllipticCurvePublicKey) -> dict[str, Any]:
    return {**ECAlgorithm.to_jwk(key, as_dict=True), "kid": kid, "use": "sig", "alg": "ES256"}
