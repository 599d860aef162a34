"""Does an entry fit a safety rule? Pure: what is known of its time, its doses and its siblings is handed in.

In doubt a rule fits: a partial date counts when it may be so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from models.protocol import Condition, Protocol, SafetyRule, Trigger
from models.vocabulary import Arm, EntryKind, ParticipantKind

Span = tuple[datetime, datetime]
FLACC = ("face", "legs", "activity_level", "cry", "consolability")
"""Its total is derived, not told: five items make the `score`."""


@dataclass(frozen=True)
class Told:
    """What one entry says, and about whom."""

    kind: EntryKind
    data: dict[str, Any]
    span: Span
    """Earliest and latest instant at which it can have happened."""
    subject: ParticipantKind
    arm: Arm


@dataclass(frozen=True)
class Around:
    """What else is known of the participant."""

    zone: ZoneInfo
    """Of the site: the days of its doses."""
    fractures: tuple[Span, ...] = ()
    """Of every other fracture entry that still tells of an event of its own."""
    doses: tuple[date, ...] = ()


def fitting(protocol: Protocol, told: Told, around: Around) -> list[SafetyRule]:
    """The rules that the entry fits, in the protocol's order."""
    whole = replace(told, data=with_total(told.data))
    return [rule for rule in _rules_for(protocol, told) if any(_fires(t, whole, around) for t in rule.trigger)
            and not any(_holds(condition, whole.data) for condition in rule.unless)]


def may_fit(protocol: Protocol, kind: EntryKind, data: dict[str, Any]) -> bool:
    """Whether a rule fits as far as the answers alone can tell: what needs other entries or doses may."""
    whole = with_total(data)
    return any(_says(trigger, whole) for rule in protocol.safety_rules(kind) for trigger in rule.trigger)


def name_of(rule: SafetyRule) -> str:
    """Code and version, such as `S1/1`."""
    return f"{rule.code}/{rule.version}"


def code_in(name: str) -> str:
    return name.partition("/")[0]


def asks_for_doses(protocol: Protocol, kind: EntryKind) -> bool:
    return any(t.hours_after_dose is not None for rule in protocol.safety_rules(kind) for t in rule.trigger)


def with_total(data: dict[str, Any]) -> dict[str, Any]:
    """The answers with the total of FLACC, where all of its items are told."""
    items = [data.get(name) for name in FLACC]
    numbers = [item for item in items if type(item) is int]
    return {**data, "score": sum(numbers)} if len(numbers) == len(FLACC) else data


def _rules_for(protocol: Protocol, told: Told) -> list[SafetyRule]:
    arms = protocol.file.safety.arms
    if arms and told.arm not in arms:
        return []
    return [rule for rule in protocol.safety_rules(told.kind)
            if told.subject in rule.subjects and (not rule.arms or told.arm in rule.arms)]


def _fires(trigger: Trigger, told: Told, around: Around) -> bool:
    return (_says(trigger, told.data) and _is_one_of_many(trigger, told, around)
            and _follows_a_dose(trigger, told, around))


def _says(trigger: Trigger, data: dict[str, Any]) -> bool:
    if trigger.bones is not None and _bones(data) < trigger.bones:
        return False
    return all(_holds(condition, data) for condition in trigger.all)


def _bones(data: dict[str, Any]) -> int:
    """Three ribs told as one place are three."""
    counts = [place.get("count") if isinstance(place, dict) else None for place in _answers(data, "sites")]
    return sum(max(1, count) if type(count) is int else 1 for count in counts)


def _is_one_of_many(trigger: Trigger, told: Told, around: Around) -> bool:
    """The others are counted one by one: each may lie within so many days of this one."""
    if trigger.episodes is None:
        return True
    most = timedelta(days=trigger.within_days or 0)
    near = [other for other in around.fractures
            if other[0] - told.span[1] <= most and told.span[0] - other[1] <= most]
    return len(near) + 1 >= trigger.episodes


def _follows_a_dose(trigger: Trigger, told: Told, around: Around) -> bool:
    """Of a dose only the day is known: from its first minute to the last one that may be so many hours after it."""
    if trigger.hours_after_dose is None:
        return True
    days = ceil(trigger.hours_after_dose / 24) + 1
    for given_on in around.doses:
        starts = datetime.combine(given_on, time(), around.zone)
        ends = datetime.combine(given_on + timedelta(days=days), time(), around.zone)
        if told.span[0] < ends and told.span[1] >= starts:
            return True
    return False


def _holds(condition: Condition, data: dict[str, Any]) -> bool:
    answers = list(_answers(data, condition.field))
    if condition.at_least is not None:
        return any(_is_number(answer) and answer >= condition.at_least for answer in answers)
    return any(type(answer) is type(wanted) and answer == wanted for answer in answers for wanted in condition.is_)


def _answers(data: dict[str, Any], field: str) -> Iterator[Any]:
    """Every single answer that stands there: of a list each, of `sites/bone` that of each place."""
    name, _, item = field.partition("/")
    value = data.get(name)
    for one in value if isinstance(value, list) else [value]:
        if not item:
            yield from [] if one is None else [one]
        elif isinstance(one, dict) and one.get(item) is not None:
            yield one[item]


def _is_number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool)
