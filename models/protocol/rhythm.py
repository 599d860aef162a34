"""When families are asked, how late an answer may be, which doses and visits there are."""

from typing import Annotated, Literal

import msgspec

from models.vocabulary import Arm, BringItem

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
    """One planned visit, or with `every` a row of them. Without window days the date is agreed and never overdue."""

    code: str
    """With `every` it holds `{n}`, the number of the repeat."""
    anchor: str
    """`birth`, `enrolment`, `consent`, `surgery`, `first_dose`, `last_dose`, `dose_2` …, or `visit:CODE`."""
    offset: str
    window_before: int | None = None
    window_after: int | None = None
    arms: list[Arm] = []
    phase: str = ""
    """The part of the study it belongs to, as the protocol calls it."""
    every: str | None = None
    """ISO 8601 period between one repeat and the next, each counted from the anchor."""
    until: str | None = None
    """The last offset at which it is repeated."""
    first_number: int = 1
    dose: int | None = None
    """The dose of this number is given at it: it took place on the day of the dose."""
    bring: list[BringItem] = []
    """What families are told to think of before it."""


class ReminderRule(msgspec.Struct, forbid_unknown_fields=True):
    """When people are reminded. Days and hours are on each person's own clock."""

    visit_days: tuple[int, ...] = (14, 3, 1)
    visit_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 9
    again_after_days: int = 2
    """The silence ladder of a check-in: the same guardian again, the others, the site; counted from when it was due."""
    others_after_days: int = 5
    site_after_days: int = 10
    query_again_after_days: tuple[int, ...] = (3, 7)
    consent_days: tuple[int, ...] = (30, 7)
    """So many days before what was signed is not enough any more."""
    follow_up_again_after_days: int = 3
    second_channel_after_hours: int = 24
    """The channel fallback of one notice that nobody has looked at; something else than the silence ladder."""
    third_channel_after_hours: int = 48
    most_a_day: int = 1
    most_a_week: int = 3
    """In any seven days. What is about safety or tomorrow is told all the same."""
