"""AO Pediatric Comprehensive Classification of Long-Bone Fractures: the grammar of its codes, such as `22r-D/5.1`.

Bone (1-4), segment (1 upper end, 2 shaft, 3 lower end), which of paired bones (r, u, t, f), epiphysis, metaphysis or
diaphysis, pattern, severity, displacement. Readers of radiographs give them; the grammar only keeps out slips.
"""

import re

from models.fractures.places import UNKNOWN, Place

_FORM = re.compile(r"([1-4])([1-3])([rutf])?-([EMD])/([1-9])(?:\.([12]))?(?: ?(I|II|III|IV))?")
_BONES = {"1": ("humerus",), "2": ("radius", "ulna"), "3": ("femur",), "4": ("tibia", "fibula")}
_LETTERS = {"r": "radius", "u": "ulna", "t": "tibia", "f": "fibula"}
_SEGMENTS = {"1": "upper_end", "2": "shaft", "3": "lower_end"}


def ao_fault(code: str, place: Place) -> str | None:
    """The code of what is wrong with it at this place; None = nothing."""
    found = _FORM.fullmatch(code)
    if not found:
        return "ao_code.grammar"
    bone, segment, letter, part = found.group(1, 2, 3, 4)
    if (segment == "2") != (part == "D"):
        return "ao_code.segment_and_part"
    if letter and _LETTERS[letter] not in _BONES[bone]:
        return "ao_code.letter"
    bones = (_LETTERS[letter],) if letter else _BONES[bone]
    if place.bone not in bones:
        return "ao_code.another_bone"
    if place.segment not in (UNKNOWN, _SEGMENTS[segment]):
        return "ao_code.another_segment"
    return None


def pattern_of(code: str | None) -> tuple[str, ...] | None:
    """What two paired bones have in common when they broke in one pattern: neither letter nor severity."""
    found = _FORM.fullmatch(code or "")
    return found.group(1, 2, 4, 5) if found else None
