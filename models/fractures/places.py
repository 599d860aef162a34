"""Where a fracture report says a bone broke, read calmly: what is not told, or told oddly, counts as not known."""

from dataclasses import dataclass
from typing import Any

UNKNOWN = "unknown"
MOST_OF_A_KIND = 24
NOT_HEALED = "yes_not_healed"


@dataclass(frozen=True, order=True)
class Place:
    bone: str = UNKNOWN
    side: str = UNKNOWN
    segment: str = UNKNOWN
    level: str = UNKNOWN
    """Of a vertebra."""
    count: int = 1
    """How many of the kind, such as three ribs."""


def places_in(data: dict[str, Any]) -> tuple[Place, ...]:
    """One per listed site. A report that names none still tells of a bone that broke somewhere."""
    return tuple(place_of(site) for site in _sites(data)) or (Place(),)


def not_healed_before(data: dict[str, Any]) -> tuple[Place, ...]:
    """Where the same place had been broken before and was not healed yet."""
    return tuple(place_of(site) for site in _sites(data)
                 if isinstance(site, dict) and site.get("same_place_before") == NOT_HEALED)


def place_of(site: Any) -> Place:
    told = site if isinstance(site, dict) else {}
    bone, side, segment, level = (_word(told.get(name)) for name in ("bone", "side", "segment", "level"))
    count = told.get("count")
    return Place(
        bone, side, segment, level, count if type(count) is int and 1 <= count <= MOST_OF_A_KIND else 1,
    )


def _sites(data: dict[str, Any]) -> list[Any]:
    sites = data.get("sites")
    return sites if isinstance(sites, list) else []


def _word(told: Any) -> str:
    return told if isinstance(told, str) and told else UNKNOWN
