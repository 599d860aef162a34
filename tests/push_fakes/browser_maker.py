"""A browser maker's push service, and the browser behind it: verifies VAPID, opens what was sealed for it."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.push_fakes.hosting import Asked, Said

TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
URGENCY = {"very-low", "low", "normal", "high"}


def letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """One subscription."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    path: str = field(default_factory=lambda: f"/wpush/{secrets.token_urlsafe(24)}")

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": letters(self.public), "auth": letters(self.auth)}

    def opened(self, body: bytes) -> bytes:
        """RFC 8188 and RFC 8291, step by step with plain HMAC. Raises when it is not for us."""
        salt, record, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21:21 + length], body[21 + length:]
        assert length == 65
        assert max(len(sealed), 18) <= record
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        key_of_both = _mac(_mac(self.auth, shared), b"WebPush: info\0" + self.public + sender + b"\1")
        secret = _mac(salt, key_of_both)
        content_key = _mac(secret, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _mac(secret, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded.endswith(b"\2"), "not the last record"
        return padded[:-1]


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


@dataclass
class Shown:
    browser: Browser
    headers: dict[str, str]
    payload: dict[str, Any]


@dataclass
class BrowserMaker:
    clock: Callable[[], datetime]
    server_key: str = ""
    """The `applicationServerKey` with which all browsers here subscribed."""
    port: int = 0
    plan: Callable[[Browser, int], Said | None] = lambda _browser, _nth: None
    browsers: dict[str, Browser] = field(default_factory=dict)
    taken: list[Shown] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def subscribe(self) -> tuple[Browser, str]:
        """A browser and its endpoint."""
        browser = Browser()
        self.browsers[browser.path] = browser
        return browser, f"https://{self.host}{browser.path}"

    async def handle(self, asked: Asked) -> Said:
        self.tried.append(asked.path)
        browser = self.browsers.get(asked.path)
        if asked.method != "POST" or asked.headers.get("host", self.host) != self.host:
            return self._fault("method or host")
        if wrong := self._vapid(asked.headers.get("authorization", "")) or _wrong(asked):
            return self._fault(wrong)
        if browser is None:
            return Said(404)
        if planned := self.plan(browser, self.tried.count(asked.path)):
            return planned
        try:
            payload = json.loads(browser.opened(asked.body))
        except Exception as fault:
            return self._fault(f"can't be opened: {type(fault).__name__}")
        if payload.get("web_push") != 8030 or not {"title", "navigate"} <= set(payload["notification"]):
            return self._fault("not declarative")
        self.taken.append(Shown(browser, asked.headers, payload))
        return Said(201, headers=(("location", f"https://{self.host}/message/{len(self.taken)}"),))

    def _fault(self, what: str) -> Said:
        self.faults.append(what)
        return Said(400)

    def _vapid(self, authorization: str) -> str | None:
        found = re.fullmatch(r"vapid t=([\w.-]+), ?k=([\w-]+)", authorization)
        if not found or found[2] != self.server_key:
            return "vapid"
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data_of(found[2]))
        try:
            claims = jwt.decode(found[1], public, ["ES256"], audience=f"https://{self.host}",
                                options={"verify_exp": False})
        except jwt.PyJWTError as fault:
            return f"vapid {fault}"
        left = claims["exp"] - self.clock().timestamp()
        if not 0 < left <= 86400 or not claims["sub"].startswith(("mailto:", "https:")):
            return "exp or sub"
        return None


def _wrong(asked: Asked) -> str | None:
    headers = asked.headers
    if not headers.get("ttl", "").isdigit():
        return "ttl"
    if headers.get("urgency", "normal") not in URGENCY:
        return "urgency"
    if "topic" in headers and not TOPIC.fullmatch(headers["topic"]):
        return "topic"
    if headers.get("content-encoding") != "aes128gcm" or not 21 < len(asked.body) <= 4096:
        return "encoding or size"
    return None
