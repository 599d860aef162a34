"""From which days a visit may be counted, as the protocol's file names them (pure)."""

import re

from models.vocabulary import DayAnchor

BIRTH, ENROLMENT, CONSENT = "birth", "enrolment", "consent"
FIRST_DOSE, LAST_DOSE = "first_dose", "last_dose"
_DOSE = re.compile(r"^dose_([1-9]\d?)$", re.ASCII)
_VISIT = "visit:"


def named_anchors(doses: int) -> list[str]:
    """Of a study with so many doses, besides `visit:CODE`."""
    always = [BIRTH, ENROLMENT, CONSENT, *(str(anchor) for anchor in DayAnchor)]
    return [*always, FIRST_DOSE, LAST_DOSE, *map(dose_anchor, range(1, doses + 1))] if doses > 0 else always


def dose_anchor(number: int) -> str:
    return f"dose_{number}"


def dose_named(anchor: str) -> int | None:
    """2 of `dose_2`."""
    found = _DOSE.match(anchor)
    return int(found[1]) if found else None


def visit_named(anchor: str) -> str | None:
    """FU-P6 of `visit:FU-P6`."""
    return anchor.removeprefix(_VISIT) if anchor.startswith(_VISIT) else None
