"""One entry with everything needed to decide on it, and what may be done about it by this person, here and now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.attachments.reading import attachments_of_entry
from backend.attachments.schemas import AttachmentView
from backend.clock import Now
from backend.console.answers import answers_of, open_conflict, versions
from backend.console.comparing import Compared, compared
from backend.console.listing import Listing
from backend.console.on_behalf_parent import GONE
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
from backend.review.duplicates import duplicates_of
from backend.review.reading import review_for, review_of
from backend.review.schemas import ReviewView
from backend.review.surroundings import surroundings_of
from models.actions import Action
from models.forms_then import form_then
from models.protocol import Protocol
from models.vocabulary import (
    EntryKind,
    EntrySource,
    EntryState,
    LinkReason,
    QueryState,
    RejectionReason,
    UnlinkReason,
)

SAID_ON_THE_PAGE = (Stale, IllegalState, OpenQueries, OpenConflicts, InvalidBody, InvalidParameter)
GENERAL_FINDINGS = ("code_unknown", "out_of_range", "too_long", "too_many")
"""They say nothing without the field that they are about."""
DECIDED = (EntryState.VALIDATED, EntryState.REJECTED)


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
        form = await form_then(protocol, review.entry.kind, [self.id])
        listing = Listing.asked_for(self.request)
        return page(
            self.request, "entry.html", status=refusal.status if refusal else 200, review=review, entry=review.entry,
            around=around, listing=listing, me=self.actor.account, typed=typed or {}, refusal=refusal,
            blinded=is_blinded(reader, around.site_id), general=GENERAL_FINDINGS, undecided=UNDECIDED,
            waited=(self.now - review.entry.received_at).total_seconds() / 3600,
            fields=list(protocol.form(review.entry.kind).field), answers=answers_of(form, review.entry.data),
            first=review.revisions[0],
            versions=versions(form, review.revisions), asked={q.id: _label(q.field) for q in review.queries},
            conflict=open_conflict(form, review.entry.data, review.revisions) if review.entry.open_conflicts else None,
            may_open_participant=may_at(self.actor, Action.PARTICIPANT_READ, around.site_id),
            may=_possible(self.actor, review, around.site_id, protocol), reasons=list(RejectionReason),
            following=await listing.after(self._working(), self.id, review.entry.received_at, self.now),
            compared=await self._compared(reader, review, around.site_id), images=await self._images(review),
            link_reasons=list(LinkReason), unlink_reasons=list(UnlinkReason),
        )

    async def _images(self, review: ReviewView) -> list[AttachmentView]:
        looking = self.actor.acting(Action.ATTACHMENT_READ)
        return await attachments_of_entry(looking, review.entry.participant_id, self.id, self.now)

    async def _compared(self, reader: Actor, review: ReviewView, site_id: UUID) -> list[Compared]:
        """Blinded readers judge one report at a time."""
        if review.entry.kind is not EntryKind.FRACTURE or is_blinded(reader, site_id):
            return []
        protocol: Protocol = self.request.app.state.wiring.protocol
        found = await duplicates_of(reader, review.entry.participant_id, protocol)
        form = await form_then(protocol, review.entry.kind, found.reports)
        return compared(found, self.id, form)

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


CurrentEntry: TypeAlias = NamedDependency[OpenEntry]


async def provide_entry(request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> OpenEntry:
    """The dependency behind CurrentEntry."""
    return OpenEntry(request, actor, entry_id, now)


def _label(pointer: str) -> str:
    """The name of the field that a JSON pointer leads to; empty = the whole entry."""
    return pointer.removeprefix("/").partition("/")[0]


def _possible(actor: Actor, review: ReviewView, site_id: UUID, protocol: Protocol) -> dict[str, bool]:
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
        "mark_duplicate": (undecided or entry.state is EntryState.VALIDATED)
        and may_at(actor, Action.ENTRY_MARK_DUPLICATE, site_id),
        "tell_apart": may_at(actor, Action.ENTRY_TELL_APART, site_id),
        "unlink": entry.duplicate_of is not None and may_at(actor, Action.ENTRY_UNLINK, site_id),
        "reopen": entry.state in DECIDED and may_at(actor, Action.ENTRY_REOPEN, site_id),
        "correct": _is_ours(review) and may_at(actor, Action.ENTRY_LOG_ON_BEHALF, site_id),
        "follow_up": entry.kind is EntryKind.FRACTURE and entry.state not in GONE
        and protocol.asks_for(EntryKind.FOLLOW_UP) and may_at(actor, Action.ENTRY_LOG_ON_BEHALF, site_id),
        "close": may_at(actor, Action.QUERY_CLOSE, site_id)
        and any(query.state != QueryState.CLOSED for query in review.queries),
    }


def _is_ours(review: ReviewView) -> bool:
    """Whether staff wrote all of it: what the family has written, only the family changes."""
    by_family = any(revision.source is EntrySource.APP for revision in review.revisions)
    return not by_family and review.entry.state is not EntryState.RETRACTED
