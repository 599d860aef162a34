"""The closed list of tests that an edit check may name: each says whether the answers pass it. Pure.

`backend/family_app/page/edit_checks.js` runs the same; a test holds both to the same table of cases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from backend.diary.circumstances import Circumstances
from backend.diary.occurrence import BEFORE_BIRTH, birth_month, first_possible, occurred_span, told_in
from models.pain import is_same_scale, scale_on
from models.partial_dates import Span, Told
from models.protocol import EditCheck, Protocol
from models.vocabulary import EntryKind

Answers = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Under which protocol, of which kind, and in what circumstances it was answered."""

    protocol: Protocol
    kind: EntryKind
    known: Circumstances


def _of(data: Answers, path: str | None) -> Any:
    """The answer; inside a list's item by the last part of the path."""
    return data.get((path or "").rpartition("/")[2])


def _is_answered(value: Any) -> bool:
    return value not in (None, "", [])


def _time(data: Answers, path: str | None, asked: Asked) -> Told | None:
    return told_in(data, (path or "").rpartition("/")[2], asked.known)


def _required(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    return _is_answered(_of(data, rule.field))


def _not_after(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """Not after it was received."""
    found = _time(data, rule.field, asked)
    start = found.earliest if found else None
    return start is None or start <= asked.known.received_at + timedelta(minutes=rule.tolerance_minutes)


def _not_before(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """Not before birth; what is said to have happened before or at birth, not before conception."""
    found = _time(data, rule.field, asked)
    if found is None or found.latest is None or asked.known.about.birth_month is None:
        return True
    return found.latest >= first_possible(asked.known, data)


def _not_after_birth(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """What is said to have happened before or at birth, not after the month of birth."""
    found, born = _time(data, rule.field, asked), birth_month(asked.known)
    if found is None or found.earliest is None or born is None or data.get("epoch") not in BEFORE_BIRTH:
        return True
    return found.earliest <= born[1]


def _not_before_parent(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """Not before what the entry belongs to began."""
    found, began = _time(data, rule.field, asked), asked.known.parent_from
    return found is None or found.latest is None or began is None or found.latest >= began


def _in_order(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """Begins no later than the other ends."""
    first, last = _time(data, rule.field, asked), _time(data, rule.than, asked)
    if first is None or last is None or first.earliest is None or last.latest is None:
        return True
    return first.earliest <= last.latest


def _within_days(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    first, last = _time(data, rule.field, asked), _time(data, rule.than, asked)
    if first is None or last is None or first.earliest is None or last.latest is None:
        return True
    return last.latest - first.earliest <= timedelta(days=(rule.days or 0) + 1)


def _clock_within(rule: EditCheck, _data: Answers, asked: Asked) -> bool:
    return asked.known.clock_skew is None or abs(asked.known.clock_skew) <= rule.tolerance_minutes * 60


def _holds(rule: EditCheck, data: Answers) -> bool:
    """Whether `than` is one of `codes`, or answered at all where none are named."""
    value = _of(data, rule.than)
    if not rule.codes:
        return _is_answered(value)
    given = value if isinstance(value, list) else [value]
    return any(type(one) is type(code) and one == code for one in given for code in rule.codes)


def _only_with(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """Answered only while `than` is one of `codes`."""
    return not _is_answered(_of(data, rule.field)) or _holds(rule, data)


def _not_with(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """Not answered while `than` is one of `codes`."""
    return not _is_answered(_of(data, rule.field)) or not _holds(rule, data)


def _one_of_with(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """One of `allowed`, or not answered, while `than` is one of `codes`."""
    value = _of(data, rule.field)
    return not _is_answered(value) or not _holds(rule, data) or value in rule.allowed


def _no_repeat(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """No two items of the list with the same first part, unless another part, told in both, tells them apart."""
    items = [item for item in data.get(rule.field) or () if isinstance(item, dict)]
    return not any(_is_same(rule.parts, one, other) for one, other in combinations(items, 2))


def _is_same(parts: list[str], one: Answers, other: Answers) -> bool:
    first, *others = parts
    if not _is_answered(one.get(first)) or one.get(first) != other.get(first):
        return False
    return all(one.get(part) == other.get(part) or not (_is_answered(one.get(part)) and _is_answered(other.get(part)))
               for part in others)


def _told_parts(rule: EditCheck, data: Answers) -> list[Any]:
    return [data[part] for part in rule.parts if _is_answered(data.get(part))]


def _parts_told(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """Answered only together with all `parts`, while `than` is one of `codes`."""
    if not _is_answered(_of(data, rule.field)) or not _holds(rule, data):
        return True
    return len(_told_parts(rule, data)) == len(rule.parts)


def _all_or_none(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """All `parts` or none of them, while `than` is one of `codes`."""
    return not _holds(rule, data) or len(_told_parts(rule, data)) in (0, len(rule.parts))


def _sum_of(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """The sum of `parts`, where all are told, while `than` is one of `codes`."""
    value, parts = _of(data, rule.field), _told_parts(rule, data)
    if not _is_answered(value) or not _holds(rule, data) or len(parts) < len(rule.parts):
        return True
    return all(isinstance(part, int | float) for part in parts) and sum(parts) == value


def _multiple_of(rule: EditCheck, data: Answers, _asked: Asked) -> bool:
    """A multiple of `step`, while `than` is one of `codes`."""
    value = _of(data, rule.field)
    return not isinstance(value, int | float) or not _holds(rule, data) or value % (rule.step or 1) == 0


def _scale_fits_age(rule: EditCheck, data: Answers, asked: Asked) -> bool:
    """The protocol's scale on some day on which it can have happened."""
    value, about = _of(data, rule.field), asked.known.about
    found = occurred_span(asked.protocol.form(asked.kind), data, asked.known)
    if not isinstance(value, str) or found is None:
        return True
    rules = asked.protocol.file.pain_scale
    wanted = [scale_on(rules, about.birth_month, day, observer_rated=about.observer_rated)
              for day in _days_that_matter(found, asked.known)]
    return any(one is None or is_same_scale(one.scale, value) for one in wanted)


def _days_that_matter(found: Span, known: Circumstances) -> Iterator[date]:
    """The first day, and each later one on which the participant is a year older."""
    first, last = (instant.astimezone(known.zone).date() for instant in found)
    yield first
    if born := known.about.birth_month:
        for year in range(first.year, last.year + 1):
            if first < date(year, born.month, 1) <= last:
                yield date(year, born.month, 1)


TESTS: dict[str, Callable[[EditCheck, Answers, Asked], bool]] = {
    "required": _required, "not_after": _not_after, "not_before": _not_before, "not_after_birth": _not_after_birth,
    "not_before_parent": _not_before_parent, "in_order": _in_order, "within_days": _within_days,
    "clock_within": _clock_within, "only_with": _only_with, "not_with": _not_with, "one_of_with": _one_of_with,
    "no_repeat": _no_repeat, "parts_told": _parts_told, "all_or_none": _all_or_none, "sum_of": _sum_of,
    "multiple_of": _multiple_of, "scale_fits_age": _scale_fits_age,
}
