"""Web Push to browsers: sealed for each, declarative, and only to hosts of known push services (SSRF)."""

import asyncio
import ssl
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
import msgspec

from models import PushDevice
from models.vocabulary import PushProvider
from notifications.channels.base import Parcel
from notifications.channels.provider_tokens import Clock
from notifications.channels.push_answers import LARGEST, Fate, PushAnswer, PushRefused, later, life_of
from notifications.channels.web_push_seal import own_key, point, public_letters, sealed, secret_of
from notifications.public_addresses import AddressRefused, resolved

HOSTS = ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com")
"""A star stands for one or more names."""
PATIENCE = 10.0
SIGNED_FOR = timedelta(hours=12)
SIGNED_ANEW = timedelta(hours=6)
MOST_READ = 64 * 1024
AWAY_WAIT = timedelta(seconds=10)
BUSY_WAIT = timedelta(seconds=60)
HTTPS = 443


class WebPush:
    service = PushProvider.WEB_PUSH

    def __init__(
        self, private_key: str, subject: str, clock: Clock, *, more_hosts: tuple[str, ...] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`more_hosts` (`host` or `host:port`) may stand in one's own network. Raises ValueError for key or subject."""
        if not subject.startswith(("mailto:", "https://")):
            raise ValueError("subject is neither mailto: nor https:")
        self._key = own_key(private_key)
        self.public_key = public_letters(self._key)
        self._subject = subject
        self._clock = clock
        self._more_hosts = frozenset(host.lower() for host in more_hosts)
        self._signed: dict[str, tuple[str, datetime]] = {}
        self._client = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=PATIENCE,
            headers={"User-Agent": "fracture-diary", "Accept-Encoding": "identity"},
        )

    def fault_of(self, token: str, keys: dict[str, str]) -> str | None:
        """The JSON pointer of what can't be registered."""
        if self._endpoint(token) is None:
            return "/token"
        try:
            point(keys["p256dh"])
            secret_of(keys["auth"])
        except (KeyError, ValueError):
            return "/keys"
        return None if len(keys) == 2 else "/keys"

    async def send(self, device: PushDevice, parcel: Parcel, *, trial: bool = False) -> PushAnswer:
        """A trial is shown too: browsers take a subscription away that gets pushes and shows nothing."""
        url = self._endpoint(device.token)
        if url is None:  # a host that was allowed once
            return PushAnswer(Fate.GONE, "web_push_host_refused")
        body = sealed(msgspec.json.encode(_declared(parcel)), device.keys["p256dh"], device.keys["auth"])
        if len(body) > LARGEST:
            return PushAnswer(Fate.REFUSED, "web_push_too_large", ours=True)
        request = await self._request(url, body, _headers(parcel, 0 if trial else life_of(parcel)))
        response = await self._client.send(request, stream=True)
        try:
            await _drain(response)
        finally:
            await response.aclose()
        return _answer(response, self._clock())

    async def close(self) -> None:
        await self._client.aclose()

    def _endpoint(self, text: str) -> httpx.URL | None:
        """The address, if it is one of a known push service; None for anything else."""
        try:
            url = httpx.URL(text)
            host, port = url.raw_host.decode("ascii").lower(), url.port
        except (httpx.InvalidURL, UnicodeDecodeError):
            return None
        plain = url.scheme == "https" and not url.userinfo and not url.fragment and all(host.split("."))
        known = port in (None, HTTPS) and any(_is_one_of(host, pattern) for pattern in HOSTS)
        return url if plain and (known or self._is_ours(url)) else None

    def _is_ours(self, url: httpx.URL) -> bool:
        """Whether the operator named this very host: it may stand in one's own network."""
        host = url.raw_host.decode("ascii").lower()
        return (f"{host}:{url.port}" if url.port else host) in self._more_hosts

    async def _request(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> httpx.Request:
        """To exactly the address that was looked at; TLS still asks for the name."""
        host = url.raw_host.decode("ascii").strip("[]")
        try:
            address = await resolved(host, url.port or HTTPS, allow_private=self._is_ours(url))
        except AddressRefused:
            raise PushRefused(PushAnswer(Fate.LATER, "web_push_address_refused")) from None
        origin = f"https://{url.netloc.decode('ascii')}"
        headers |= {"Host": url.netloc.decode("ascii"), "Authorization": self._vapid(origin)}
        return self._client.build_request(
            "POST", url.copy_with(host=address), content=body, headers=headers, extensions={"sni_hostname": host}
        )

    def _vapid(self, origin: str) -> str:
        now = self._clock()
        token, signed_at = self._signed.get(origin, ("", now - SIGNED_ANEW))
        if now - signed_at >= SIGNED_ANEW:
            claims = {"aud": origin, "exp": int((now + SIGNED_FOR).timestamp()), "sub": self._subject}
            token = jwt.encode(claims, self._key, "ES256")
            self._signed = {**self._fresh(now), origin: (token, now)}
        return f"vapid t={token}, k={self.public_key}"

    def _fresh(self, now: datetime) -> dict[str, tuple[str, datetime]]:
        return {origin: kept for origin, kept in self._signed.items() if now - kept[1] < SIGNED_ANEW}


def _is_one_of(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _declared(parcel: Parcel) -> dict[str, Any]:
    """Shown by browsers that know it (RFC-to-be, Safari 18.4) without our page; by others through its worker."""
    notification: dict[str, Any] = {"title": parcel.subject, "body": parcel.body, "navigate": parcel.link or "/"}
    if parcel.tag:
        notification["tag"] = parcel.tag
    if parcel.silent:
        notification["silent"] = True
    notification["data"] = {"kind": parcel.kind, "notice": str(parcel.id)}
    return {"web_push": 8030, "notification": notification}


def _headers(parcel: Parcel, life: int) -> dict[str, str]:
    headers = {"TTL": str(life), "Urgency": "high" if parcel.urgent else "normal",
               "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream"}
    return headers | {"Topic": parcel.tag} if parcel.tag else headers


async def _drain(response: httpx.Response) -> None:
    """Read a short body so that the connection can serve again; nothing in it counts."""
    read = 0
    try:
        async with asyncio.timeout(2):
            async for chunk in response.aiter_raw(MOST_READ):
                read += len(chunk)
                if read >= MOST_READ:
                    return
    except (TimeoutError, httpx.HTTPError):
        return


def _answer(response: httpx.Response, now: datetime) -> PushAnswer:
    status = response.status_code
    if 200 <= status < 300:
        return PushAnswer(Fate.TAKEN)
    if status in (404, 410):
        return PushAnswer(Fate.GONE, f"web_push_gone {status}")
    if status == 413:
        return PushAnswer(Fate.REFUSED, "web_push_too_large", ours=True)
    if status == 429:
        return later("web_push_too_many", response, now, BUSY_WAIT)
    if status in (400, 401, 403):
        return later(f"web_push_refused {status}", response, now, BUSY_WAIT, ours=True)
    return later(f"web_push_away {status}", response, now, AWAY_WAIT)
