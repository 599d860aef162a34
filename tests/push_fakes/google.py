"""Google as far as we speak to it: OAuth that verifies the signature, and FCM that takes nothing it doesn't know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.push_fakes.hosting import Asked, Said

PROJECT, KEY_ID, EMAIL = "diary-test", "key-7", "pusher@diary-test.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
RESERVED = re.compile(r"^(from|message_type|google\..*|gcm\.notification\..*)$")
Strict = {"forbid_unknown_fields": True}


class Words(msgspec.Struct, **Strict):
    title: str
    body: str


class AndroidWords(msgspec.Struct, **Strict):
    channel_id: str
    visibility: str
    tag: str = ""


class Android(msgspec.Struct, **Strict):
    priority: str
    ttl: str
    notification: AndroidWords
    collapse_key: str = ""


class Apns(msgspec.Struct, **Strict):
    headers: dict[str, str]
    payload: dict[str, Any]


class WebPush(msgspec.Struct, **Strict):
    headers: dict[str, str]
    notification: dict[str, Any] = {}
    fcm_options: dict[str, str] = {}


class Message(msgspec.Struct, **Strict):
    token: str
    notification: Words
    data: dict[str, str]
    android: Android
    apns: Apns
    webpush: WebPush


class Send(msgspec.Struct, **Strict):
    message: Message
    validate_only: bool = False


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def refusal(
    http: int, status: str, code: str | None = None, *more: dict[str, Any], say: str = "no", **headers: str
) -> Said:
    """As Google writes it: `status` and the code that counts differ."""
    details = [*([{"@type": FCM_ERROR, "errorCode": code}] if code else []), *more]
    error = {"code": http, "message": say, "status": status, **({"details": details} if details else {})}
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Said(http, json.dumps({"error": error}).encode(), (("content-type", "application/json"), *named))


@dataclass
class Google:
    clock: Callable[[], datetime]
    port: int = 0
    plan: Callable[[str, int], Said | None] = lambda _token, _nth: None
    """(device's token, how often it was tried) → another answer than "taken"."""
    oauth: Callable[[int], Said | None] = lambda _nth: None
    registered: set[str] = field(default_factory=set)
    taken: list[Message] = field(default_factory=list)
    validated: list[Message] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    access: dict[str, datetime] = field(default_factory=dict)
    assertions: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def service_account(self, **changes: str) -> str:
        pem = key().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                  serialization.NoEncryption()).decode()
        return json.dumps({"type": "service_account", "project_id": PROJECT, "private_key_id": KEY_ID,
                           "private_key": pem, "client_email": EMAIL, "client_id": "1",
                           "token_uri": f"{self.url}/token", **changes})

    async def handle(self, asked: Asked) -> Said:
        if asked.method != "POST":
            return self._fault("method")
        if asked.path == "/token":
            return self._token(asked)
        if asked.path == f"/v1/projects/{PROJECT}/messages:send":
            return self._send(asked)
        return self._fault(f"path {asked.path}")

    def _fault(self, what: str) -> Said:
        self.faults.append(what)
        return refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", say=what)

    def _token(self, asked: Asked) -> Said:
        self.assertions += 1
        if planned := self.oauth(self.assertions):
            return planned
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if asked.headers.get("content-type") != "application/x-www-form-urlencoded" or set(form) != {
            "grant_type", "assertion"
        } or form["grant_type"] != GRANT:
            return self._fault("token request")
        now = self.clock()
        try:
            if jwt.get_unverified_header(form["assertion"]) != {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}:
                return self._fault("assertion header")
            claims = jwt.decode(form["assertion"], key().public_key(), ["RS256"], audience=f"{self.url}/token",
                                options={"verify_exp": False, "verify_iat": False})
        except jwt.PyJWTError as fault:
            return self._fault(f"assertion {fault}")
        if set(claims) != {"iss", "scope", "aud", "iat", "exp"} or claims["iss"] != EMAIL or claims["scope"] != SCOPE:
            return self._fault("claims")
        if abs(claims["iat"] - now.timestamp()) > 60 or not claims["iat"] < claims["exp"] <= claims["iat"] + 3600:
            return self._fault("iat or exp")
        token = f"ya29.{self.assertions}"
        self.access[token] = now + timedelta(seconds=3599)
        answer = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
        return Said(200, json.dumps(answer).encode(), (("content-type", "application/json"),))

    def _send(self, asked: Asked) -> Said:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or self.access.get(token, self.clock()) <= self.clock():
            return refusal(401, "UNAUTHENTICATED")
        if asked.headers.get("content-type") != "application/json" or len(asked.body) > 4096:
            return self._fault("content type or size")
        try:
            sent = msgspec.json.decode(asked.body, type=Send, strict=True)
        except msgspec.ValidationError as fault:
            return self._fault(str(fault))
        if wrong := _wrong(sent.message):
            return self._fault(wrong)
        return self._answer(sent)

    def _answer(self, sent: Send) -> Said:
        token = sent.message.token
        self.tried.append(token)
        if planned := self.plan(token, self.tried.count(token)):
            return planned
        if token not in self.registered:
            return refusal(404, "NOT_FOUND", "UNREGISTERED")
        (self.validated if sent.validate_only else self.taken).append(sent.message)
        name = json.dumps({"name": f"projects/{PROJECT}/messages/0:{len(self.tried)}"}).encode()
        return Said(200, name, (("content-type", "application/json"),))


def _wrong(message: Message) -> str | None:
    if any(RESERVED.match(name) for name in message.data):
        return "reserved data key"
    seconds = re.fullmatch(r"(\d+)s", message.android.ttl)
    if not seconds or int(seconds[1]) > 2_419_200:
        return "ttl"
    if message.android.priority not in ("HIGH", "NORMAL") or message.android.notification.visibility != "PRIVATE":
        return "android"
    if len(message.apns.headers.get("apns-collapse-id", "")) > 64 or "aps" not in message.apns.payload:
        return "apns"
    if any(not link.startswith("https://") for link in message.webpush.fcm_options.values()):
        return "link"
    return None
