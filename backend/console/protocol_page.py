"""The protocol's parts in sentences that a nurse reads. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.console.words import say
from models.protocol import Condition, Field, ProtocolFile, SafetyPlan, SafetyRule, Trigger, VisitRule
from models.protocol.rhythm import ISO_PERIOD

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


def when_of(visit: VisitRule) -> str:
    """6 months after the last dose."""
    found = ISO_PERIOD.match(visit.offset)
    numbers = [int(number or 0) for number in found.groups()] if found else []
    words = [_count(number, part) for number, part in zip(numbers, PARTS, strict=False) if number]
    anchor = say("anchor", visit.anchor)
    return f"{' and '.join(words)} after the {anchor}" if words else f"at the {anchor}"


def _count(number: float, what: str) -> str:
    return f"{number:g} {what}{'' if number == 1 else 's'}"
