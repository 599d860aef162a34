"""A visit in words that a nurse reads. Pure."""

from backend.visits.schemas import VisitView


def against_the_plan(visit: VisitView) -> str:
    """What happened against what was planned: `3 days after its day, in its window`."""
    days = visit.days_from_target
    if days is None:
        return ""
    told = "on its day" if days == 0 else f"{_days(abs(days))} {'after' if days > 0 else 'before'} its day"
    return told if visit.in_window is None else f"{told}, {'in' if visit.in_window else 'outside'} its window"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
