"""SMS: the subject line and nothing else, through one of the providers, within the month's cap."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import httpx

from models import AccountMail
from notifications.channels.base import ChannelError, Parcel, Reach, Receipt
from notifications.channels.segments import plainer, segments
from notifications.channels.sms_budget import give_back, take

SECONDS = 10.0
LONGEST_WAIT = timedelta(hours=6)


class SmsProvider(Protocol):
    """To add one, see notifications/README.md."""

    async def send(self, to: str, text: str, useful_for: timedelta | None, *, told_back: bool) -> str:
        """Hand one text over; the answer is what the provider calls it. Raises ChannelError.

        `told_back`: the provider is to tell us how it went on.
        """

    async def close(self) -> None: ...


class SmsChannel:
    name = "sms"
    replaces = False

    def __init__(self, provider: SmsProvider, monthly_cap: int) -> None:
        self._provider = provider
        self._cap = monthly_cap

    def address_of(self, reach: Reach) -> str | None:
        """Only a number that its owner has proved stands in the account."""
        return reach.account.phone

    def mail_address(self, mail: AccountMail) -> str | None:
        return None

    async def send(self, parcel: Parcel) -> Receipt:
        """A lock screen shows all of it, and it stays on the phone: no body, and never a link."""
        text = plainer(parcel.subject)
        count = segments(text)
        if not await take(count, self._cap, parcel.at):
            raise ChannelError("sms_cap", permanent=True, ours=True)
        useful_for = parcel.until - parcel.at if parcel.until else None
        try:
            provider_id = await self._provider.send(
                parcel.address, text, useful_for, told_back=bool(parcel.kind)  # only of a notice we keep how it went on
            )
        except Unanswered:
            raise  # it may have left, so it may have to be paid for
        except ChannelError:
            await give_back(count, parcel.at)
            raise
        return Receipt(provider_id, count)

    async def close(self) -> None:
        await self._provider.close()


class Unanswered(ChannelError):
    """The provider has the whole request, perhaps, and said nothing."""


def client_for(user: str, password: str, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        auth=(user, password), timeout=SECONDS, trust_env=False, follow_redirects=False, transport=transport,
        headers={"User-Agent": "fracture-diary", "Accept": "application/json"},
    )


async def posted(client: httpx.AsyncClient, url: str, form: Mapping[str, str]) -> httpx.Response:
    """Raises ChannelError when there is no answer."""
    try:
        return await client.post(url, data=form)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
        raise ChannelError("connection_failed") from failure
    except httpx.HTTPError as failure:
        raise Unanswered("no_answer") from failure


def refusal(answer: httpx.Response) -> ChannelError:
    """What a status says when nothing is known of its reason: our set-up, too many, or a provider that is down."""
    status = answer.status_code
    if status == 429:
        return ChannelError("too_many 429", retry_after=patience(answer))
    if status >= 500:
        return ChannelError(f"provider_down {status}", retry_after=patience(answer))
    return ChannelError(f"refused {status}", ours=True)


def patience(answer: httpx.Response) -> timedelta | None:
    """Retry-After in seconds, as both providers send it."""
    wait = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(wait[:9])), LONGEST_WAIT) if wait.isascii() and wait.isdigit() else None


def member(answer: httpx.Response, name: str) -> object:
    """One member of a JSON object; None for whatever else the body is."""
    try:
        body = answer.json()
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None


def name_given(answer: httpx.Response, member_name: str) -> str:
    """What the provider calls the message it took. Raises ChannelError: it says it took it and not as what."""
    name = member(answer, member_name)
    if not isinstance(name, str) or not name or len(name) > 200:
        raise Unanswered("answer_unusable")
    return name


def whole_seconds(span: timedelta | None, most: int) -> int | None:
    """At least 1; None: no limit worth telling."""
    if span is None or span >= timedelta(seconds=most):
        return None
    return max(1, int(span.total_seconds()))

