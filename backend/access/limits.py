"""Limits on what can be guessed or filled up, counted in the database so that all processes count together."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.access.seal import Seal
from backend.errors import TooManyAttempts
from models.statement import rows

WINDOW = timedelta(minutes=15)

_COUNT = """INSERT INTO attempt_count (id, count, expires_at) VALUES ($1, $3, $2)
ON CONFLICT (id) DO UPDATE SET count = attempt_count.count + $3 RETURNING count"""


async def count_attempt(seal: Seal, what: str, whom: str, limit: int, now: datetime) -> None:
    """Count one attempt by or at `whom` (an address, an account, a code). Raises TooManyAttempts over `limit`.

    `whom` is stored as a keyed hash only.
    """
    await _count(f"{what}:{seal.keyed_hash(whom.strip().casefold())[:32]}", 1, limit, now)


async def count_bytes(what: str, account_id: UUID, size: int, limit: int, now: datetime) -> None:
    """Count what an account makes us keep. Raises TooManyAttempts over `limit`: the caller's transaction undoes it."""
    await _count(f"{what}:{account_id.hex}", size, limit, now)


async def _count(what: str, amount: int, limit: int, now: datetime) -> None:
    start = int(now.timestamp()) // int(WINDOW.total_seconds()) * int(WINDOW.total_seconds())
    found = await rows(_COUNT, f"{what}:{start}", now + WINDOW, amount)
    if found[0]["count"] > limit:
        raise TooManyAttempts(start + int(WINDOW.total_seconds()) - int(now.timestamp()))
