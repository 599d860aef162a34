"""Which reports may tell of the same fracture. The machine only asks; people say what it was.

Pure: the same reports in any order give the same pairs.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.fractures.place_index import Index, bone_of, whole_place_of
from models.fractures.places import Place
from models.protocol.clinical import DuplicateRule
from models.vocabulary import Likeness

Pair = frozenset[tuple[UUID, int]]
"""Two reports at the versions at which somebody compared them."""
ALL_OVERLAP = timedelta(0)
MOST = 200
"""So many reports of one participant are compared, those received last: each is with each."""


@dataclass(frozen=True)
class Report:
    """One report of a fracture as it stands now."""

    id: UUID
    version: int
    received_at: datetime
    earliest: datetime | None
    latest: datetime | None
    """Nobody knows when: it may have been any time."""
    places: tuple[Place, ...]
    not_healed: tuple[Place, ...] = ()
    """Where it says that an earlier fracture of the same place had not healed."""

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.received_at, self.id


@dataclass(frozen=True)
class Suggestion:
    first: Report
    second: Report
    """Received later."""
    kind: Likeness


def suggestions(
    reports: Iterable[Report], rule: DuplicateRule, *, told_apart: Collection[Pair] = (),
    about: Collection[UUID] | None = None,
) -> list[Suggestion]:
    """Every pair somebody should look at; with `about`, only those with one of these reports."""
    standing = sorted(reports, key=lambda report: report.order)[-MOST:]
    alike = _alike(standing)
    found = [
        Suggestion(first, second, kind)
        for first, second in _pairs(standing, about)
        if (kind := _likeness(first, second, rule, alike)) and pair_of(first, second) not in told_apart
    ]
    return sorted(found, key=lambda s: (s.second.order, s.first.order))


def pair_of(one: Report, other: Report) -> Pair:
    return frozenset({(one.id, one.version), (other.id, other.version)})


def _pairs(standing: list[Report], about: Collection[UUID] | None) -> Iterator[tuple[Report, Report]]:
    for index, first in enumerate(standing):
        for second in standing[index + 1:]:
            if about is None or first.id in about or second.id in about:
                yield first, second


def _likeness(one: Report, other: Report, rule: DuplicateRule, alike: "_Alike") -> Likeness | None:
    apart, pair = _apart(one, other), frozenset({one.id, other.id})
    if apart <= timedelta(days=rule.around_days) and pair in alike.same_bone:
        return Likeness.SAME_EVENT
    near = apart <= timedelta(days=rule.same_site_days)
    if (near and pair in alike.same_place) or pair in alike.not_healed:
        return Likeness.RE_FRACTURE
    return None


def _apart(one: Report, other: Report) -> timedelta:
    """The least time that can lie between the two."""
    if one.earliest is None or one.latest is None or other.earliest is None or other.latest is None:
        return ALL_OVERLAP
    return max(ALL_OVERLAP, one.earliest - other.latest, other.earliest - one.latest)


@dataclass(frozen=True)
class _Alike:
    """Which two reports tell of what may be one bone or one place, and which of a place that had not healed."""

    same_bone: Collection[frozenset[UUID]]
    same_place: Collection[frozenset[UUID]]
    not_healed: Collection[frozenset[UUID]]


def _alike(standing: list[Report]) -> _Alike:
    """By indexes, so that long lists of places cost no more than their length."""
    bones, places = Index(standing, bone_of), Index(standing, whole_place_of)
    return _Alike(
        {frozenset({one.id, other.id}) for one in standing for other in bones.fitting(one.places)},
        {frozenset({one.id, other.id}) for one in standing for other in places.fitting(one.places)},
        {frozenset({later.id, last.id}) for later in standing for place in set(later.not_healed)
         if (last := _last_before(later, places.fitting([place])))},
    )


def _last_before(later: Report, of_the_place: Iterable[Report]) -> Report | None:
    """Of reports of a place the last one before the one that says it had not healed yet."""
    before = [report for report in of_the_place if report.latest and later.latest
              and (report.latest, report.order) < (later.latest, later.order)]
    return max(before, key=lambda report: (report.latest, report.order), default=None)
