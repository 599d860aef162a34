"""Reports that may tell of the same fracture, found anew whenever somebody looks. Suggested, never linked."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from models import DiaryEntry, EntryComparison
from models.fractures.likeness import Pair, Report, Suggestion, suggestions
from models.fractures.places import not_healed_before, places_in
from models.protocol import Protocol
from models.vocabulary import EntryKind, EntryState, Sameness

TAKEN_BACK = (EntryState.RETRACTED, EntryState.REJECTED)


@dataclass(frozen=True)
class Duplicates:
    """All fracture reports of one participant, with what is suggested about them and what people said."""

    reports: dict[UUID, DiaryEntry]
    suggested: list[Suggestion]
    words: list[EntryComparison]
    """About the reports as they stand now, in order."""

    def followers_of(self, entry_id: UUID) -> list[DiaryEntry]:
        return [entry for entry in self.reports.values() if entry.duplicate_of_id == entry_id]

    def about(self, entry_id: UUID) -> list[Suggestion]:
        return [found for found in self.suggested if entry_id in (found.first.id, found.second.id)]

    def said_of(self, one: UUID, other: UUID) -> list[EntryComparison]:
        return [word for word in self.words if {word.one_id, word.other_id} == {one, other}]


async def duplicates_of(actor: Actor, participant_id: UUID, protocol: Protocol) -> Duplicates:
    """Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    reports = await _fractures([participant.id])
    words = await _words_of_now([participant.id], reports)
    found = suggestions(
        _standing(reports), protocol.file.duplicates, told_apart=_told_apart(words),
    )
    return Duplicates({entry.id: entry for entry in reports}, found, words)


async def suggested_among(fractures: dict[UUID, UUID], protocol: Protocol) -> set[UUID]:
    """Of these fracture entries (entry → participant) those that may tell of what another one tells.

    The caller has seen to it that the actor may see them. One statement for all reports, one for what was said.
    """
    if not fractures:
        return set()
    participants = set(fractures.values())
    reports = await _fractures(participants)
    told_apart = _told_apart(await _words_of_now(participants, reports))
    found: set[UUID] = set()
    for participant_id in participants:
        own = [entry for entry in reports if entry.participant_id == participant_id]
        pairs = suggestions(_standing(own), protocol.file.duplicates, told_apart=told_apart, about=fractures.keys())
        found |= {report.id for pair in pairs for report in (pair.first, pair.second)}
    return found & fractures.keys()


async def _fractures(participants: Collection[UUID]) -> list[DiaryEntry]:
    chosen = DiaryEntry.filter(participant_id__in=list(participants), kind=EntryKind.FRACTURE)
    return await chosen.order_by("received_at", "id")


def _standing(reports: list[DiaryEntry]) -> list[Report]:
    """Linked reports ask no more: the one they are linked to stands for them."""
    return [
        Report(e.id, e.version, e.received_at, e.occurred_from, e.occurred_to, places_in(e.data),
               not_healed_before(e.data))
        for e in reports if e.state not in TAKEN_BACK and e.duplicate_of_id is None
    ]


async def _words_of_now(participants: Collection[UUID], reports: list[DiaryEntry]) -> list[EntryComparison]:
    """What was said of versions that have been corrected since is over."""
    versions = {entry.id: entry.version for entry in reports}
    said = await EntryComparison.filter(participant_id__in=list(participants)).order_by("seq")
    return [word for word in said if (versions.get(word.one_id), versions.get(word.other_id))
            == (word.one_version, word.other_version)]


def _told_apart(words: list[EntryComparison]) -> set[Pair]:
    """By staff: of several words about a pair the last counts."""
    last = {pair_in(word): word.said for word in words if word.from_staff}
    return {pair for pair, said in last.items() if said is Sameness.DIFFERENT}


def pair_in(word: EntryComparison) -> Pair:
    return frozenset({(word.one_id, word.one_version), (word.other_id, word.other_version)})
