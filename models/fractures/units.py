"""Fracture units: bone, side and segment; paired bones, ribs and vertebrae by the protocol's counting rule. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.fractures.ao_code import pattern_of
from models.fractures.places import UNKNOWN, Place
from models.protocol.clinical import CountingRule

PAIRS = (("radius", "ulna"), ("tibia", "fibula"))
SEVERAL = ("rib", "vertebra", "finger", "toe")
"""Bones of which one place may name more than one."""


@dataclass(frozen=True)
class Counted:
    """A place that counts, as told or as a reader saw it."""

    site_index: int
    place: Place
    ao_code: str | None = None


@dataclass(frozen=True, order=True)
class Unit:
    """One fracture. `sites` are the places of the report that tell of it."""

    bone: str
    """Paired bones that count as one: `radius+ulna`."""
    side: str = UNKNOWN
    segment: str = UNKNOWN
    level: str = UNKNOWN
    number: int = 1
    """Of several that can't be told apart, such as three ribs."""
    sites: tuple[int, ...] = ()


def units_of(places: Iterable[Counted], rule: CountingRule) -> tuple[Unit, ...]:
    """At least one for at least one place; a place that is named twice counts once."""
    found: dict[Unit, tuple[int, ...]] = {}
    patterns: dict[Unit, tuple[str, ...] | None] = {}
    for counted in places:
        for unit in _units_at(counted.place, rule):
            found[unit] = (*found.get(unit, ()), counted.site_index)
            patterns[unit] = patterns.get(unit) or pattern_of(counted.ao_code)
    for bone, other in PAIRS:
        _join(found, patterns, (bone, other), rule)
    return tuple(sorted(replace(unit, sites=tuple(sorted(sites))) for unit, sites in found.items()))


def _units_at(place: Place, rule: CountingRule) -> list[Unit]:
    if place.bone == "rib" and rule.ribs == "per_side_per_episode":
        return [Unit("rib", place.side)]
    if place.bone == "vertebra" and place.level != UNKNOWN:
        return [Unit("vertebra", level=place.level)]
    many = place.count if place.bone in SEVERAL else 1
    return [Unit(place.bone, place.side, place.segment, number=number + 1) for number in range(many)]


def _join(
    found: dict[Unit, tuple[int, ...]], patterns: dict[Unit, tuple[str, ...] | None], pair: tuple[str, str],
    rule: CountingRule,
) -> None:
    """Each of the one bone with at most one of the other, where the rule lets them count as one."""
    if rule.paired_bones == "always_two":
        return
    for unit in sorted(unit for unit in found if unit.bone == pair[0]):
        for other in sorted(unit for unit in found if unit.bone == pair[1]):
            same = patterns[unit] is not None and patterns[unit] == patterns[other]
            if other.side == unit.side and (same or rule.paired_bones == "always_one"):
                joined = replace(unit, bone="+".join(pair), segment=_of_both(unit.segment, other.segment))
                found[joined] = (*found.get(joined, ()), *found.pop(unit), *found.pop(other))
                break


def _of_both(one: str, other: str) -> str:
    return one if one == other else UNKNOWN
