"""The protocol's parts in sentences that a nurse reads. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.console.words import say
from models.protocol import (
    ISO_PERIOD,
    Condition,
    Field,
    ProtocolFile,
    SafetyPlan,
    SafetyRule,
    Trigger,
    VisitRule,
    occurrences,
)
from models.protocol.visit_anchors import dose_named, visit_named

PARTS = ("year", "month", "week", "day")


@dataclass(frozen=True)
class Question:
    label: str
    answered_by: str
    choices: list[str]
    parts: list["Question"]
    unblinds: bool


@dataclass(frozen=True)
class Rule:
    rule: SafetyRule
    fires_if: list[str]
    unless: list[str]


def question_of(name: str, field: Field) -> Question:
    return Question(
        say("field", name), _answered_by(field), [say("value", code) for code in field.codes],
        [question_of(part, inner) for part, inner in field.item.items()], field.unblinds,
    )


def _answered_by(field: Field) -> str:
    kind = say("answer", field.type)
    if field.type in ("integer", "number") and (field.min is not None or field.max is not None):
        return f"{kind}, {_between(field.min, field.max)}"
    limits = {"text": "characters", "list": "times"}
    return f"{kind}, at most {field.max} {limits[field.type]}" if field.max and field.type in limits else kind


def _between(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least {least}"
    return f"at most {most}" if least is None else f"{least} to {most}"


def rules_of(content: ProtocolFile) -> list[Rule]:
    return [Rule(rule, [told_if(trigger) for trigger in rule.trigger], [_told(one) for one in rule.unless])
            for rule in content.safety_rule]


def told_if(trigger: Trigger) -> str:
    """Everything it names, joined: all of it must hold."""
    words = [_told(one) for one in trigger.all]
    if trigger.bones is not None:
        words.append(f"{trigger.bones} bones or more in one report")
    if trigger.episodes is not None:
        words.append(f"{trigger.episodes} fracture reports or more within {_count(trigger.within_days or 0, 'day')}")
    if trigger.hours_after_dose is not None:
        words.append(f"no later than {_count(trigger.hours_after_dose, 'hour')} after a dose")
    return " and ".join(words)


def _told(condition: Condition) -> str:
    label = ", ".join(say("field", part) for part in condition.field.split("/"))
    if condition.at_least is not None:
        return f"{label}: {condition.at_least:g} or more"
    return f"{label}: {_either(_answer(one) for one in condition.is_)}"


def _answer(told: str | bool) -> str:
    return ("Yes" if told else "No") if isinstance(told, bool) else say("value", told)


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def steps_of(plan: SafetyPlan) -> list[str]:
    return [f"after {_count(step.after_hours, 'hour')}: {say('tell', step.tell)}" for step in plan.step]


def code_of(visit: VisitRule) -> str:
    """FU-Y3 … FU-Y10."""
    first, *_, last = [one.code for one in occurrences(visit)] * 2
    return first if first == last else f"{first} … {last}"


def when_of(visit: VisitRule) -> str:
    """6 months after the last dose; or 3 years after the first dose, then every year until 10 years after it."""
    words, anchor = _period(visit.offset), _anchor(visit.anchor)
    first = f"{words} after {anchor}" if words else f"on {anchor}" if visit_named(visit.anchor) else f"at {anchor}"
    if visit.every is None or visit.until is None:
        return first
    return f"{first}, then every {_period(visit.every).removeprefix('1 ')} until {_period(visit.until)} after it"


def _anchor(name: str) -> str:
    number, visit = dose_named(name), visit_named(name)
    if visit:
        return f"the day of {visit}"
    return f"dose {number}" if number else f"the {say('anchor', name)}"


def _period(text: str) -> str:
    found = ISO_PERIOD.match(text)
    numbers = [int(number or 0) for number in found.groups()] if found else []
    return " and ".join(_count(number, part) for number, part in zip(numbers, PARTS, strict=False) if number)


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"
