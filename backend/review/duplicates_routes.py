"""Reports that may tell of the same fracture: what staff are shown and say, and what families are asked."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.border.etags import IfMatch, change_tag, number_in
from backend.clock import Now
from backend.review.duplicates import Duplicates, duplicates_of
from backend.review.duplicates_links import mark_duplicate, unlink
from backend.review.duplicates_schemas import (
    ComparedReport,
    Comparison,
    DuplicateSuggestion,
    SaidOfBoth,
    SimilarEntries,
)
from backend.review.duplicates_told import compare, tell_apart
from backend.review.reading import review_of
from backend.review.schemas import DuplicateLink, ReviewView, ToldApart, Unlinking
from backend.wiring import CurrentWiring
from models import DiaryEntry
from models.actions import Action

MOST = 100
"""Pairs listed at once, the oldest; once people have said what those are, the next come."""


class DuplicateController(Controller):
    path = "/api/v1/review/entries/{entry_id:uuid}"
    tags = ["review"]

    @post("/duplicate-link", operation_id="MarkDuplicate", action=Action.ENTRY_MARK_DUPLICATE, status_code=200)
    async def link(
        self, entry_id: FromPath[UUID], data: JSONBody[DuplicateLink], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Link the entry to another that tells of the same event."""
        await mark_duplicate(actor, entry_id, number_in(if_match, "s"), data.duplicate_of, data.reason, now)
        return await _tagged(actor, entry_id)

    @post("/duplicate-unlinking", operation_id="UnlinkDuplicate", action=Action.ENTRY_UNLINK, status_code=200)
    async def unlink(
        self, entry_id: FromPath[UUID], data: JSONBody[Unlinking], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Take the link back; the entry is reviewed anew."""
        await unlink(actor, entry_id, number_in(if_match, "s"), data.reason, now)
        return await _tagged(actor, entry_id)

    @post("/told-apart", operation_id="TellApart", action=Action.ENTRY_TELL_APART, status_code=200)
    async def tell_apart(
        self, entry_id: FromPath[UUID], data: JSONBody[ToldApart], actor: CurrentActor, now: Now,
        if_match: IfMatch = None,
    ) -> Response[ReviewView]:
        """Say that the other report tells of another fracture; nobody is asked again until one of them changes."""
        await tell_apart(actor, entry_id, number_in(if_match, "s"), (data.other_id, data.other_version), now)
        return await _tagged(actor, entry_id)


class SuggestionController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["review"]

    @get("/duplicate-suggestions", operation_id="ListDuplicateSuggestions", action=Action.PARTICIPANT_READ)
    async def suggestions(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> list[DuplicateSuggestion]:
        """Pairs of fracture reports that may tell of the same fracture, for staff to compare."""
        found = await duplicates_of(actor, participant_id, wiring.protocol)
        await audit.note_read(actor, participant_id, now)
        return [
            DuplicateSuggestion(
                pair.kind, _report(found.reports[pair.first.id]), _report(found.reports[pair.second.id]),
                [SaidOfBoth(word.said, word.from_staff, word.author_id, word.at)
                 for word in found.said_of(pair.first.id, pair.second.id)],
            )
            for pair in found.suggested[:MOST]
        ]


class SimilarEntriesController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}"
    tags = ["diary"]

    @get("/similar-entries", operation_id="ListSimilarEntries", action=Action.ENTRY_COMPARE)
    async def similar(
        self, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> list[SimilarEntries]:
        """Fracture reports of which the family is asked: the same, or another?"""
        found = await duplicates_of(actor, participant_id, wiring.protocol)
        await audit.note_read(actor, participant_id, now)
        return _asked(found, actor)

    @post("/entries/{entry_id:uuid}/comparisons", operation_id="CompareEntries", action=Action.ENTRY_COMPARE)
    async def compare(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], data: JSONBody[Comparison],
        actor: CurrentActor, wiring: CurrentWiring, now: Now,
    ) -> list[SimilarEntries]:
        """Answer it; a note for the staff, who decide. The last word of each person counts."""
        await compare(actor, participant_id, (entry_id, data.other_id), data.said, now)
        return _asked(await duplicates_of(actor, participant_id, wiring.protocol), actor)


def _asked(found: Duplicates, actor: Actor) -> list[SimilarEntries]:
    asked = []
    for pair in found.suggested[:MOST]:
        own = [word.said for word in found.said_of(pair.first.id, pair.second.id) if word.author_id == actor.account]
        asked.append(SimilarEntries(pair.first.id, pair.second.id, pair.kind, own[-1] if own else None))
    return asked


def _report(entry: DiaryEntry) -> ComparedReport:
    return ComparedReport(
        entry.id, entry.version, entry.seq, entry.state, entry.relation, entry.source, entry.received_at,
        entry.occurred_from, entry.occurred_to, entry.data,
    )


async def _tagged(actor: Actor, entry_id: UUID) -> Response[ReviewView]:
    view = await review_of(actor, entry_id)
    return Response(view, headers={"ETag": change_tag(view.entry.seq)})
