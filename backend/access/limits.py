"""Limits on what can be guessed or filled up, counted in the database so that all processes count together.

Two rules. Guesses at one account's secret: ten, and the tenth locks for 15 minutes. What many people share (an
address) or fill (kept bytes): so much per quarter of an hour by the clock, free again at its end.
"""

from datetime import datetime, timedelta
from uuid import UUID

from backend.access.seal import Seal
from backend.errors import TooManyAttempts
from models.statement import instant, rows

WINDOW = timedelta(minutes=15)
GUESSES = 10
"""In any 15 minutes, wherever they begin."""

_COUNT = """INSERT INTO attempt_count (id, count, expires_at) VALUES ($1, $3, $2)
ON CONFLICT (id) DO UPDATE SET count = attempt_count.count + $3 RETURNING count"""

# Counted only while there is room, and each one counted keeps the row for another 15 minutes: no row that forgets has
# counted anything in the 15 minutes before.
_GUESS = """INSERT INTO attempt_count (id, count, expires_at) VALUES ($1, 1, $2)
ON CONFLICT (id) DO UPDATE SET expires_at = $2,
  count = CASE WHEN attempt_count.expires_at <= $3 THEN 1 ELSE attempt_count.count + 1 END
WHERE attempt_count.expires_at <= $3 OR attempt_count.count < $4 RETURNING count"""
_LOCKED_UNTIL = "SELECT expires_at FROM attempt_count WHERE id = $1"
_GIVE_BACK = "UPDATE attempt_count SET count = count - 1 WHERE id = $1 AND count > 0 RETURNING count"


async def count_guess(seal: Seal, what: str, whom: str, now: datetime) -> str:
    """Count one try at `whom`'s secret, before it is checked; returns the key with which a right one is given back.

    Raises TooManyAttempts after the tenth. `whom` is stored as a keyed hash only.
    """
    key = f"{what}:{_hashed(seal, whom)}"
    if await rows(_GUESS, key, now + WINDOW, now, GUESSES):
        return key
    found = await rows(_LOCKED_UNTIL, key)
    until = (instant(found[0]["expires_at"]) if found else None) or now + WINDOW
    raise TooManyAttempts(max(1, int((until - now).total_seconds())))


async def give_back(key: str) -> None:
    """The try was right, so it was no guess. Others' wrong ones stay counted."""
    await rows(_GIVE_BACK, key)


async def count_attempt(seal: Seal, what: str, whom: str, limit: int, now: datetime) -> None:
    """Count one attempt by or at `whom` (an address, a code). Raises TooManyAttempts over `limit`.

    `whom` is stored as a keyed hash only.
    """
    await _count(f"{what}:{_hashed(seal, whom)}", 1, limit, now)


async def count_bytes(what: str, account_id: UUID, size: int, limit: int, now: datetime) -> None:
    """Count what an account makes us keep. Raises TooManyAttempts over `limit`: the caller's transaction undoes it."""
    await _count(f"{what}:{account_id.hex}", size, limit, now)


async def _count(what: str, amount: int, limit: int, now: datetime) -> None:
    start = int(now.timestamp()) // int(WINDOW.total_seconds()) * int(WINDOW.total_seconds())
    found = await rows(_COUNT, f"{what}:{start}", now + WINDOW, amount)
    if found[0]["count"] > limit:
        raise TooManyAttempts(start + int(WINDOW.total_seconds()) - int(now.timestamp()))


def _hashed(seal: Seal, whom: str) -> str:
    return seal.keyed_hash(whom.strip().casefold())[:32]
