"""What is over is cleared away: answers kept for repeats, attempts counted, mails about accounts, silent devices.

Nothing of the study itself is ever deleted here.
"""

from datetime import datetime, timedelta

from backend.border.idempotency import LIFETIME
from backend.wiring import Wiring
from models.statement import rows
from notifications.sending.living_devices import SILENT_AFTER

BATCH = 500
"""Rows per statement, so that nobody waits for a long lock."""
REMEMBER_WORKERS = timedelta(days=1)
REMEMBER_MAILS = timedelta(days=30)
"""About accounts, and their links: long given up or over by then. What they did stands in the trail."""
REMEMBER_NUMBERS = timedelta(days=2)
"""To which a code went; a number that was proved stands in its account."""

_CLEAR = """DELETE FROM {table} WHERE {key} IN
(SELECT {key} FROM {table} WHERE {since} < $1 LIMIT {batch}) RETURNING {key}"""


async def clear_what_is_over(wiring: Wiring, now: datetime) -> int:
    """How many rows went."""
    del wiring  # the same shape as every job of the timetable
    return (
        await _clear("idempotency_key", "id", "created_at", now - LIFETIME)
        + await _clear("attempt_count", "id", "expires_at", now)
        + await _clear("account_mail", "id", "created_at", now - REMEMBER_MAILS)
        + await _clear("mailed_link", "id", "expires_at", now - REMEMBER_MAILS)
        + await _clear("phone_code", "id", "created_at", now - REMEMBER_NUMBERS)
        + await _clear("push_device", "id", "last_seen_at", now - SILENT_AFTER)
        + await _clear("heartbeat", "worker", "beat_at", now - REMEMBER_WORKERS)
    )


async def _clear(table: str, key: str, since: str, before: datetime) -> int:
    statement = _CLEAR.format(table=table, key=key, since=since, batch=BATCH)
    cleared = 0
    while True:
        gone = len(await rows(statement, before))
        cleared += gone
        if gone < BATCH:
            return cleared
