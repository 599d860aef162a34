"""What the metrics tell of safety cases, per site: each statement reads a bounded stretch of one index."""

from datetime import datetime, timedelta
from typing import Any

from backend.safety.roster import uncovered
from models.statement import instant, rows

MOST = 1_000
OPEN_CASES = """SELECT s.code,
  (SELECT count(*) FROM (SELECT 1 FROM safety_case c WHERE c.site_id = s.id AND c.state = 'open' LIMIT {most}) AS o)
    AS depth,
  (SELECT count(*) FROM (SELECT 1 FROM safety_case c WHERE c.site_id = s.id AND c.state = 'open' AND c.due_at < $1
    LIMIT {most}) AS o) AS overdue,
  (SELECT min(c.due_at) FROM safety_case c WHERE c.site_id = s.id AND c.state = 'open') AS first_due
FROM site s ORDER BY s.code"""

Line = tuple[str, float, dict[str, str]]


async def safety_figures(clock: timedelta, now: datetime) -> list[Line]:
    """(name, value, labels); `clock` is the time from receipt to the deadline."""
    lines: list[Line] = []
    for row in await rows(OPEN_CASES.format(most=MOST), now):
        lines += _of_site(row, clock, now)
    without = await uncovered(now)
    lines.append(("sites_without_duty", sum(1 for cover in without if not cover.on_duty), {}))
    lines.append(("sites_with_duty_gaps", sum(1 for cover in without if cover.gaps), {}))
    return lines


def _of_site(row: dict[str, Any], clock: timedelta, now: datetime) -> list[Line]:
    labels, due = {"site": row["code"]}, instant(row["first_due"])
    waited = max(0.0, (now - (due - clock)).total_seconds()) if due else 0.0
    return [("safety_cases_open", row["depth"], labels), ("safety_cases_overdue", row["overdue"], labels),
            ("safety_oldest_open_seconds", waited, labels)]
