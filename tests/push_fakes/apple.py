"""Apple's push service: HTTP/2 only, counts provider tokens, and asks for every header."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.push_fakes.hosting import Asked, Said

KEY_ID, TEAM_ID, TOPIC = "ABC123DEFG", "DEF123GHIJ", "org.example.diary"
DEVICE = re.compile(r"/3/device/([0-9a-f]{64,200})")
OLDEST, SOONEST = 3600, 1200
HEADERS = {"apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-id", "apns-collapse-id"}


@cache
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem() -> str:
    return key().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption()).decode()


def refusal(status: int, reason: str, headers: tuple[tuple[str, str], ...] = (), **more: Any) -> Said:
    return Said(status, json.dumps({"reason": reason, **more}).encode(), headers)


@dataclass
class Shown:
    device: str
    headers: dict[str, str]
    payload: dict[str, Any]


@dataclass
class Apple:
    clock: Callable[[], datetime]
    port: int = 0
    plan: Callable[[str, int], Said | None] = lambda _device, _nth: None
    devices: set[str] = field(default_factory=set)
    taken: list[Shown] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    provider_tokens: dict[str, int] = field(default_factory=dict)
    """Token → when it was made."""
    connections: set[Any] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    async def handle(self, asked: Asked) -> Said:
        self.connections.add(asked.peer)
        found = DEVICE.fullmatch(asked.path)
        if asked.version != "2" or asked.method != "POST" or not found:
            return self._fault(f"{asked.version} {asked.method} {asked.path}", "BadPath")
        if refused := self._provider(asked.headers.get("authorization", "")) or self._headers(asked):
            return refused
        try:
            payload = json.loads(asked.body)
            assert isinstance(payload["aps"], dict)
        except (ValueError, KeyError, AssertionError):
            return self._fault("payload", "PayloadEmpty")
        device = found[1]
        self.tried.append(device)
        if planned := self.plan(device, self.tried.count(device)):
            return planned
        if device not in self.devices:
            return refusal(400, "BadDeviceToken")
        self.taken.append(Shown(device, asked.headers, payload))
        return Said(200, headers=(("apns-id", asked.headers["apns-id"]),))

    def _fault(self, what: str, reason: str) -> Said:
        self.faults.append(what)
        return refusal(400, reason)

    def _provider(self, authorization: str) -> Said | None:
        scheme, _, token = authorization.partition(" ")
        try:
            if scheme != "bearer" or jwt.get_unverified_header(token) != {
                "alg": "ES256", "kid": KEY_ID, "typ": "JWT"
            }:
                return refusal(403, "InvalidProviderToken")
            claims = jwt.decode(token, key().public_key(), ["ES256"], options={"verify_iat": False})
        except jwt.PyJWTError:
            return refusal(403, "InvalidProviderToken")
        age = self.clock().timestamp() - claims["iat"]
        if set(claims) != {"iss", "iat"} or claims["iss"] != TEAM_ID or age < -60:
            return refusal(403, "InvalidProviderToken")
        if age > OLDEST:
            return refusal(403, "ExpiredProviderToken")
        newest = max(self.provider_tokens.values(), default=0)
        if token not in self.provider_tokens and claims["iat"] - newest < SOONEST:
            self.faults.append("provider tokens change too often")
            return refusal(429, "TooManyProviderTokenUpdates")
        self.provider_tokens[token] = claims["iat"]
        return None

    def _headers(self, asked: Asked) -> Said | None:
        headers = {name: value for name, value in asked.headers.items() if name.startswith("apns-")}
        if headers.get("apns-topic") != TOPIC:
            return refusal(400, "TopicDisallowed")
        kind, priority = headers.get("apns-push-type"), headers.get("apns-priority")
        if kind not in ("alert", "background") or priority not in ("10", "5", "1") or (
            kind == "background" and priority != "5"
        ):
            return self._fault("push type or priority", "BadPriority")
        if set(headers) - HEADERS or not headers.get("apns-expiration", "x").isdigit():
            return self._fault("headers", "BadExpirationDate")
        if len(headers.get("apns-collapse-id", "").encode()) > 64:
            return self._fault("collapse id", "BadCollapseId")
        UUID(headers["apns-id"])
        return refusal(413, "PayloadTooLarge") if len(asked.body) > 4096 else None
