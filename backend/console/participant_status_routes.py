"""What happens to a participant: another state, a birth, a move to another site."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import Provide

from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_page import (
    QUESTIONS,
    SAID_ON_THE_PAGE,
    CurrentParticipant,
    OpenParticipant,
    provide_participant,
)
from backend.console.remarks import remarks_in
from backend.console.typed import Typed, typed_in, wanted
from backend.errors import StudyError
from backend.participants.facts import note_birth
from backend.participants.schemas import Birth
from backend.participants.status import change_status
from backend.participants.status_effects import StateChange
from backend.participants.status_schemas import NewStatus, NewTransfer
from backend.participants.stillness import until_still
from backend.participants.transfer import transfer
from models import Site
from models.actions import Action
from models.participation import REASONS
from models.vocabulary import ParticipantState, StatusReason

MOVING = [reason for reason in StatusReason if reason in REASONS[ParticipantState.TRANSFERRED]]


class ParticipantStatusPages(Controller):
    path = "/console/participants/{participant_id:uuid}"
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_participant)}

    @post("/status", action=Action.STATUS_CHANGE)
    async def change(self, opened: CurrentParticipant) -> Response[Any]:
        """Another state; when the page answers, nothing is on its way any more that the state stops."""

        async def act(typed: Typed) -> None:
            told = wanted(typed, NewStatus)
            change = StateChange(ParticipantState(told.state), told.effective_on, told.reason)
            await change_status(opened.actor, opened.wiring.protocol, opened.id, change, opened.now)
            await until_still(opened.id)

        return await opened.attempt("status", act, done="status")

    @post("/birth", action=Action.PARTICIPANT_BIRTH)
    async def note_birth(self, opened: CurrentParticipant) -> Response[Any]:
        """The child is born, or what was noted about it is corrected."""

        async def act(typed: Typed) -> None:
            birth = wanted(typed, Birth)
            await note_birth(opened.actor, opened.wiring.protocol, opened.id, birth, now=opened.now)

        return await opened.attempt("birth", act, done="birth")

    @get("/transfer", action=Action.PARTICIPANT_TRANSFER, step_up=True)
    async def ask(self, opened: CurrentParticipant) -> Response[Any]:
        """The form, behind the proof: so nothing that was typed gets lost on the way there."""
        return await _form(opened)

    @post("/transfer", action=Action.PARTICIPANT_TRANSFER, step_up=True, has_page=True)
    async def transfer(self, opened: CurrentParticipant) -> Response[Any]:
        """The record is not this site's any more: on to the list."""
        typed = await typed_in(opened.request)
        try:
            told = wanted(typed, NewTransfer)
            await transfer(opened.actor, opened.wiring.protocol, opened.id, told, opened.now)
        except SAID_ON_THE_PAGE as refusal:
            return await _form(opened, typed, refusal)
        return onward(opened.request, "/console/participants", done="transferred")


async def _form(
    opened: OpenParticipant, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    participant = await opened.record()
    return page(
        opened.request, "participant_transfer.html", status=refusal.status if refusal else 200, form="transfer",
        participant=participant, typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, {}, QUESTIONS),
        sites=await Site.exclude(id=participant.site_id).order_by("code"), reasons=MOVING,
    )
