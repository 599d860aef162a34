"""The protocol's visit rules + the days that are known → which visit is aimed at which day, with its window (pure).

Each visit is counted from its anchor, never from another day that was clipped to the end of a shorter month. What is
counted from a visit counts from the day on which that one took place, else from the day it aims at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.protocol import Occurrence, VisitRule
from models.protocol.repeats import by_code
from models.protocol.visit_anchors import visit_named
from models.vocabulary import Arm, BringItem

Days = Mapping[str, date]


@dataclass(frozen=True)
class Window:
    """Without window days in the protocol there is only a target, and the visit is never overdue."""

    target_on: date
    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True)
class PlannedVisit:
    code: str
    window: Window
    phase: str
    bring: tuple[BringItem, ...]


@dataclass(frozen=True)
class KnownDays:
    """`anchors`: by name, such as `first_dose`. By the visit's code: `stands` wins over the plan (it took place, or
    the records say so), `stood` is what holds where the plan knows no day (counted once from a day expected).
    """

    anchors: Days
    stands: Days = field(default_factory=dict)
    stood: Days = field(default_factory=dict)


def visit_plan(rules: Iterable[VisitRule], arm: Arm, known: KnownDays) -> dict[str, PlannedVisit]:
    """The visits whose anchor is known, by code."""
    plan = by_code(rules, arm)
    targets = {code: _target(plan, code, known, frozenset()) for code in plan}
    return {code: _planned(plan[code], target) for code, target in targets.items() if target}


def window_about(rule: VisitRule, target: date) -> Window:
    opens = target - timedelta(days=rule.window_before) if rule.window_before is not None else None
    closes = target + timedelta(days=rule.window_after) if rule.window_after is not None else None
    return Window(target, opens, closes)


def _planned(one: Occurrence, target: date) -> PlannedVisit:
    return PlannedVisit(one.code, window_about(one.rule, target), one.rule.phase, tuple(one.rule.bring))


def _target(plan: Mapping[str, Occurrence], code: str, known: KnownDays, asked: frozenset[str]) -> date | None:
    """`asked`: an older version's file may hold a circle that is refused today; nothing is known then."""
    if code not in plan or code in asked:
        return None
    other = visit_named(plan[code].rule.anchor)
    if other is None:
        anchor = known.anchors.get(plan[code].rule.anchor)
    else:
        anchor = known.stands.get(other) or _target(plan, other, known, asked | {code}) or known.stood.get(other)
    return plan[code].offset.after(anchor) if anchor else None
