"""When it happened, or which days it tells of: earliest and latest instant, always both, however vague the answer.

What is told stands, also when it can't be (an edit check remarks on it); what is left open ends at birth or
conception on one side, at being noticed or told on the other.
"""

from datetime import datetime, timedelta
from typing import Any

from backend.diary.circumstances import Circumstances
from models.partial_dates import Span, Told, span, told
from models.protocol import Form

CLOCKS_DIFFER = timedelta(minutes=5)
BEFORE_BIRTH = ("prenatal", "present_at_birth")
LONGEST_PREGNANCY = 10
"""Months, where the gestational age is not known."""
NOTHING_TOLD = Told(None, None)
Answers = dict[str, Any]


def occurred_span(form: Form, data: Answers, known: Circumstances) -> Span | None:
    """None only for a kind that is asked neither when it happened nor from when to when."""
    if "occurred" in form.field or "occurred" in data:
        return _moment(data, known)
    if "from" in form.field or "from" in data:
        return _stretch(form, data, known)
    return None


def told_in(data: Answers, field: str | None, known: Circumstances) -> Told | None:
    value = data.get(field or "")
    part = data.get("part_of_day") if field == "occurred" else None
    return told(value, known.zone, part) if isinstance(value, str) else None


def first_possible(known: Circumstances, data: Answers) -> datetime:
    """Birth; for what happened before it, conception; without a birth, the enrolment."""
    return _birth_or_conception(known, data) or known.about.enrolled_at or known.told_at


def birth_month(known: Circumstances) -> Span | None:
    return span(f"{known.about.birth_month:%Y-%m}", known.zone) if known.about.birth_month else None


def _moment(data: Answers, known: Circumstances) -> Span:
    found = told_in(data, "occurred", known) or NOTHING_TOLD
    noticed = _end_of_noticed_day(data, known)
    latest = found.latest or noticed or known.told_at
    for bound in (noticed, known.told_at + CLOCKS_DIFFER, _end_before_birth(data, known)):
        if bound is not None and (found.earliest is None or found.earliest <= bound):
            latest = min(latest, bound)
    if found.earliest is None:
        return min(first_possible(known, data), latest), latest
    born = _birth_or_conception(known, data)
    earliest = max(found.earliest, born) if born is not None and born <= latest else found.earliest
    return earliest, max(earliest, latest)


def _stretch(form: Form, data: Answers, known: Circumstances) -> Span:
    """Days that a check-in attests are whole days; what still goes on, goes on when it is told."""
    first, last = (told_in(data, name, known) or NOTHING_TOLD for name in ("from", "to"))
    earliest = first.earliest or first_possible(known, data)
    latest = last.latest or known.received_at
    attests_days = "to" in form.field and form.field["to"].type == "date"
    if not attests_days and (last.earliest or earliest) <= known.received_at + CLOCKS_DIFFER:
        latest = min(latest, known.received_at + CLOCKS_DIFFER)
    return min(earliest, latest), max(earliest, latest)


def _end_of_noticed_day(data: Answers, known: Circumstances) -> datetime | None:
    found = told_in(data, "noticed_on", known)
    return found.latest if found else None


def _end_before_birth(data: Answers, known: Circumstances) -> datetime | None:
    born = birth_month(known)
    return born[1] if born and data.get("epoch") in BEFORE_BIRTH else None


def _birth_or_conception(known: Circumstances, data: Answers) -> datetime | None:
    """The earliest either can have been, for a child born on the first of the month."""
    born, about = birth_month(known), known.about
    if born is None or about.birth_month is None or data.get("epoch") not in BEFORE_BIRTH:
        return born[0] if born else None
    if about.gestational_days is not None:
        return born[0] - timedelta(days=about.gestational_days)
    year, month = divmod(about.birth_month.year * 12 + about.birth_month.month - 1 - LONGEST_PREGNANCY, 12)
    found = span(f"{year:04}-{month + 1:02}", known.zone)
    return found[0] if found else born[0]
