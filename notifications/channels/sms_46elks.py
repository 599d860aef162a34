"""46elks: SMS by their HTTP API (46elks.com/docs/send-sms), told back at an address only they know."""

import re
from datetime import timedelta

import httpx

from notifications.channels.base import ChannelError
from notifications.channels.sms import client_for, member, name_given, posted, refusal

ADDRESS = "https://api.46elks.com/a1/sms"
THE_NUMBER = re.compile(r"\bto\b|recipient", re.I)
"""How a refusal names what is wrong: the parameter."""


class Elks:
    def __init__(
        self, user: str, password: str, sender: str, receipts: str | None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`receipts`: the https address at which they tell how it went on."""
        self._client = client_for(user, password, transport)
        self._sender = sender
        self._receipts = receipts

    async def send(self, to: str, text: str, useful_for: timedelta | None, *, told_back: bool) -> str:
        del useful_for  # they have no such parameter
        form = {"from": self._sender, "to": to, "message": text, "dontlog": "message"}
        if told_back and self._receipts:
            form["whendelivered"] = self._receipts
        answer = await posted(self._client, ADDRESS, form)
        if answer.status_code == 400 and THE_NUMBER.search(answer.text[:500]):
            raise ChannelError("number_refused 400", permanent=True)
        if answer.status_code != 200:
            raise refusal(answer)
        if member(answer, "status") == "failed":
            raise ChannelError("failed", permanent=True)
        return name_given(answer, "id")

    async def close(self) -> None:
        await self._client.aclose()
