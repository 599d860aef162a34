"""The visits that one rule of the plan stands for: itself, or with `every` a row of them (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.protocol.periods import Period, period_of
from models.protocol.rhythm import VisitRule
from models.vocabulary import Arm

MOST_REPEATS = 130
"""Once a month for ten years, and some."""
NUMBER = "{n}"


@dataclass(frozen=True)
class Occurrence:
    """One visit of the plan, with its whole offset from the anchor."""

    code: str
    rule: VisitRule
    offset: Period


def occurrences(rule: VisitRule) -> list[Occurrence]:
    """At most one more than may be. The last repeat is the one whose offset is not longer than `until`."""
    offset = period_of(rule.offset)
    if rule.every is None:
        return [Occurrence(rule.code, rule, offset)]
    every, longest = period_of(rule.every), period_of(rule.until or rule.offset).length
    found: list[Occurrence] = []
    while offset.length <= longest and len(found) <= MOST_REPEATS:
        code = rule.code.replace(NUMBER, str(rule.first_number + len(found)))
        found.append(Occurrence(code, rule, offset))
        offset += every
    return found


def by_code(rules: Iterable[VisitRule], arm: Arm | None = None) -> dict[str, Occurrence]:
    """Every visit of the plan, or of one arm's."""
    return {one.code: one for rule in rules if arm is None or applies(rule, arm) for one in occurrences(rule)}


def applies(rule: VisitRule, arm: Arm) -> bool:
    return not rule.arms or arm in rule.arms
