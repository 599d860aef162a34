"""Standard Webhooks over HTTP: signed with every secret, one total deadline, no redirects, no private addresses.

The only file that knows httpx. The name is resolved here and the request goes to exactly the address that was
checked; TLS still verifies the name. Of the answer, the status counts; its body is never unpacked or kept.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from standardwebhooks import Webhook

from backend.forwarding.destinations.answers import Answer, Send, Verdict
from backend.forwarding.destinations.rules import DestinationRule
from models import OutboxMessage
from notifications.public_addresses import AddressRefused, resolved

DEADLINE = 20.0
"""Seconds from the name's resolution to the answer's end; well below the lease (models/delivery.py)."""
MOST_READ = 64 * 1024
DRAIN_WITHIN = 2.0
LONGEST_WAIT = timedelta(hours=6)
OF_THE_DESTINATION = frozenset({401, 403, 404, 407, 408, 409, 425, 429})
"""Refusals that say nothing about the message: a key, an address or a limit is wrong for all of them."""


@asynccontextmanager
async def webhook_sender(
    rule: DestinationRule, *, deadline: float = DEADLINE, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Send]:
    """Connections to one destination, kept for as long as messages go out."""
    signers = [Webhook(secret) for secret in rule.secrets]
    async with httpx.AsyncClient(
        verify=tls or ssl.create_default_context(), http2=False, trust_env=False, follow_redirects=False,
        timeout=deadline, headers={"User-Agent": "fracture-diary", "Accept-Encoding": "identity"},
    ) as client:

        async def send(message: OutboxMessage, now: datetime) -> Answer:
            try:
                async with asyncio.timeout(deadline):
                    request = await _request(client, rule, message, _signatures(signers, message, now))
                    return await _answer(client, request, now)
            except (AddressRefused, httpx.InvalidURL):
                return Answer(Verdict.TEMPORARY, "address_refused")
            except (TimeoutError, httpx.TimeoutException):
                return Answer(Verdict.TEMPORARY, "deadline")
            except (httpx.HTTPError, OSError, UnicodeError) as failure:
                return Answer(Verdict.TEMPORARY, _network_code(failure))

        yield send


def _signatures(signers: list[Webhook], message: OutboxMessage, now: datetime) -> dict[str, str]:
    signed = [signer.sign(str(message.id), now.astimezone(UTC), message.payload) for signer in signers]
    return {
        "Content-Type": "application/json",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


async def _request(
    client: httpx.AsyncClient, rule: DestinationRule, message: OutboxMessage, headers: dict[str, str]
) -> httpx.Request:
    url = httpx.URL(rule.url)
    if url.userinfo or (url.scheme != "https" and not (rule.allow_private and url.scheme == "http")):
        raise AddressRefused
    host = url.raw_host.decode("ascii").strip("[]")
    address = await resolved(host, url.port or (443 if url.scheme == "https" else 80), allow_private=rule.allow_private)
    return client.build_request(
        "POST", url.copy_with(host=address), content=message.payload.encode(),
        headers={**headers, "Host": url.netloc.decode("ascii")}, extensions={"sni_hostname": host},
    )


async def _answer(client: httpx.AsyncClient, request: httpx.Request, now: datetime) -> Answer:
    response = await client.send(request, stream=True)
    try:
        await _drain(response)
    finally:
        await response.aclose()
    return judged(response.status_code, response.headers.get("retry-after"), now)


async def _drain(response: httpx.Response) -> None:
    """Read a short body so that the connection can serve again; the status has been said whatever follows."""
    read = 0
    try:
        async with asyncio.timeout(DRAIN_WITHIN):
            async for chunk in response.aiter_raw(MOST_READ):
                read += len(chunk)
                if read >= MOST_READ:
                    return
    except (TimeoutError, httpx.HTTPError):
        return


def judged(status: int, retry_after: str | None, now: datetime) -> Answer:
    """What a status means for the message."""
    if 200 <= status < 300:
        return Answer(Verdict.TAKEN, status=status)
    if 300 <= status < 400:
        return Answer(Verdict.TEMPORARY, "redirect", status)
    if status == 410:
        return Answer(Verdict.GONE, "gone", status)
    if 400 <= status < 500 and status not in OF_THE_DESTINATION:
        return Answer(Verdict.REFUSED, f"status_{status}", status)
    return Answer(Verdict.TEMPORARY, f"status_{status}", status, _wait_until(retry_after, now))


def _wait_until(retry_after: str | None, now: datetime) -> datetime | None:
    """Retry-After in seconds or as a date, at most 6 hours."""
    if not retry_after:
        return None
    try:
        if retry_after.isascii() and retry_after.isdigit():
            wait = timedelta(seconds=min(int(retry_after[:9]), 10**6))
        else:
            wait = parsedate_to_datetime(retry_after).astimezone(UTC) - now
    except (ValueError, OverflowError):
        return None
    return now + min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _network_code(failure: Exception) -> str:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return {httpx.ConnectError: "connection_refused", httpx.RemoteProtocolError: "half_an_answer"}.get(
        type(failure), "connection_lost" if isinstance(failure, httpx.HTTPError) else "name_unknown"  # type: ignore[arg-type]
    )
