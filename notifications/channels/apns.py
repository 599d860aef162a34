"""Apple's push service over one HTTP/2 connection, with a provider token remade every 50 minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

import httpx
import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from models import PushDevice
from models.vocabulary import PushEnvironment, PushProvider
from notifications.channels.base import Parcel
from notifications.channels.provider_tokens import Clock, Lender, Lent, ProviderTokens
from notifications.channels.push_answers import LARGEST, Fate, PushAnswer, later, life_of

APNS = {
    PushEnvironment.PRODUCTION: "https://api.push.apple.com",
    PushEnvironment.SANDBOX: "https://api.sandbox.push.apple.com",
}
REMADE_AFTER = timedelta(minutes=50)
NOT_BEFORE = timedelta(minutes=20)
PATIENCE = 10.0
AWAY_WAIT = timedelta(seconds=10)
BUSY_WAIT = timedelta(seconds=60)
BAD_TOKEN = {"BadDeviceToken", "DeviceTokenNotForTopic"}
"""Often a token of the other environment: that stands with each token."""


class Apns:
    service = PushProvider.APNS

    def __init__(
        self, key: str, key_id: str, team_id: str, topic: str, tokens: ProviderTokens, clock: Clock,
        *, urls: dict[PushEnvironment, str] = APNS, client: httpx.AsyncClient | None = None,
    ) -> None:
        """Raises ValueError, without showing anything of it, when the key can't be used."""
        self._key, self._key_id, self._team_id, self._topic = _read(key), key_id, team_id, topic
        self._tokens = tokens
        self._clock = clock
        self._urls = urls
        self._client = client or one_connection()
        self._lender = Lender(f"apns:{team_id}:{key_id}", self._provider_token, NOT_BEFORE)

    def fault_of(self, token: str, keys: dict[str, str]) -> str | None:
        """The JSON pointer of what can't be registered."""
        usable = 64 <= len(token) <= 200 and len(token) % 2 == 0 and all(sign in "0123456789abcdef" for sign in token)
        return "/keys" if keys else None if usable else "/token"

    async def send(self, device: PushDevice, parcel: Parcel, *, trial: bool = False) -> PushAnswer:
        """With `trial` the app is woken and nothing is shown."""
        body = msgspec.json.encode(_trial(parcel) if trial else _shown(parcel))
        if len(body) > LARGEST:
            return PushAnswer(Fate.REFUSED, "apns_too_large", ours=True)
        url = f"{self._urls[device.environment]}/3/device/{device.token}"
        headers = self._headers(device, parcel, trial)
        token = await self._tokens.token(self._lender)
        response = await self._post(url, body, headers, token)
        if response.status_code == 403 and _reason(response) == "ExpiredProviderToken":
            response = await self._post(url, body, headers, await self._tokens.token(self._lender, refused=token))
        return _answer(response, device, self._clock())

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, url: str, body: bytes, headers: dict[str, str], token: str) -> httpx.Response:
        try:
            return await self._client.post(url, content=body, headers=headers | {"authorization": f"bearer {token}"})
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # Apple ended a connection that was long idle. The same apns-id and collapse id: no second message.
            return await self._client.post(url, content=body, headers=headers | {"authorization": f"bearer {token}"})

    def _headers(self, device: PushDevice, parcel: Parcel, trial: bool) -> dict[str, str]:
        life = 0 if trial else life_of(parcel)
        headers = {
            "apns-topic": self._topic, "apns-push-type": "background" if trial else "alert",
            "apns-priority": "5" if trial or parcel.silent else "10", "apns-id": str(uuid5(device.id, str(parcel.id))),
            # by the provider's clock; the study's own may be ahead
            "apns-expiration": str(int(self._clock().timestamp()) + life if life else 0),
        }
        return headers | {"apns-collapse-id": parcel.tag} if parcel.tag else headers

    async def _provider_token(self, now: datetime) -> Lent:
        claims = {"iss": self._team_id, "iat": int(now.timestamp())}
        token = jwt.encode(claims, self._key, "ES256", headers={"kid": self._key_id})
        return Lent(token, now, now + REMADE_AFTER)


def one_connection(verify: Any = True) -> httpx.AsyncClient:
    """One to each of the two environments is kept, for as long as it lives; all messages share it."""
    limits = httpx.Limits(max_connections=len(APNS), max_keepalive_connections=len(APNS), keepalive_expiry=None)
    return httpx.AsyncClient(
        http1=False, http2=True, verify=verify, trust_env=False, follow_redirects=False, timeout=PATIENCE,
        limits=limits,
    )


def _read(key: str) -> EllipticCurvePrivateKey:
    try:
        found = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("not a private key (.p8)") from None
    if not isinstance(found, EllipticCurvePrivateKey) or not isinstance(found.curve, SECP256R1):
        raise ValueError("not an ES256 key")
    return found


def _shown(parcel: Parcel) -> dict[str, Any]:
    # mutable-content: the app may put the real words in its place once the phone is unlocked
    aps: dict[str, Any] = {"alert": {"title": parcel.subject, "body": parcel.body}, "mutable-content": 1}
    if parcel.silent:
        aps["interruption-level"] = "passive"
    else:
        aps["sound"] = "default"
    return {"aps": aps, "kind": parcel.kind, "notice": str(parcel.id)}


def _trial(parcel: Parcel) -> dict[str, Any]:
    return {"aps": {"content-available": 1}, "kind": parcel.kind, "notice": str(parcel.id)}


def _answer(response: httpx.Response, device: PushDevice, now: datetime) -> PushAnswer:
    status, reason = response.status_code, _reason(response)
    if status == 200:
        return PushAnswer(Fate.TAKEN, provider_id=response.headers.get("apns-id", "")[:200] or None)
    if status == 410:
        if device.registered_at < _since(response):
            return PushAnswer(Fate.GONE, "apns_unregistered")
        return later("apns_unregistered_before", None, now, BUSY_WAIT)
    if reason in BAD_TOKEN:
        return PushAnswer(Fate.GONE, "apns_bad_device_token")
    if status == 413:
        return PushAnswer(Fate.REFUSED, "apns_too_large", ours=True)
    if reason == "TooManyProviderTokenUpdates":
        return later("apns_too_many_tokens", response, now, NOT_BEFORE, ours=True)
    if status == 429:
        return later("apns_too_many_requests", response, now, BUSY_WAIT)
    if status >= 500:
        return later(f"apns_away {status}", response, now, AWAY_WAIT)
    # all that is left is about the key, the topic or how we speak
    return later(f"apns_refused {status}", response, now, BUSY_WAIT, ours=True)


def _said(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _reason(response: httpx.Response) -> str:
    return "" if response.status_code == 200 else str(_said(response).get("reason", ""))


def _since(response: httpx.Response) -> datetime:
    """When Apple last saw that the app was gone; without it nothing is known, so nothing ends."""
    try:
        return datetime.fromtimestamp(int(_said(response)["timestamp"]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)
