"""One entry with everything needed to decide on it, and what may be done about it by this person, here and now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from backend import audit
from backend.access.actor import Actor
from backend.console.answers import answers_of, open_conflict, versions
from backend.console.listing import Listing
from backend.console.pages import may_at, onward, page
from backend.console.typed import Asked, Typed, seen_in, typed_in
from backend.errors import (
    IllegalState,
    InvalidBody,
    InvalidParameter,
    OpenConflicts,
    OpenQueries,
    Stale,
    StudyError,
)
from backend.review.blinding import is_blinded
from backend.review.decisions import UNDECIDED
from backend.review.reading import review_for, review_of
from backend.review.schemas import ReviewView
from backend.review.surroundings import surroundings_of
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import EntryState, QueryState, RejectionReason

SAID_ON_THE_PAGE = (Stale, IllegalState, OpenQueries, OpenConflicts, InvalidBody, InvalidParameter)
GENERAL_FINDINGS = ("code_unknown", "out_of_range", "too_long", "too_many")
"""They say nothing without the field that they are about."""
DECIDED = (EntryState.VALIDATED, EntryState.REJECTED, EntryState.DUPLICATE)


@dataclass(frozen=True)
class OpenEntry:
    """The entry somebody has before them, and the request they made about it."""

    request: Asked
    actor: Actor
    id: UUID
    now: datetime

    async def show(self, *, typed: Typed | None = None, refusal: StudyError | None = None) -> Response[Any]:
        """The page; after a refusal with what was typed, and with what happened meanwhile. Raises NotFound."""
        reader = self.actor.acting(Action.REVIEW_READ)
        protocol: Protocol = self.request.app.state.wiring.protocol
        review = await review_for(reader, self.id, protocol)
        around = await surroundings_of(reader, self.id)
        await audit.note_read(reader, review.entry.participant_id, self.now)
        form = protocol.form(review.entry.kind)
        listing = Listing.asked_for(self.request)
        return page(
            self.request, "entry.html", status=refusal.status if refusal else 200, review=review, entry=review.entry,
            around=around, listing=listing, me=self.actor.account, typed=typed or {}, refusal=refusal,
            blinded=is_blinded(reader, around.site_id), general=GENERAL_FINDINGS,
            waited=(self.now - review.entry.received_at).total_seconds() / 3600,
            fields=list(form.field), answers=answers_of(form, review.entry.data), first=review.revisions[0],
            versions=versions(form, review.revisions), asked={q.id: _label(q.field) for q in review.queries},
            conflict=open_conflict(form, review.entry.data, review.revisions) if review.entry.open_conflicts else None,
            may_open_participant=may_at(self.actor, Action.PARTICIPANT_READ, around.site_id),
            may=_possible(self.actor, review, around.site_id), reasons=list(RejectionReason),
            following=await listing.after(self._working(), self.id, review.entry.received_at, self.now),
        )

    async def decide(self, act: Callable[[Typed, int], Awaitable[Any]], *, done: str, stays: bool = False
                     ) -> Response[Any]:
        """Do what the form says, and go on to the next entry; what refuses is said on the entry's own page."""
        typed = await typed_in(self.request)
        try:
            await act(typed, seen_in(typed))
        except SAID_ON_THE_PAGE as refusal:
            return await self.show(typed=typed, refusal=refusal)
        listing = Listing.asked_for(self.request)
        here = f"/console/entries/{self.id}"
        if stays:
            return onward(self.request, here, **listing.chosen, done=done)
        entry = (await review_of(self.actor.acting(Action.REVIEW_READ), self.id)).entry
        following = await listing.after(self._working(), self.id, entry.received_at, self.now)
        there = f"/console/entries/{following}" if following else "/console/worklist"
        return onward(self.request, there, **listing.chosen, done=done, of=str(self.id))

    def _working(self) -> Actor:
        return self.actor.acting(Action.WORKLIST_READ)


def _label(pointer: str) -> str:
    """The name of the field that a JSON pointer leads to; empty = the whole entry."""
    return pointer.removeprefix("/").partition("/")[0]


def _possible(actor: Actor, review: ReviewView, site_id: UUID) -> dict[str, bool]:
    """Act → whether this person may do it at this site and the entry's state allows it."""
    entry = review.entry
    undecided = entry.state in UNDECIDED
    is_ready = undecided and not (entry.open_queries or entry.open_conflicts or entry.pending)
    return {
        "validate": is_ready and may_at(actor, Action.ENTRY_VALIDATE, site_id),
        "validate_later": undecided and not is_ready and may_at(actor, Action.ENTRY_VALIDATE, site_id),
        "assign": undecided and may_at(actor, Action.ENTRY_ASSIGN, site_id),
        "ask": undecided and may_at(actor, Action.QUERY_OPEN, site_id),
        "reject": undecided and may_at(actor, Action.ENTRY_REJECT, site_id),
        "mark_duplicate": undecided and may_at(actor, Action.ENTRY_MARK_DUPLICATE, site_id),
        "reopen": entry.state in DECIDED and may_at(actor, Action.ENTRY_REOPEN, site_id),
        "close": may_at(actor, Action.QUERY_CLOSE, site_id)
        and any(query.state != QueryState.CLOSED for query in review.queries),
    }
