"""What the timetable does for the schedule: visits whose window has passed become missed."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from backend.access.actor import SYSTEM
from backend.visits.overdue import MISSED_AFTER_APPOINTMENT, is_overdue
from backend.visits.schedule import miss_visit
from backend.wiring import Wiring
from models import Visit
from models.actions import Action
from models.participation import EFFECTS
from models.vocabulary import VisitState

DAY = timedelta(days=1)
MISSING = [state for state, effect in EFFECTS.items() if effect.misses_visits]


async def close_windows(wiring: Wiring, now: datetime) -> int:
    """Each visit in a transaction of its own, asked again under lock: several workers miss nothing twice."""
    del wiring  # the same shape as every job of the timetable
    actor = SYSTEM.acting(Action.VISIT_MISS)
    return sum([await miss_visit(actor, visit.id, now) for visit in await _candidates(now) if is_overdue(visit, now)])


async def _candidates(now: datetime) -> list[Visit]:
    """Roughly, by UTC with a day of margin; `is_overdue` asks the site's own calendar."""
    passed = Q(agreed_at=None, closes_on__lte=(now + DAY).date()) | Q(
        agreed_at__lte=now - MISSED_AFTER_APPOINTMENT + DAY
    )
    return await Visit.filter(passed, state=VisitState.PLANNED, participant__state__in=MISSING)
