"""The participants of one's sites: find, enrol, open. What is done on their pages stands in files of its own."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import Provide

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import may
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.participant_page import CUSTODIANS, CurrentParticipant, provide_participant, ticked_relations
from backend.console.remarks import Remark, Remarks, remarks_in
from backend.console.typed import Asked, Typed, ticked, typed_in, wanted
from backend.errors import AlreadyExists, FindingsRefused, InvalidBody, NotFound, StudyError
from backend.participants.enrolment import enrol, enrolled
from backend.participants.schemas import NewParticipant
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from models.vocabulary import Arm, ParticipantKind

PAGE = 50
ABOUT_THE_CODE: dict[type[StudyError], str] = {AlreadyExists: "code.taken", NotFound: "code.of_no_site_of_yours"}
QUESTIONS = (
    "code", "arm", "kind", "birth_month", "gestational_weeks", "gestational_days", "woman_code", "custodians",
)


class ParticipantPages(Controller):
    path = "/console/participants"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.PARTICIPANT_READ)
    async def show_all(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring) -> Response[Any]:
        """By code, with the form to enrol for whoever may."""
        return await _listing(request, actor, wiring)

    @post("/", action=Action.PARTICIPANT_ENROL)
    async def enrol(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """Enrol under a pseudonym; what is wrong with the form is said on it."""
        typed = await typed_in(request)
        try:
            told = wanted(typed, NewParticipant, custodians=ticked_relations(ticked(typed, "custodians")))
            participant = await enrol(actor, wiring.protocol, told, now)
        except (InvalidBody, FindingsRefused, AlreadyExists, NotFound) as refusal:
            return await _listing(request, actor, wiring, typed=typed, refusal=refusal)
        return onward(request, f"/console/participants/{participant.id}", done="enrolled")

    @get(
        "/{participant_id:uuid}", action=Action.PARTICIPANT_READ,
        dependencies={"opened": Provide(provide_participant)},
    )
    async def show(self, opened: CurrentParticipant) -> Response[Any]:
        """One participant: state, consent, who speaks for them, and what is to be done next."""
        return await opened.show()


async def _listing(
    request: Asked, actor: Actor, wiring: Wiring, *, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    starts = request.query_params.get("code", "")
    cursor = request.query_params.get("cursor")
    found = await enrolled(actor.acting(Action.PARTICIPANT_READ), starts, cursor, PAGE)
    return page(
        request, "participants.html", status=refusal.status if refusal else 200, found=found, starts=starts,
        is_first=cursor is None, typed=typed or {}, refusal=refusal, arms=[Arm(a) for a in wiring.protocol.file.arms],
        may_enrol=may(actor, Action.PARTICIPANT_ENROL), custodians=CUSTODIANS, kinds=list(ParticipantKind),
        remarks=_remarks(refusal), woman_of=request.query_params.get("woman", "")[:20],
        attested=ticked(typed or {}, "custodians"),
    )


def _remarks(refusal: StudyError | None) -> Remarks:
    remarks = remarks_in(refusal, {}, QUESTIONS)
    if about := ABOUT_THE_CODE.get(type(refusal)) if refusal else None:
        remarks.beside["code"] = [Remark(about, "code")]
    return remarks
