"""What happens to a participant: another state, a birth, a move to another site."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_page import QUESTIONS, SAID_ON_THE_PAGE, OpenParticipant
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed, typed_in, wanted
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

    @post("/status", action=Action.STATUS_CHANGE)
    async def change(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """Another state; when the page answers, nothing is on its way any more that the state stops."""
        opened = OpenParticipant(request, actor, participant_id, now)

        async def act(typed: Typed) -> None:
            told = wanted(typed, NewStatus)
            change = StateChange(ParticipantState(told.state), told.effective_on, told.reason)
            await change_status(actor, opened.wiring.protocol, participant_id, change, now)
            await until_still(participant_id)

        return await opened.attempt("status", act, done="status")

    @post("/birth", action=Action.PARTICIPANT_BIRTH)
    async def note_birth(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """The child is born, or what was noted about it is corrected."""
        opened = OpenParticipant(request, actor, participant_id, now)

        async def act(typed: Typed) -> None:
            await note_birth(actor, opened.wiring.protocol, participant_id, wanted(typed, Birth), now=now)

        return await opened.attempt("birth", act, done="birth")

    @get("/transfer", action=Action.PARTICIPANT_TRANSFER, step_up=True)
    async def ask(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """The form, behind the proof: so nothing that was typed gets lost on the way there."""
        return await _form(OpenParticipant(request, actor, participant_id, now))

    @post("/transfer", action=Action.PARTICIPANT_TRANSFER, step_up=True, has_page=True)
    async def transfer(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """The record is not this site's any more: on to the list."""
        opened = OpenParticipant(request, actor, participant_id, now)
        typed = await typed_in(request)
        try:
            told = wanted(typed, NewTransfer)
            await transfer(actor, opened.wiring.protocol, participant_id, told, now)
        except SAID_ON_THE_PAGE as refusal:
            return await _form(opened, typed, refusal)
        return onward(request, "/console/participants", done="transferred")


async def _form(
    opened: OpenParticipant, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    participant = await opened.record()
    return page(
        opened.request, "participant_transfer.html", status=refusal.status if refusal else 200, form="transfer",
        participant=participant, typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, {}, QUESTIONS),
        sites=await Site.exclude(id=participant.site_id).order_by("code"), reasons=MOVING,
    )
