"""Limits on what can be guessed, counted in the database so that all processes count together."""

from datetime import datetime, timedelta

from backend.access.seal import Seal
from backend.errors import TooManyAttempts
from models.statement import rows

WINDOW = timedelta(minutes=15)

_COUNT = """INSERT INTO attempt_count (id, count, expires_at) VALUES ($1, 1, $2)
ON CONFLICT (id) DO UPDATE SET count = attempt_count.count + 1 RETURNING count"""


async def count_attempt(seal: Seal, what: str, whom: str, limit: int, now: datetime) -> None:
    """Count one attempt by or at `whom` (an address, an account, a code). Raises TooManyAttempts over `limit`.

    `whom` is stored as a keyed hash only.
    """
    start = int(now.timestamp()) // int(WINDOW.total_seconds()) * int(WINDOW.total_seconds())
    row_id = f"{what}:{seal.keyed_hash(whom.strip().casefold())[:32]}:{start}"
    found = await rows(_COUNT, row_id, now + WINDOW)
    if found[0]["count"] > limit:
        raise TooManyAttempts(start + int(WINDOW.total_seconds()) - int(now.timestamp()))
