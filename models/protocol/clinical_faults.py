"""Pain scales, follow-ups, case definitions and counting against the forms they speak of."""

from collections.abc import Iterator

from models.protocol.clinical import CaseDefinition, PainScaleRule
from models.protocol.file import ProtocolFile
from models.protocol.forms import Field
from models.protocol.shape import Fault, nearest
from models.vocabulary import EntryKind

EVER = 200
"""Years; nobody grows out of the last scale."""
Scales = list[tuple[int, PainScaleRule]]


def scale_faults(content: ProtocolFile) -> Iterator[Fault]:
    """Each age has one scale, for those who rate themselves and for those who are rated by others."""
    asked = content.form.get(EntryKind.PAIN)
    rules = list(enumerate(content.pain_scale))
    if asked is None:
        yield from ((("pain_scale", index), "there is no [form.pain]") for index, _ in rules)
        return
    known = _codes(asked.field.get("scale"))
    yield from ((("pain_scale", index, "scale"), f"form.pain.field.scale has no code {rule.scale}"
                 + nearest(rule.scale, known)) for index, rule in rules if rule.scale not in known)
    if not known:
        return
    yield from _ages([(index, rule) for index, rule in rules if not rule.if_observed], "a participant")
    yield from _observed([(index, rule) for index, rule in rules if rule.if_observed])


def _ages(rules: Scales, who: str) -> Iterator[Fault]:
    reached = 0
    for index, rule in sorted(rules, key=lambda one: one[1].from_age):
        end = EVER if rule.to_age is None else rule.to_age
        if rule.from_age < 0 or end <= rule.from_age:
            yield ("pain_scale", index, "to_age"), "to_age must lie after from_age"
        if rule.from_age > reached:
            yield ("pain_scale", index, "from_age"), f"no scale for {who} from {reached} to {rule.from_age} years"
        if rule.from_age < reached:
            yield ("pain_scale", index, "from_age"), f"two scales for {who} of {rule.from_age} years"
        reached = max(reached, end)
    if reached < EVER:
        yield ("pain_scale",), f"no scale for {who} from {reached} years on"


def _observed(rules: Scales) -> Iterator[Fault]:
    """One for every age: whoever can't rate their own pain keeps it."""
    if not rules:
        yield ("pain_scale",), "no scale for participants who can't rate their own pain (if_observed)"
    for index, rule in rules:
        if rule.by != "carer":
            yield ("pain_scale", index, "by"), "who can't rate their own pain is rated by a carer"
        if rule.from_age or rule.to_age is not None:
            yield ("pain_scale", index), "if_observed is for every age"
    yield from ((("pain_scale", index), "two scales for who is observed") for index, _ in rules[1:])


def follow_up_faults(content: ProtocolFile) -> Iterator[Fault]:
    rule = content.follow_up
    if rule is None:
        return
    for kind in (EntryKind.FRACTURE, EntryKind.FOLLOW_UP):
        if kind not in content.form:
            yield ("follow_up",), f"there is no [form.{kind}]"
    if not rule.days or rule.days[0] < 1 or rule.days != sorted(set(rule.days)):
        yield ("follow_up", "days"), "must be days that rise, from 1 on"
    asked = content.form.get(EntryKind.FOLLOW_UP)
    known = _codes(asked.field.get("healed") if asked else None)
    if asked and "parent_id" not in asked.field:
        yield ("follow_up",), "form.follow_up has no field parent_id"
    yield from ((("follow_up", "closed_by", index), f"form.follow_up.field.healed has no code {code}"
                 + nearest(code, known)) for index, code in enumerate(rule.closed_by) if asked and code not in known)


def case_faults(content: ProtocolFile) -> Iterator[Fault]:
    bones = _bones(content)
    for index, one in enumerate(content.case_definition):
        for key in ("only_bones", "without_bones"):
            named: list[str] = getattr(one, key)
            yield from ((("case_definition", index, key, at), f"no bone {bone} is asked for{nearest(bone, bones)}")
                        for at, bone in enumerate(named) if bone not in bones)
        if one.only_bones and one.without_bones:
            yield ("case_definition", index, "without_bones"), "only_bones leaves out all others already"
        if one.is_set != _counts(one):
            yield (("case_definition", index, "is_set") if not one.is_set else ("case_definition", index),
                   "an undecided definition counts nothing" if not one.is_set
                   else "needs family_reports or statuses: nothing would count")


def counting_faults(content: ProtocolFile) -> Iterator[Fault]:
    rule = content.duplicates
    yield from ((("duplicates", key), "must be between 0 and 366")
                for key in ("around_days", "same_site_days") if not 0 <= getattr(rule, key) <= 366)


def _counts(one: CaseDefinition) -> bool:
    return one.family_reports or bool(one.statuses)


def _bones(content: ProtocolFile) -> list[str]:
    asked = content.form.get(EntryKind.FRACTURE)
    sites = asked.field.get("sites") if asked else None
    return _codes(sites.item.get("bone") if sites else None)


def _codes(field: Field | None) -> list[str]:
    return field.codes if field else []
