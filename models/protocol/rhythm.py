"""When families are asked, how late an answer may be, which doses and visits there are."""

import re
from typing import Annotated, Literal

import msgspec

from models.vocabulary import Arm

ISO_PERIOD = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$")
Anchor = Literal["first_dose", "last_dose"]
Every = Annotated[int, msgspec.Meta(ge=1, le=366)]
AtMost = Annotated[int, msgspec.Meta(ge=0, le=36600)]


class DoseRule(msgspec.Struct, forbid_unknown_fields=True):
    """How many infusions there are, and in which arms; the others get none."""

    most: int
    arms: list[Arm]


class LaterRhythm(msgspec.Struct, forbid_unknown_fields=True):
    """From `offset` (ISO 8601 period) after the anchor on, families are asked every so many days."""

    anchor: Anchor
    offset: str
    every_days: Every


class CheckInRule(msgspec.Struct, forbid_unknown_fields=True):
    every_days: Every
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    """ISO, 7 = Sunday: the last day that is attested."""
    remind_at_hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    recall_days: AtMost
    """What lies further back than this before a telling counts once staff have confirmed it."""
    later: list[LaterRhythm] = []
    """In order of time; empty = the same rhythm for ever. See `cadence.py`."""


class LatenessRule(msgspec.Struct, forbid_unknown_fields=True):
    """The most days between the end of what is told and the telling, by class; beyond the last it is historical."""

    contemporaneous: AtMost
    late: AtMost
    recalled: AtMost


class FollowUpRule(msgspec.Struct, forbid_unknown_fields=True):
    """A fracture's card comes back so many days after it until a follow-up says one of `closed_by`."""

    days: list[int]
    closed_by: list[str]


class VisitRule(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One planned visit. Without window days the date is agreed and never overdue."""

    code: str
    anchor: Anchor
    offset: str
    window_before: int | None = None
    window_after: int | None = None
    arms: list[Arm] = []
