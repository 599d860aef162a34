"""Short-lived tokens of push services: made by one process, shared by all through the database, sealed there.

Apple refuses a team whose tokens change more often than every 20 minutes, however many processes it has.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.fernet import InvalidToken

from models import ProviderToken
from models.statement import rows
from models.transaction import atomic
from notifications.channels.push_answers import Fate, PushAnswer, PushRefused

MAKING = timedelta(seconds=15)
"""How long one process may take to make a token before another tries."""
LOOKS_AGAIN = 0.1
LOOKS = 200

_LEASE = """INSERT INTO provider_token (name, sealed_token, issued_at, expires_at) VALUES ($1, '', $2, $3)
ON CONFLICT (name) DO UPDATE SET issued_at = $2, expires_at = $3 WHERE provider_token.expires_at <= $2
RETURNING name"""
_RELEASE = "DELETE FROM provider_token WHERE name = $1 AND issued_at = $2 RETURNING name"

Clock = Callable[[], datetime]
"""The machine's time: providers know nothing of a sandbox's."""


class Sealing(Protocol):
    """Secrets at rest: sealed with the installation's key."""

    def close(self, text: str) -> str: ...
    def open(self, sealed: str) -> str: ...


@dataclass(frozen=True)
class Lent:
    token: str
    issued_at: datetime
    until: datetime
    """We use it no longer than this; it may live longer."""


@dataclass(frozen=True)
class Lender:
    """Whose token it is and how one is made."""

    name: str
    make: Callable[[datetime], Awaitable[Lent]]
    youngest: timedelta = timedelta(0)
    """At this age one may be replaced, not before."""


class ProviderTokens:
    """This process's view of the shared tokens."""

    def __init__(self, seal: Sealing, clock: Clock) -> None:
        self._seal = seal
        self._clock = clock
        self._known: dict[str, Lent] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, lender: Lender, refused: str | None = None) -> str:
        """One that can be used, other than `refused`. Raises PushRefused."""
        known = self._known.get(lender.name)
        if known is None or not self._is_usable(known, refused):
            async with self._locks[lender.name]:
                known = await self._shared(lender, refused)
                self._known[lender.name] = known
        return known.token

    def _is_usable(self, lent: Lent, refused: str | None) -> bool:
        return lent.token != refused and self._clock() < lent.until

    async def _shared(self, lender: Lender, refused: str | None) -> Lent:
        for _ in range(LOOKS):
            if found := await self._found(lender, refused):
                return found
            begun = self._clock()
            if await _lease(lender.name, begun):
                try:
                    # somebody may have made it between our look and our lease
                    return await self._found(lender, refused) or await self._made(lender)
                finally:
                    with contextlib.suppress(asyncio.CancelledError):
                        await _release(lender.name, begun)
            await asyncio.sleep(LOOKS_AGAIN)
        raise PushRefused(PushAnswer(Fate.LATER, "provider_token_busy"))

    async def _found(self, lender: Lender, refused: str | None) -> Lent | None:
        """Raises PushRefused when the refused one is too young to be replaced."""
        row = await ProviderToken.get_or_none(name=lender.name)
        if row is None:
            return None
        try:
            lent = Lent(self._seal.open(row.sealed_token), row.issued_at, row.expires_at)
        except InvalidToken:  # of another SECRET_KEY
            return None
        if lent.token == refused and self._clock() - lent.issued_at < lender.youngest:
            wait = lender.youngest - (self._clock() - lent.issued_at)
            raise PushRefused(PushAnswer(Fate.LATER, "provider_token_refused", ours=True, retry_after=wait))
        return lent if self._is_usable(lent, refused) else None

    async def _made(self, lender: Lender) -> Lent:
        lent = await lender.make(self._clock())
        await _keep(lender.name, self._seal.close(lent.token), lent)
        return lent


@atomic
async def _lease(name: str, now: datetime) -> bool:
    return bool(await rows(_LEASE, _making(name), now, now + MAKING))


@atomic
async def _release(name: str, begun: datetime) -> None:
    await rows(_RELEASE, _making(name), begun)


@atomic
async def _keep(name: str, sealed: str, lent: Lent) -> None:
    values = {"sealed_token": sealed, "issued_at": lent.issued_at, "expires_at": lent.until}
    await ProviderToken.update_or_create(name=name, defaults=values)


def _making(name: str) -> str:
    return f"{name}/making"
