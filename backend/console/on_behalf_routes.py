"""Writing down what a parent tells on the phone, or what a chart says; and correcting what staff wrote down."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import Provide
from litestar.params import FromPath

from backend.console.on_behalf_form import not_asked
from backend.console.on_behalf_page import as_typed, form_for, telling, told_in, told_now
from backend.console.on_behalf_parent import PARENT
from backend.console.pages import REFUSALS, onward
from backend.console.participant_page import CurrentParticipant, OpenParticipant, provide_participant
from backend.console.typed import seen_in, typed_in
from backend.diary.on_behalf import correct_on_behalf, log_or_keep
from backend.errors import (
    CollectionClosed,
    DoesNotFit,
    FindingsRefused,
    IdUnusable,
    IllegalState,
    InvalidBody,
    InvalidParameter,
    NotFound,
    Stale,
    UnstorableItem,
)
from backend.review.reading import review_of
from backend.review.schemas import ReviewView
from models.actions import Action
from models.fields import new_id
from models.vocabulary import EntryKind

SAID_ON_THE_PAGE = (
    CollectionClosed, DoesNotFit, FindingsRefused, IdUnusable, IllegalState, InvalidBody, Stale, UnstorableItem,
)


class OnBehalfPages(Controller):
    path = "/console/participants/{participant_id:uuid}/telling"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @get("/", action=Action.ENTRY_LOG_ON_BEHALF)
    async def ask(self, opened: CurrentParticipant) -> Response[Any]:
        """The questions about one kind of entry; the entry gets its id here, so that it is stored once."""
        kind = _kind(opened.request.query_params.get("kind") or EntryKind.FRACTURE)
        begun = {"entry_id": str(new_id()), "told_at": told_now(opened)}
        return await telling(opened, kind, begun | {PARENT: opened.request.query_params.get("parent", "")})

    @post("/", action=Action.ENTRY_LOG_ON_BEHALF)
    async def write(self, opened: CurrentParticipant) -> Response[Any]:
        """Store it, keep it until the consent is there, or say beside each answer what is odd about it."""
        typed = await typed_in(opened.request)
        kind, entry_id = _kind(typed.get("kind", "")), _entry_id(typed)
        try:
            told = told_in(opened, kind, typed, opened.wiring.protocol.form(kind))
            await log_or_keep(opened.actor, opened.id, entry_id, told, opened.wiring.protocol, opened.now)
        except SAID_ON_THE_PAGE as refusal:
            if refusal.extra.get("kept"):
                return onward(opened.request, opened.address, done="kept")
            return await telling(opened, kind, typed, refusal)
        return onward(opened.request, f"/console/entries/{entry_id}", done="told")

    @get("/{entry_id:uuid}", action=Action.ENTRY_LOG_ON_BEHALF)
    async def show(self, opened: CurrentParticipant, entry_id: FromPath[UUID]) -> Response[Any]:
        """What was written down, ready to be corrected."""
        review, (people, _) = await _written(opened, entry_id), await opened.people()
        return await telling(opened, review.entry.kind, await as_typed(opened, review, people), corrects=entry_id)

    @post("/{entry_id:uuid}", action=Action.ENTRY_LOG_ON_BEHALF, has_page=True)
    async def correct(self, opened: CurrentParticipant, entry_id: FromPath[UUID]) -> Response[Any]:
        """The whole entry anew, with a reason; what this page does not ask stays as it is."""
        typed, entry = await typed_in(opened.request), (await _written(opened, entry_id)).entry
        try:
            form = await form_for(opened, entry.kind, entry_id)
            told = told_in(opened, entry.kind, typed, form)
            told.data = not_asked(form, entry.data) | told.data
            await correct_on_behalf(opened.actor, opened.id, entry_id, seen_in(typed), told,
                                    protocol=opened.wiring.protocol, now=opened.now)
        except SAID_ON_THE_PAGE as refusal:
            return await telling(opened, entry.kind, typed, refusal, corrects=entry_id)
        return onward(opened.request, f"/console/entries/{entry_id}", done="corrected")


async def _written(opened: OpenParticipant, entry_id: UUID) -> ReviewView:
    """Raises NotFound."""
    review = await review_of(opened.actor.acting(Action.REVIEW_READ), entry_id)
    if review.entry.participant_id != opened.id:
        raise NotFound
    return review


def _kind(text: str) -> EntryKind:
    try:
        return EntryKind(text)
    except ValueError as unknown:
        raise InvalidParameter("There is no such kind of entry") from unknown


def _entry_id(typed: dict[str, str]) -> UUID:
    try:
        return UUID(typed.get("entry_id", ""))
    except ValueError as malformed:
        raise InvalidParameter("Please open the page again") from malformed
