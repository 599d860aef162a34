"""Three-way merge per merge unit (sync.md, rules 3–6): what was sent, what it was based on, what stands now."""

from dataclasses import dataclass
from typing import Any

from models.protocol import Form

Data = dict[str, Any]


@dataclass(frozen=True)
class Merged:
    data: Data
    clashing: list[str]
    """Fields two people changed differently; not empty = conflict."""


def overlay(current: Data, sent: Data) -> Data:
    """What was sent laid over what stands: absent = untouched, null = cleared."""
    merged = {**current, **sent}
    return {name: value for name, value in merged.items() if value is not None}


def replacement(current: Data, whole: Data) -> Data:
    """What must be sent so that `whole` stands: fields it lacks are cleared."""
    return {**dict.fromkeys(current), **whole}


def merge(form: Form, base: Data, current: Data, sent: Data) -> Merged:
    """Lay `sent` over `current`, unless a unit it changes was changed differently since `base`."""
    meant = overlay(base, sent)
    touched = {form.unit_of(name) for name in sent if base.get(name) != meant.get(name)}
    moved = {form.unit_of(name) for name in base.keys() | current.keys() if base.get(name) != current.get(name)}
    clashing = [name for name in sorted(meant.keys() | current.keys())
                if form.unit_of(name) in touched & moved and meant.get(name) != current.get(name)]
    changes = {name: value for name, value in sent.items() if form.unit_of(name) in touched}
    return Merged(overlay(current, changes), clashing)
