"""Whether the visit plan can be counted: known anchors without circles, repeats that end, each code once."""

from collections.abc import Iterator, Mapping

from models.protocol.file import ProtocolFile
from models.protocol.lines import Path
from models.protocol.periods import period_of
from models.protocol.repeats import MOST_REPEATS, NUMBER, Occurrence, by_code, occurrences
from models.protocol.rhythm import VisitRule
from models.protocol.shape import Fault, nearest
from models.protocol.visit_anchors import dose_named, named_anchors, visit_named

LONGEST_CODE = 40
"""As long as the table is wide."""
LONGEST = period_of("P100Y").length
OUTSIDE_THE_PLAN = "UNS-"
"""Begins the code of a visit that no plan knows."""


def visit_faults(content: ProtocolFile) -> Iterator[Fault]:
    faults = [fault for index, rule in enumerate(content.visit) for fault in _own(content, rule, ("visit", index))]
    yield from faults
    if not any(len(path) == 3 and path[2] in ("offset", "every", "until", "code") for path, _ in faults):
        yield from _together(content)


def period_faults(offset: str, path: Path) -> Iterator[Fault]:
    try:
        if period_of(offset).length > LONGEST:
            yield path, "is longer than 100 years"
    except ValueError:
        yield path, f"{offset} is no ISO 8601 period such as P6M"


def _own(content: ProtocolFile, rule: VisitRule, path: Path) -> Iterator[Fault]:
    """What is wrong with it by itself."""
    if (rule.window_before is None) != (rule.window_after is None):
        yield path, "window_before and window_after go together"
    yield from (((*path, name), "must not be negative") for name in ("window_before", "window_after", "first_number")
                if (getattr(rule, name) or 0) < 0)
    yield from (((*path, name), f"is more than {366 * 10} days") for name in ("window_before", "window_after")
                if (getattr(rule, name) or 0) > 366 * 10)
    if rule.code.startswith(OUTSIDE_THE_PLAN):
        yield (*path, "code"), f"{OUTSIDE_THE_PLAN} begins visits outside the plan"
    yield from period_faults(rule.offset, (*path, "offset"))
    yield from _repeat_faults(rule, path)
    if visit_named(rule.anchor) is None:
        known = named_anchors(content.doses.most)
        if rule.anchor not in known:
            no_dose = content.doses.most < 1 and ("dose" in rule.anchor or dose_named(rule.anchor))
            why = "the study gives no doses" if no_dose else f"there is no {rule.anchor}{nearest(rule.anchor, known)}"
            yield (*path, "anchor"), why
    if rule.dose is not None and not 1 <= rule.dose <= content.doses.most:
        yield (*path, "dose"), f"the study has no dose {rule.dose}"
    yield from (((*path, "bring", index), f"{item} stands twice")
                for index, item in enumerate(rule.bring) if item in rule.bring[:index])


def _repeat_faults(rule: VisitRule, path: Path) -> Iterator[Fault]:
    if rule.every is None:
        if NUMBER in rule.code:
            yield (*path, "code"), f"{NUMBER} is for visits with `every`"
        if rule.until is not None:
            yield (*path, "until"), "is for visits with `every`"
        return
    if NUMBER not in rule.code:
        yield (*path, "code"), f"needs {NUMBER}, since the visit is repeated"
    if rule.dose is not None:
        yield (*path, "dose"), "a dose is given at one visit"
    faults = list(period_faults(rule.every, (*path, "every")))
    if not faults and not period_of(rule.every).length:
        faults.append(((*path, "every"), "must not be nothing"))
    if rule.until is None:
        faults.append(((*path, "every"), "needs `until`: nobody knows where the repeats end"))
    else:
        faults += period_faults(rule.until, (*path, "until"))
    yield from faults
    if not faults and not list(period_faults(rule.offset, ())):
        yield from _row_faults(rule, path)


def _row_faults(rule: VisitRule, path: Path) -> Iterator[Fault]:
    if period_of(rule.until or "").length < period_of(rule.offset).length:
        yield (*path, "until"), "lies before the offset"
    elif len(occurrences(rule)) > MOST_REPEATS:
        yield (*path, "every"), f"there are more than {MOST_REPEATS} repeats"


def _together(content: ProtocolFile) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, rule in enumerate(content.visit):
        codes = [one.code for one in occurrences(rule)]
        yield from ((("visit", index, "code"), f"{code} stands twice") for code in codes
                    if code in seen and code != rule.code)
        yield from ((("visit", index, "code"), f"{code} is longer than {LONGEST_CODE} letters") for code in codes[-1:]
                    if len(code) > LONGEST_CODE)
        seen.update(codes)
    doses = [rule.dose for rule in content.visit]
    yield from ((("visit", index, "dose"), f"dose {dose} stands twice")
                for index, dose in enumerate(doses) if dose is not None and dose in doses[:index])
    yield from _chains(content)


def _chains(content: ProtocolFile) -> Iterator[Fault]:
    """What is counted from a visit: it is there, for the same arms, and is not counted from this one."""
    plan = by_code(content.visit)
    for index, rule in enumerate(content.visit):
        other, path = visit_named(rule.anchor), ("visit", index, "anchor")
        if other is None:
            continue
        if other not in plan:
            yield path, f"there is no visit {other}{nearest(other, plan)}"
            continue
        without = [arm for arm in rule.arms or content.arms if (of := plan[other].rule.arms) and arm not in of]
        yield from ((path, f"{other} is not in the plan of the arm {arm}") for arm in without)
        length = _length(plan, occurrences(rule)[-1])
        if length is None:
            yield path, f"{rule.code} would be counted from itself"
        elif length > LONGEST:
            yield path, "lies more than 100 years after the day from which all is counted"


def _length(plan: Mapping[str, Occurrence], last: Occurrence) -> int | None:
    """Of the whole chain; nothing for a circle."""
    length, passed, one = 0, set(), last
    while True:
        if one.code in passed:
            return None
        passed.add(one.code)
        length += one.offset.length
        other = visit_named(one.rule.anchor)
        if other is None or other not in plan:
            return length
        one = plan[other]
