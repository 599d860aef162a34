"""When an entry must be looked at by a person soon. The rules raise a flag; seriousness is decided by people."""

from typing import Literal

import msgspec

from models.vocabulary import Arm, EntryKind, ParticipantKind, Role


class Condition(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename={"is_": "is"}):
    """One answer: it is, or contains, one of these; or is a number of at least so much.

    `field` may name a list's item: `sites/bone`.
    """

    field: str
    is_: list[str | bool] = []
    at_least: float | None = None


class Trigger(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Fires when everything it names holds."""

    all: list[Condition] = []
    bones: int | None = None
    """At least so many bones in this entry."""
    episodes: int | None = None
    within_days: int | None = None
    """At least so many fracture entries, this one counted, within so many days."""
    hours_after_dose: int | None = None
    """It happened no later than so many hours after an infusion (a day is taken as a whole)."""


class SafetyRule(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Fires when one of its triggers does, unless one of `unless` holds. A changed rule gets the next version."""

    code: str
    version: int
    title: str
    kinds: list[EntryKind]
    trigger: list[Trigger]
    subjects: tuple[ParticipantKind, ...] = tuple(ParticipantKind)
    arms: list[Arm] = []
    """Of these arms only; empty = of all that the plan is for."""
    unless: list[Condition] = []


class LadderStep(msgspec.Struct, forbid_unknown_fields=True):
    """Who is told when nobody has acknowledged a case so many hours after the server received the entry."""

    after_hours: float
    tell: Literal["on_duty", "investigator", "coordinator", "everybody"]


class SafetyPlan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    clock_hours: int
    """From server receipt to the deadline."""
    step: list[LadderStep]
    arms: list[Arm] = []
    """Whose entries may open a case; empty = of every arm."""
    fracture_with_admission_is_serious: bool | None = None
    """Whether the protocol reports it within 24 hours; unset = not published."""


TOLD_ROLES: dict[str, frozenset[Role]] = {
    "on_duty": frozenset({Role.DUTY_PERSON}),
    "investigator": frozenset({Role.INVESTIGATOR}),
    "coordinator": frozenset({Role.COORDINATOR}),
    "everybody": frozenset({Role.DUTY_PERSON, Role.INVESTIGATOR, Role.COORDINATOR}),
}
