"""The participants of one's sites: find, enrol, hand out a linking code, see and end guardianships."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import may
from backend.clock import Now
from backend.console.pages import REFUSALS, may_at, onward, page
from backend.console.typed import Asked, Typed, typed_in, wanted
from backend.errors import AlreadyExists, FindingsRefused, InvalidBody, NotFound, StudyError
from backend.paging import MAX_LIMIT
from backend.participants.enrolment import enrol, enrolled, open_record
from backend.participants.guardianship import end_guardianship, guardianships_of
from backend.participants.linking_codes import issue_linking_code, linking_codes_of, revoke_linking_code
from backend.participants.schemas import LinkingCodeView, NewLinkingCode, NewParticipant, linking_state
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from models.vocabulary import Arm, Relation, Role

PAGE = 50
RELATIONS = [relation for relation in Relation if relation is not Relation.SITE_STAFF]
ROLES = [Role.GUARDIAN, Role.CARER, Role.PARTICIPANT]


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
            participant = await enrol(actor, wiring.protocol, wanted(typed, NewParticipant), now)
        except (InvalidBody, FindingsRefused, AlreadyExists, NotFound) as refusal:
            return await _listing(request, actor, wiring, typed=typed, refusal=refusal)
        return onward(request, f"/console/participants/{participant.id}", done="enrolled")

    @get("/{participant_id:uuid}", action=Action.PARTICIPANT_READ)
    async def show(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """One participant: who speaks for them, and the linking codes ever issued."""
        return await _record(request, actor, participant_id, now)

    @post("/{participant_id:uuid}/linking-codes", action=Action.LINKING_CODE_ISSUE)
    async def issue(
        self, request: Asked, participant_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Issue a code: shown on this page once, and nowhere else ever."""
        typed = await typed_in(request)
        try:
            issued = await issue_linking_code(actor, wiring, participant_id, wanted(typed, NewLinkingCode), now=now)
        except InvalidBody as refusal:
            return await _record(request, actor.acting(Action.PARTICIPANT_READ), participant_id, now, refusal=refusal)
        return page(request, "linking_code.html", issued=issued, participant_id=participant_id,
                    qr_svg=Markup(issued.qr_svg))  # noqa: S704 - drawn by us, holds no text of anybody

    @post("/{participant_id:uuid}/linking-codes/{code_id:uuid}/revocation", action=Action.LINKING_CODE_REVOKE)
    async def revoke(
        self, request: Asked, participant_id: FromPath[UUID], code_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Redirect:
        """From now on nobody can use the code."""
        await revoke_linking_code(actor, participant_id, code_id, now)
        return onward(request, f"/console/participants/{participant_id}", done="revoked")

    @post("/{participant_id:uuid}/guardianships/{guardianship_id:uuid}/end", action=Action.GUARDIANSHIP_END)
    async def end(
        self, request: Asked, participant_id: FromPath[UUID], guardianship_id: FromPath[UUID], actor: CurrentActor,
        now: Now,
    ) -> Redirect:
        """That account's access to this participant is gone at once."""
        await end_guardianship(actor, guardianship_id, now)
        return onward(request, f"/console/participants/{participant_id}", done="guardianship")


async def _listing(
    request: Asked, actor: Actor, wiring: Wiring, *, typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    starts = request.query_params.get("code", "")
    cursor = request.query_params.get("cursor")
    found = await enrolled(actor.acting(Action.PARTICIPANT_READ), starts, cursor, PAGE)
    return page(
        request, "participants.html", status=refusal.status if refusal else 200, found=found, starts=starts,
        is_first=cursor is None, typed=typed or {}, refusal=refusal, arms=[Arm(a) for a in wiring.protocol.file.arms],
        may_enrol=may(actor, Action.PARTICIPANT_ENROL),
    )


async def _record(
    request: Asked, actor: Actor, participant_id: UUID, now: datetime, *, refusal: StudyError | None = None
) -> Response[Any]:
    participant = await open_record(actor, participant_id, now)
    reader = actor.acting(Action.GUARDIANSHIP_READ)
    guardians, with_names = await guardianships_of(reader, participant_id, None, MAX_LIMIT)
    codes = await linking_codes_of(actor, participant_id, None, PAGE)
    acts = (Action.LINKING_CODE_ISSUE, Action.LINKING_CODE_REVOKE, Action.GUARDIANSHIP_END)
    return page(
        request, "participant.html", status=refusal.status if refusal else 200, participant=participant, now=now,
        guardians=guardians.items, with_names=with_names, refusal=refusal, relations=RELATIONS, roles=ROLES,
        codes=[LinkingCodeView.of(code, now) for code in codes.items], state_of=linking_state,
        may={act.name: may_at(actor, act, participant.site.id) for act in acts},
    )
