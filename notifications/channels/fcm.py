"""Firebase Cloud Messaging, HTTP v1: one message to one Android phone (or to an iPhone that Firebase looks after).

What each answer means stands in `_answer`; details of errors are read from `FcmError`, as `status` says otherwise.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from models import PushDevice
from models.vocabulary import PushProvider
from notifications.channels.base import Parcel
from notifications.channels.provider_tokens import Clock, Lender, Lent, ProviderTokens
from notifications.channels.push_answers import LARGEST, Fate, PushAnswer, PushRefused, later, life_of

FCM = "https://fcm.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CHANNEL_ID = "reminders"
"""The notification channel that the Android app makes."""
SILENT_CHANNEL_ID = "quiet"
HERE = ("localhost", "127.0.0.1")
ENDS_BEFORE = timedelta(minutes=5)
PATIENCE = 10.0
QUOTA_WAIT = timedelta(seconds=60)
AWAY_WAIT = timedelta(seconds=10)


class _ServiceAccount(msgspec.Struct):
    """The JSON file that the Firebase console gives; what else stands in it is not ours to read."""

    project_id: str
    client_email: str
    private_key: str
    private_key_id: str
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


class Fcm:
    service = PushProvider.FCM

    def __init__(
        self, service_account: str, tokens: ProviderTokens, clock: Clock, *, url: str = FCM,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """Raises ValueError, without showing anything of it, when the account can't be used."""
        self._account, self._key = _read(service_account)
        self._tokens = tokens
        self._clock = clock
        self._url = f"{url}/v1/projects/{self._account.project_id}/messages:send"
        self._client = client or httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        named = hashlib.sha256(f"{self._account.client_email}/{self._account.private_key_id}".encode()).hexdigest()
        self._lender = Lender(f"fcm:{named[:32]}", self._access_token)

    def fault_of(self, token: str, keys: dict[str, str]) -> str | None:
        """The JSON pointer of what can't be registered."""
        usable = len(token) >= 32 and all(sign.isalnum() or sign in "-_:%." for sign in token) and token.isascii()
        return "/keys" if keys else None if usable else "/token"

    async def send(self, device: PushDevice, parcel: Parcel, *, trial: bool = False) -> PushAnswer:
        """With `trial` Google checks everything and shows nothing."""
        asked: dict[str, Any] = {"message": _message(device.token, parcel)}
        body = msgspec.json.encode({**asked, "validate_only": True} if trial else asked)
        if len(body) > LARGEST:
            return PushAnswer(Fate.REFUSED, "fcm_too_large", ours=True)
        token = await self._tokens.token(self._lender)
        response = await self._post(body, token)
        if response.status_code == 401 and _error_code(response) != "THIRD_PARTY_AUTH_ERROR":
            response = await self._post(body, await self._tokens.token(self._lender, refused=token))
        return _answer(response, self._clock())

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, body: bytes, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self._client.post(self._url, content=body, headers=headers)

    async def _access_token(self, now: datetime) -> Lent:
        claims = {"iss": self._account.client_email, "scope": SCOPE, "aud": self._account.token_uri,
                  "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 3600}
        assertion = jwt.encode(claims, self._key, "RS256", headers={"kid": self._account.private_key_id})
        response = await self._client.post(
            self._account.token_uri, data={"grant_type": GRANT, "assertion": assertion}
        )
        if response.status_code != 200:
            ours = response.status_code in (400, 401, 403)
            raise PushRefused(later(f"fcm_no_access {response.status_code}", response, now, AWAY_WAIT, ours))
        try:
            given = response.json()
            lasts = timedelta(seconds=int(given["expires_in"])) - ENDS_BEFORE
            return Lent(str(given["access_token"]), now, now + lasts)
        except (ValueError, KeyError, TypeError) as fault:
            raise PushRefused(later("fcm_no_access", None, now, AWAY_WAIT)) from fault


def _read(service_account: str) -> tuple[_ServiceAccount, RSAPrivateKey]:
    try:
        account = msgspec.json.decode(service_account, type=_ServiceAccount)
        key = load_pem_private_key(account.private_key.encode(), None)
        address = urlsplit(account.token_uri)
    except (msgspec.MsgspecError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("not a service account with its private key") from None
    plain_here = address.scheme == "http" and address.hostname in HERE
    if not isinstance(key, RSAPrivateKey) or not (address.scheme == "https" or plain_here):
        raise ValueError("not a service account with its private key")
    if not account.project_id.replace("-", "").isalnum():
        raise ValueError("not a service account of a project")
    return account, key


def _message(token: str, parcel: Parcel) -> dict[str, Any]:
    life, words = life_of(parcel), {"title": parcel.subject, "body": parcel.body}
    android: dict[str, Any] = {"channel_id": SILENT_CHANNEL_ID if parcel.silent else CHANNEL_ID,
                               "visibility": "PRIVATE"}
    apns = {"apns-push-type": "alert", "apns-priority": "5" if parcel.silent else "10",
            "apns-expiration": str(int(parcel.at.timestamp()) + life if life else 0)}
    webpush: dict[str, Any] = {"headers": {"TTL": str(life), "Urgency": "high" if parcel.urgent else "normal"}}
    message: dict[str, Any] = {
        "token": token, "notification": words, "data": {"kind": parcel.kind, "notice": str(parcel.id)},
        # HIGH only, as all of these are shown; Android slows down those who use it for anything else
        "android": {"priority": "NORMAL" if parcel.silent else "HIGH", "ttl": f"{life}s", "notification": android},
        "apns": {"headers": apns, "payload": {"aps": {"mutable-content": 1}}}, "webpush": webpush,
    }
    if not parcel.silent:
        message["apns"]["payload"]["aps"]["sound"] = "default"
    if parcel.tag:
        message["android"]["collapse_key"] = android["tag"] = parcel.tag
        apns["apns-collapse-id"] = webpush["headers"]["Topic"] = parcel.tag
        webpush["notification"] = {"tag": parcel.tag}
    if parcel.link and parcel.link.startswith("https://"):
        webpush["fcm_options"] = {"link": parcel.link}
    return message


def _answer(response: httpx.Response, now: datetime) -> PushAnswer:
    status, code = response.status_code, _error_code(response)
    if status == 200:
        return PushAnswer(Fate.TAKEN, provider_id=_name(response))
    if code == "UNREGISTERED":
        return PushAnswer(Fate.GONE, "fcm_unregistered")
    if code == "SENDER_ID_MISMATCH":
        return PushAnswer(Fate.GONE, "fcm_sender_id_mismatch", ours=True)
    if code == "INVALID_ARGUMENT":
        token = _names_the_token(response)
        return PushAnswer(Fate.GONE, "fcm_invalid_token") if token else PushAnswer(
            Fate.REFUSED, "fcm_invalid_argument", ours=True)
    if code == "THIRD_PARTY_AUTH_ERROR":
        return later("fcm_third_party_auth", None, now, AWAY_WAIT, ours=True)
    if code == "QUOTA_EXCEEDED" or status == 429:
        return later("fcm_quota_exceeded", response, now, QUOTA_WAIT)
    if status >= 500:
        return later(f"fcm_away {status}", response, now, AWAY_WAIT)
    return later(f"fcm_refused {status}", response, now, AWAY_WAIT, ours=True)


def _error(response: httpx.Response) -> dict[str, Any]:
    try:
        error = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _details(response: httpx.Response) -> list[dict[str, Any]]:
    details = _error(response).get("details")
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _error_code(response: httpx.Response) -> str:
    if response.status_code == 200:
        return ""
    named = [str(one.get("errorCode")) for one in _details(response) if str(one.get("@type")).endswith(".FcmError")]
    return named[0] if named else str(_error(response).get("status", ""))


def _names_the_token(response: httpx.Response) -> bool:
    """Google says it as a field violation, or in its sentence alone."""
    violations = [one.get("fieldViolations") for one in _details(response)]
    fields = [str(found.get("field")) for listed in violations if isinstance(listed, list)
              for found in listed if isinstance(found, dict)]
    if fields:
        return fields == ["message.token"]
    return "registration token" in str(_error(response).get("message", ""))


def _name(response: httpx.Response) -> str | None:
    try:
        return str(response.json()["name"])[:200]
    except (ValueError, KeyError, TypeError):
        return None
