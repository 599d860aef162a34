"""What the metrics tell of work items and of how notices get through: each statement reads a bounded stretch of one
index."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from models.statement import rows
from models.vocabulary import PushProvider

MOST = 10_000
A_DAY = timedelta(days=1)

OPEN_ITEMS = """SELECT s.code, count(w.due_at) AS depth, sum(CASE WHEN w.due_at < $1 THEN 1 ELSE 0 END) AS overdue
FROM site s LEFT JOIN (SELECT site_id, due_at FROM work_item WHERE closed_at IS NULL ORDER BY due_at LIMIT {most}) AS w
  ON w.site_id = s.id GROUP BY s.code ORDER BY s.code"""
FAILED = """SELECT channel, error FROM notice_attempt WHERE state = 'failed' AND at > $1
ORDER BY at DESC LIMIT {most}"""
LIVING = """SELECT count(*) AS living FROM (
  SELECT 1 FROM push_device WHERE service = $1 AND ended_at IS NULL LIMIT {most}) AS devices"""
ENDED = """SELECT service, end_reason FROM push_device WHERE ended_at IS NOT NULL AND ended_at > $1
ORDER BY ended_at DESC LIMIT {most}"""

Line = tuple[str, float, dict[str, str]]


async def reach_figures(now: datetime) -> list[Line]:
    """(name, value, labels)"""
    lines: list[Line] = []
    for row in await rows(OPEN_ITEMS.format(most=MOST), now):
        lines += [("work_items_open", row["depth"], {"site": row["code"]}),
                  ("work_items_overdue", row["overdue"], {"site": row["code"]})]
    failed = await rows(FAILED.format(most=MOST), now - A_DAY)
    lines += _counted("notices_failed", "channel", failed, "error")
    for service in PushProvider:
        living = (await rows(LIVING.format(most=MOST), service.value))[0]["living"]
        lines.append(("push_devices", living, {"service": service}))
    ended = await rows(ENDED.format(most=MOST), now - A_DAY)
    return [*lines, *_counted("push_devices_ended", "service", ended, "end_reason")]


def _counted(name: str, which: str, found: list[dict[str, Any]], why: str) -> list[Line]:
    """By the code alone: a status behind it would make a line of its own for each."""
    counts = Counter((row[which], (row[why] or "unknown").partition(" ")[0]) for row in found)
    return [(name, number, {which: kind, "reason": code}) for (kind, code), number in sorted(counts.items())]
