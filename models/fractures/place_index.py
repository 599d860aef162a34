"""Reports found by the places they tell of, where what is not known may be anything."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import product
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from models.fractures.places import UNKNOWN, Place

Parts = tuple[str, ...]


class Telling(Protocol):
    """What tells of places."""

    @property
    def id(self) -> UUID: ...

    @property
    def places(self) -> tuple[Place, ...]: ...


T = TypeVar("T", bound=Telling)


def bone_of(place: Place) -> Parts | None:
    """Left and right are two bones; one that is not known may be any."""
    return place.bone, place.side


def whole_place_of(place: Place) -> Parts | None:
    """None for a bone that is not known: nobody can say that it is the same place."""
    return None if place.bone == UNKNOWN else (place.bone, place.side, place.segment, place.level)


class Index(Generic[T]):
    """Each place stands under every way of leaving parts of it out (None), and is looked up by those that fit."""

    def __init__(self, reports: Iterable[T], parts_of: Callable[[Place], Parts | None]) -> None:
        self._parts_of = parts_of
        self._found: dict[tuple[str | None, ...], dict[UUID, T]] = defaultdict(dict)
        for report in reports:
            for parts in filter(None, map(parts_of, set(report.places))):
                for key in product(*((part, None) for part in parts)):
                    self._found[key][report.id] = report

    def fitting(self, places: Iterable[Place]) -> Iterable[T]:
        """Every report that tells of what may be one of these places, each once."""
        found: dict[UUID, T] = {}
        for parts in filter(None, map(self._parts_of, set(places))):
            for key in product(*((part, UNKNOWN) if part != UNKNOWN else (None,) for part in parts)):
                found |= self._found.get(key, {})
        return found.values()
