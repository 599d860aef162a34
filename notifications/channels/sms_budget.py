"""The cost cap of SMS: so many segments in a calendar month (UTC), counted in the database for all processes."""

from datetime import UTC, datetime, timedelta

from models import AttemptCount
from models.statement import rows

_TAKE = """INSERT INTO attempt_count (id, count, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET count = attempt_count.count + $2 WHERE attempt_count.count + $2 <= $4 RETURNING count"""
_GIVE_BACK = "UPDATE attempt_count SET count = count - $2 WHERE id = $1 AND count >= $2 RETURNING count"
KEPT = timedelta(days=70)
"""The count outlives its month."""


async def take(segments: int, cap: int, at: datetime) -> bool:
    """Count what is about to leave; False: the month's cap would be passed, and nothing was counted.

    It is counted before it leaves, so that workers who send at the same moment can't pass the cap together.
    """
    return segments <= cap and bool(await rows(_TAKE, _month(at), segments, at + KEPT, cap))


async def give_back(segments: int, at: datetime) -> None:
    """The provider refused it, so it is not paid for."""
    await rows(_GIVE_BACK, _month(at), segments)


async def used(at: datetime) -> int:
    """Segments counted in the month of `at`."""
    row = await AttemptCount.get_or_none(id=_month(at))
    return row.count if row else 0


def _month(at: datetime) -> str:
    return f"sms:{at.astimezone(UTC):%Y-%m}"
