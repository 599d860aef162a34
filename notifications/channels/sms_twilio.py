"""Twilio: SMS by their Messages resource, told back with a signature."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta

import httpx

from notifications.channels.base import ChannelError
from notifications.channels.sms import client_for, member, name_given, patience, posted, refusal, whole_seconds

ADDRESS = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
LONGEST_KEPT = 36_000
"""Seconds that Twilio keeps a message at most, and does unless told otherwise."""
OF_THE_NUMBER = {
    21211: "number_invalid", 21217: "number_invalid", 21614: "number_no_mobile", 21612: "number_unreachable",
    21610: "stopped",
}
"""The person said STOP (21610), or this number takes no SMS: not tried again. START undoes a STOP; a later notice
finds out."""
TOO_MANY = {20429, 14107, 21611, 30001}


class Twilio:
    def __init__(
        self, account: str, key: tuple[str, str], sender: str, receipts: str | None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`key`: an API key and its secret; `sender`: a number, a name, or a messaging service (MG…)."""
        self._client = client_for(*key, transport)
        self._address = ADDRESS.format(account=account)
        self._from = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._receipts = receipts

    async def send(self, to: str, text: str, useful_for: timedelta | None, *, told_back: bool) -> str:
        form = {"To": to, **self._from, "Body": text}
        if told_back and self._receipts:
            form["StatusCallback"] = self._receipts
        if seconds := whole_seconds(useful_for, LONGEST_KEPT):
            form["ValidityPeriod"] = str(seconds)
        answer = await posted(self._client, self._address, form)
        if answer.status_code == 201:
            return name_given(answer, "sid")
        code = member(answer, "code")
        if isinstance(code, int) and code in OF_THE_NUMBER:
            raise ChannelError(OF_THE_NUMBER[code], permanent=True)
        if isinstance(code, int) and code in TOO_MANY:
            raise ChannelError(f"too_many {code}", retry_after=patience(answer))
        raise refusal(answer)

    async def close(self) -> None:
        await self._client.aclose()


def signature(auth_token: str, address: str, fields: Iterable[tuple[str, str]]) -> str:
    """X-Twilio-Signature of a form posted to `address`: HMAC-SHA1 over it and the sorted fields, name before value."""
    signed = address + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
