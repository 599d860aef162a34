"""How many fractures there were, by a named case definition: episodes, fracture units, and why each other report
doesn't count. Pure: the same reports, links and judgements in any order give the same figures.

A linked group counts as one of its reports: the first one that readers have judged, else the one the others are
linked to, else the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.fractures.places import Place
from models.fractures.units import Counted, Unit, units_of
from models.protocol.clinical import CaseDefinition, CountingRule
from models.vocabulary import AdjudicationStatus, Detection, EntryState

S = AdjudicationStatus
POSTNATAL = "postnatal"


class NotCounted(StrEnum):
    """Why a report, or one place of it, does not count."""

    RETRACTED = "retracted"
    REJECTED = "rejected"
    LINKED = "linked"
    """It counts as the report it is linked with."""
    NOT_ADJUDICATED = "not_adjudicated"
    JUDGED_BEFORE_CORRECTION = "judged_before_correction"
    NOT_A_FRACTURE = "not_a_fracture"
    OSTEOTOMY = "osteotomy"
    STATUS_NOT_COUNTED = "status_not_counted"
    SCREENING_ONLY = "screening_only"
    READERS_DISAGREE = "readers_disagree"
    BONE_NOT_COUNTED = "bone_not_counted"


_NEVER = {S.NOT_FRACTURE: NotCounted.NOT_A_FRACTURE, S.IATROGENIC_OSTEOTOMY: NotCounted.OSTEOTOMY}
_TAKEN_BACK = {EntryState.RETRACTED: NotCounted.RETRACTED, EntryState.REJECTED: NotCounted.REJECTED}


@dataclass(frozen=True)
class Told:
    """One fracture report as it stands now."""

    id: UUID
    version: int
    state: EntryState
    received_at: datetime
    places: tuple[Place, ...]
    linked_to: UUID | None = None
    epoch: str = POSTNATAL


@dataclass(frozen=True)
class Judgement:
    """What one reader signed about one place of a report."""

    entry_id: UUID
    entry_version: int
    site_index: int
    reader_id: UUID
    seq: int
    status: AdjudicationStatus
    place: Place
    detection: Detection = Detection.CLINICAL
    ao_code: str | None = None


@dataclass(frozen=True)
class Excluded:
    entry_id: UUID
    site_index: int | None
    """None: the whole report."""
    why: NotCounted


@dataclass(frozen=True)
class Episode:
    """One cause, one moment: what one report (or linked group) tells of."""

    entry_id: UUID
    epoch: str
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class FractureCount:
    episodes: list[Episode] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(len(episode.units) for episode in self.episodes)


def count_fractures(
    reports: Iterable[Told], judgements: Iterable[Judgement], definition: CaseDefinition, rule: CountingRule
) -> FractureCount:
    """The caller has made sure that the definition is set."""
    newest = newest_of_each_reader(judgements)
    count = FractureCount()
    for group in _groups(reports):
        _count_group(group, newest, definition, rule, count)
    count.episodes.sort(key=lambda episode: str(episode.entry_id))
    count.excluded.sort(key=lambda e: (str(e.entry_id), -1 if e.site_index is None else e.site_index))
    return count


def newest_of_each_reader(judgements: Iterable[Judgement]) -> dict[UUID, list[Judgement]]:
    """By report; within a report by place and reader, newest last."""
    standing: dict[tuple[UUID, int, UUID], Judgement] = {}
    for judgement in judgements:
        key = (judgement.entry_id, judgement.site_index, judgement.reader_id)
        if key not in standing or standing[key].seq < judgement.seq:
            standing[key] = judgement
    found: dict[UUID, list[Judgement]] = {}
    for judgement in sorted(standing.values(), key=lambda j: (j.site_index, j.seq)):
        found.setdefault(judgement.entry_id, []).append(judgement)
    return found


def _groups(reports: Iterable[Told]) -> list[list[Told]]:
    """Linked reports together, the one they are linked to first, the others as they were received."""
    found: dict[UUID, list[Told]] = {}
    for report in sorted(reports, key=lambda r: (r.linked_to is not None, r.received_at, r.id)):
        found.setdefault(report.linked_to or report.id, []).append(report)
    return list(found.values())


def _count_group(
    group: list[Told], newest: dict[UUID, list[Judgement]], definition: CaseDefinition, rule: CountingRule,
    count: FractureCount,
) -> None:
    count.excluded.extend(Excluded(r.id, None, _TAKEN_BACK[r.state]) for r in group if r.state in _TAKEN_BACK)
    standing = [report for report in group if report.state not in _TAKEN_BACK]
    if not standing:
        return
    judged = [report for report in standing if any(_is_of_now(j, report) for j in newest.get(report.id, []))]
    teller = min(judged, key=lambda r: (r.received_at, r.id)) if judged else standing[0]
    count.excluded.extend(Excluded(r.id, None, NotCounted.LINKED) for r in standing if r is not teller)
    places, excluded = _places_that_count(teller, newest.get(teller.id, []), definition)
    count.excluded.extend(excluded)
    if places:
        count.episodes.append(Episode(teller.id, teller.epoch, units_of(places, rule)))


def _is_of_now(judgement: Judgement, report: Told) -> bool:
    return judgement.entry_version == report.version and judgement.status is not S.PENDING


def _places_that_count(
    report: Told, judgements: list[Judgement], definition: CaseDefinition
) -> tuple[list[Counted], list[Excluded]]:
    """Also places that only a reader has seen: they stand behind those that were told."""
    counted: list[Counted] = []
    excluded: list[Excluded] = []
    for index in sorted({*range(len(report.places)), *(judgement.site_index for judgement in judgements)}):
        about = [judgement for judgement in judgements if judgement.site_index == index]
        found = _place_or_why_not(report, index, about, definition)
        if isinstance(found, NotCounted):
            excluded.append(Excluded(report.id, index, found))
        else:
            counted.append(found)
    return counted, excluded


def _place_or_why_not(
    report: Told, index: int, about: list[Judgement], definition: CaseDefinition
) -> Counted | NotCounted:
    judged = _judged(report, about, definition, is_told=index < len(report.places))
    if isinstance(judged, NotCounted):
        return judged
    place = Counted(index, judged.place, judged.ao_code) if judged else Counted(index, report.places[index])
    return place if _counts_bone(place.place.bone, definition) else NotCounted.BONE_NOT_COUNTED


def _judged(
    report: Told, about: list[Judgement], definition: CaseDefinition, *, is_told: bool
) -> Judgement | NotCounted | None:
    """The judgement by which the place counts; None = it counts as it was told; or why it doesn't."""
    counts_as_told = definition.family_reports and is_told
    valid = [judgement for judgement in about if _is_of_now(judgement, report)]
    if not valid:
        is_outdated = any(judgement.status is not S.PENDING for judgement in about)
        unjudged = NotCounted.JUDGED_BEFORE_CORRECTION if is_outdated else NotCounted.NOT_ADJUDICATED
        return None if counts_as_told else unjudged
    refusals = {why for judgement in valid if (why := _why_not(judgement, definition, told=counts_as_told))}
    if not refusals:
        return valid[-1]
    accepting = [judgement for judgement in valid if not _why_not(judgement, definition, told=counts_as_told)]
    if not accepting and len(refusals) == 1:
        return refusals.pop()
    if counts_as_told and accepting:  # nothing that all readers agree on speaks against the family
        return accepting[-1]
    return NotCounted.READERS_DISAGREE


def _why_not(judgement: Judgement, definition: CaseDefinition, *, told: bool) -> NotCounted | None:
    if judgement.status in _NEVER:
        return _NEVER[judgement.status]
    if judgement.detection is Detection.SCREENING and not definition.screening:
        return NotCounted.SCREENING_ONLY
    if judgement.status in definition.statuses or told:
        return None
    return NotCounted.STATUS_NOT_COUNTED


def _counts_bone(bone: str, definition: CaseDefinition) -> bool:
    if definition.only_bones and bone not in definition.only_bones:
        return False
    return bone not in definition.without_bones
