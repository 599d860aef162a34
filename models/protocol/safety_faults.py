"""Safety rules that could never fire, speak of answers nobody is asked for, or a ladder that misses the deadline."""

from collections.abc import Iterator
from itertools import pairwise

from models.protocol.file import ProtocolFile
from models.protocol.forms import Field, Form
from models.protocol.lines import Path
from models.protocol.safety import Condition, SafetyRule, Trigger
from models.protocol.shape import Fault, nearest
from models.vocabulary import EntryKind


def safety_faults(content: ProtocolFile) -> Iterator[Fault]:
    yield from _ladder(content)
    for index, rule in enumerate(content.safety_rule):
        yield from _rule(content, rule, ("safety_rule", index))


def _ladder(content: ProtocolFile) -> Iterator[Fault]:
    plan = content.safety
    if plan.clock_hours < 1:
        yield ("safety", "clock_hours"), "must be 1 or more"
    if not plan.step:
        yield ("safety",), "step is missing: nobody would be told"
    for index, (one, next_) in enumerate(pairwise(plan.step)):
        if next_.after_hours <= one.after_hours:
            yield ("safety", "step", index + 1, "after_hours"), "must come after the step before"
    for index, step in enumerate(plan.step):
        if step.after_hours < 0 or step.after_hours >= plan.clock_hours:
            yield ("safety", "step", index, "after_hours"), f"must lie within the {plan.clock_hours} hours of the clock"


def _rule(content: ProtocolFile, rule: SafetyRule, path: Path) -> Iterator[Fault]:
    forms = {kind: content.form[kind] for kind in rule.kinds if kind in content.form}
    yield from (((*path, "kinds", at), f"there is no [form.{kind}]") for at, kind in enumerate(rule.kinds)
                if kind not in forms)
    if rule.version < 1:
        yield (*path, "version"), "must be 1 or more"
    if not rule.kinds or not rule.trigger:
        yield path, "without kinds and trigger it can never fire"
    asked = {subject for form in forms.values() for subject in form.subjects}
    if forms and not asked & set(rule.subjects):
        yield (*path, "subjects"), "none of these is asked any of its kinds"
    for at, trigger in enumerate(rule.trigger):
        yield from _trigger(content, forms, trigger, (*path, "trigger", at))
    for at, condition in enumerate(rule.unless):
        yield from _condition(forms, condition, (*path, "unless", at))
    yield from (((*path, "kinds", rule.kinds.index(kind)), f"no trigger can fire for {kind}")
                for kind, form in forms.items() if not any(_can_fire(kind, form, one) for one in rule.trigger))


def _trigger(content: ProtocolFile, forms: dict[EntryKind, Form], trigger: Trigger, path: Path) -> Iterator[Fault]:
    told = [number for number in (trigger.bones, trigger.episodes, trigger.hours_after_dose) if number is not None]
    if not trigger.all and not told:
        yield path, "names nothing: it would always fire"
    yield from ((path, "numbers must be 1 or more") for number in (*told, trigger.within_days) if number is not None
                and number < 1)
    if (trigger.episodes is None) != (trigger.within_days is None):
        yield path, "episodes and within_days go together"
    if trigger.hours_after_dose is not None and content.doses.most < 1:
        yield (*path, "hours_after_dose"), "the study gives no doses"
    found = [list(_condition(forms, one, (*path, "all", at))) for at, one in enumerate(trigger.all)]
    yield from (fault for faults in found for fault in faults)
    if forms and not any(found) and not any(_can_fire(kind, form, trigger) for kind, form in forms.items()):
        yield path, "no single kind has all it asks for"


def _can_fire(kind: EntryKind, form: Form, trigger: Trigger) -> bool:
    about_bones = trigger.bones is not None or trigger.episodes is not None
    return all(_find(form, one.field) for one in trigger.all) and (kind is EntryKind.FRACTURE or not about_bones)


def _condition(forms: dict[EntryKind, Form], condition: Condition, path: Path) -> Iterator[Fault]:
    if bool(condition.is_) == (condition.at_least is not None):
        yield path, "needs either `is` or at_least"
    fields = [field for form in forms.values() if (field := _find(form, condition.field))]
    if forms and not fields:
        names = [name for form in forms.values() for name in form.field]
        yield (*path, "field"), f"no form of {_listed(forms)} has {condition.field}{nearest(condition.field, names)}"
    elif fields:
        yield from _answers(fields, condition, path)


def _answers(fields: list[Field], condition: Condition, path: Path) -> Iterator[Fault]:
    if condition.at_least is not None and not any(field.type in ("integer", "number") for field in fields):
        yield (*path, "at_least"), f"{condition.field} is no number"
    known = [answer for field in fields for answer in _possible(field)]
    for at, answer in enumerate(condition.is_):
        if not any(type(one) is type(answer) and one == answer for one in known):
            hint = nearest(answer, known) if isinstance(answer, str) else ""
            yield (*path, "is", at), f"{condition.field} has no code {answer}{hint}"


def _possible(field: Field) -> list[str | bool]:
    return [True, False] if field.type == "boolean" else list(field.codes)


def _find(form: Form, path: str) -> Field | None:
    """`sites`, or `sites/bone` for what stands in each of its items."""
    head, _, inner = path.partition("/")
    found = form.field.get(head)
    return found.item.get(inner) if found and inner else found


def _listed(forms: dict[EntryKind, Form]) -> str:
    return ", ".join(forms)
