"""Access tokens: ES256 JWTs of 15 minutes (RFC 7519, 8725, 9068). Only the signature check is ever cached."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import jwt

from backend.access.keys import Keyring

LIFETIME = timedelta(minutes=15)
LEEWAY = timedelta(seconds=10)
TYPE = "at+jwt"
AUDIENCE = "fracture-diary"
CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti", "sid", "typ"]
CACHE_SIZE = 20_000
CACHED_FOR = 60.0
"""Seconds; the session itself is read from the database with every request."""


@dataclass(frozen=True, slots=True)
class Claims:
    account_id: UUID
    session_id: UUID


class Tokens:
    def __init__(self, keyring: Keyring, issuer: str) -> None:
        self.keyring = keyring
        self.issuer = issuer
        self._seen: dict[str, tuple[float, Claims]] = {}

    async def issue(self, account_id: UUID, session_id: UUID, now: datetime) -> str:
        kid, key = await self.keyring.current(now)
        claims = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": str(account_id), "sid": str(session_id), "iat": now,
            "exp": now + LIFETIME, "jti": uuid4().hex, "typ": "access",
        }
        return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid, "typ": TYPE})

    async def read(self, token: str, now: datetime) -> Claims | None:
        """The claims of a token that is ours, whole and in time; None for anything else."""
        known = self._seen.get(token)
        if known and now.timestamp() < known[0]:
            return known[1]
        verified = await self._verify(token, now)
        if verified is None:
            return None
        if len(self._seen) >= CACHE_SIZE:
            self._seen.clear()
        self._seen[token] = verified
        return verified[1]

    async def _verify(self, token: str, now: datetime) -> tuple[float, Claims] | None:
        if len(token) > 2048:
            return None
        try:
            header = jwt.get_unverified_header(token)
            key = await self.keyring.public_key(str(header.get("kid", "")), now)
            if key is None or header.get("typ") != TYPE:
                return None
            claims = jwt.decode(
                token, key, algorithms=["ES256"], audience=AUDIENCE, issuer=self.issuer, leeway=LEEWAY,
                options={"require": CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            return self._checked(claims, now)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None

    def _checked(self, claims: dict[str, object], now: datetime) -> tuple[float, Claims] | None:
        """PyJWT takes `exp` as text and does not look at `typ`; time comes from our own clock."""
        issued, ends = claims["iat"], claims["exp"]
        if type(issued) is not int or type(ends) is not int or claims["typ"] != "access":
            return None
        leeway = LEEWAY.total_seconds()
        if not issued - leeway <= now.timestamp() < ends + leeway or ends - issued > LIFETIME.total_seconds():
            return None
        found = Claims(UUID(str(claims["sub"])), UUID(str(claims["sid"])))
        return min(now.timestamp() + CACHED_FOR, ends + leeway), found
