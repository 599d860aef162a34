"""What the timetable calls."""

import logging
from datetime import datetime

from backend.safety.ladder import climb_due
from backend.safety.roster import uncovered
from backend.wiring import Wiring

log = logging.getLogger("backend.safety")


async def climb_ladders(wiring: Wiring, now: datetime) -> int:
    """Tell more people of what nobody has acknowledged."""
    return await climb_due(wiring.protocol, now)


async def warn_of_empty_duty(_wiring: Wiring, now: datetime) -> int:
    """Say it loudly, at the start and once an hour: families write, and nobody would be told."""
    for cover in await uncovered(now):
        when = "is now" if not cover.on_duty else "will be within 7 days"
        log.warning("site=%s has participants and nobody on duty: %s", cover.site.code, when)
    return 0
