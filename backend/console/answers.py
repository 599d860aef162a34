"""An entry's answers as people read them, what changed between versions, and both sides of a conflict. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.audit import difference
from backend.console.words import partial_date, say
from backend.diary.schemas import RevisionView
from models.protocol import Field, Form
from models.vocabulary import RevisionState

NOTHING = "—"
NEEDS_NO_LABEL = ("bone", "side", "segment", "level", "name", "dose", "dose_unit", "route")
"""Parts of a list that say by themselves what they are, when they are known."""


@dataclass(frozen=True)
class Answer:
    name: str
    label: str
    lines: list[str]


@dataclass(frozen=True)
class ChangedField:
    label: str
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Side:
    """One version of a conflict: what it says, field by field as in the others."""

    heading: str
    revision: RevisionView | None
    values: list[list[str]]


@dataclass(frozen=True)
class Conflicting:
    labels: list[str]
    differs: list[bool]
    sides: list[Side]


def answers_of(form: Form, data: dict[str, Any]) -> list[Answer]:
    """In the order of the form; what this server does not know yet comes last, as sent."""
    names = [*(name for name in form.field if name in data), *(name for name in data if name not in form.field)]
    return [Answer(name, say("field", name), shown(form.field.get(name), data[name])) for name in names]


def shown(field: Field | None, value: Any) -> list[str]:
    """A value in lines of words. Anything odd is shown as it was sent."""
    if value is None or value in ("", []):
        return [NOTHING]
    if field is None:
        return [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]
    if field.type == "codes" and isinstance(value, list):
        return [say("value", code) for code in value]
    if field.type == "list" and isinstance(value, list):
        return [_part(field, part) for part in value]
    if field.type == "id":
        return ["An earlier entry"]
    if field.type == "code" and isinstance(value, str):
        return [say("value", value)]
    if field.type in ("partial_date", "date") and isinstance(value, str):
        return [partial_date(value)]
    if isinstance(value, bool):
        return ["Yes" if value else "No"]
    return [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]


def _part(field: Field, part: Any) -> str:
    if not isinstance(part, dict):
        return json.dumps(part, ensure_ascii=False)
    names = [*(name for name in field.item if name in part), *(name for name in part if name not in field.item)]
    told = [name for name in names if part[name] is not None and not _is_id(field.item.get(name))]
    return ", ".join(_labelled(name, line, part[name]) for name in told
                     for line in shown(field.item.get(name), part[name])) or NOTHING


def _is_id(field: Field | None) -> bool:
    return field is not None and field.type == "id"


def _labelled(name: str, line: str, value: Any) -> str:
    is_clear = name in NEEDS_NO_LABEL and (value != "unknown" or name == "bone")
    return line if is_clear else f"{say('field', name).lower()}: {_within_a_sentence(line)}"


def _within_a_sentence(line: str) -> str:
    """L1 and CT stay as they are."""
    return line[:1].lower() + line[1:] if line[1:2].islower() else line


def changes_between(form: Form, before: dict[str, Any], after: dict[str, Any]) -> list[ChangedField]:
    return [
        ChangedField(say("field", name), shown(form.field.get(name), old), shown(form.field.get(name), new))
        for name, (old, new) in difference(before, after).items()
    ]


def versions(form: Form, revisions: Sequence[RevisionView]) -> list[tuple[RevisionView, list[ChangedField]]]:
    """Newest first, each with what it changed; a conflicting one against the version it was based on."""
    known: dict[int, dict[str, Any]] = {0: {}}
    told = []
    for revision in revisions:
        base = revision.version - 1 if revision.version else revision.base_version
        told.append((revision, changes_between(form, known.get(base, {}), revision.data)))
        if revision.version:
            known[revision.version] = revision.data
    return told[::-1]


def open_conflict(form: Form, current: dict[str, Any], revisions: Sequence[RevisionView]) -> Conflicting | None:
    """What stands now beside every version that nobody has settled."""
    settled = {settled_id for revision in revisions for settled_id in revision.resolves}
    clashing = [r for r in revisions if r.state == RevisionState.CONFLICT and str(r.id) not in settled]
    if not clashing:
        return None
    standing = max((r for r in revisions if r.version), key=lambda r: r.version or 0, default=None)
    contents = [current, *(revision.data for revision in clashing)]
    every = {name for content in contents for name in content}
    names = [*(name for name in form.field if name in every), *sorted(every - form.field.keys())]

    def side(heading: str, revision: RevisionView | None, content: dict[str, Any]) -> Side:
        return Side(heading, revision, [shown(form.field.get(name), content.get(name)) for name in names])

    return Conflicting(
        [say("field", name) for name in names],
        [any(content.get(name) != current.get(name) for content in contents) for name in names],
        [side("Stands now", standing, current), *(side("Sent as well", r, r.data) for r in clashing)],
    )
