"""Pain scales of the field: which one at which age, and the total that is derived from what was told. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from models.protocol import PainScaleRule

ITEMS = ("face", "legs", "activity_level", "cry", "consolability")
"""Of FLACC and r-FLACC, 0–2 each; the total is never asked for."""
OBSERVED = frozenset({"FLACC", "r-FLACC"})
FACES, OWN_STEPS = "FPS-R", "six_step"
"""FPS-R is its own six licensed images. Where a site has none, the steps drawn by ourselves stand in for it."""


def age_on(birth_month: date, day: date) -> int:
    """Completed years. Who has a birthday in a month has it on its first day."""
    return max(0, day.year - birth_month.year - (day.month < birth_month.month))


def scale_on(
    rules: Sequence[PainScaleRule], birth_month: date | None, day: date, *, observer_rated: bool
) -> PainScaleRule | None:
    """The scale of the protocol's table for this day; None where it has none (the woman, an age left out)."""
    if birth_month is None:
        return None
    if observer_rated:
        return next((rule for rule in rules if rule.if_observed), None)
    age = age_on(birth_month, day)
    return next((rule for rule in rules if not rule.if_observed and rule.from_age <= age
                 and (rule.to_age is None or age < rule.to_age)), None)


def shown_as(scale: str, *, has_faces: bool) -> str:
    """What the app shows of it: faces that nobody has licensed are not shown."""
    return OWN_STEPS if scale == FACES and not has_faces else scale


def is_same_scale(one: str, other: str) -> bool:
    return one == other or {one, other} == {FACES, OWN_STEPS}


def total_of(data: dict[str, Any]) -> int | None:
    """Of an observed scale with all five items; without one of them there is none."""
    items = [data.get(name) for name in ITEMS]
    if data.get("scale") not in OBSERVED or not all(type(item) is int for item in items):
        return None
    return sum(item for item in items if isinstance(item, int))
