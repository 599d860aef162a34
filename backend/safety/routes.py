"""HTTP in and out of safety cases, and the sentence that stands wherever a family writes about an injury."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.access.actor import Actor, CurrentActor
from backend.border.etags import IfMatch, change_tag, number_in
from backend.clock import Now
from backend.paging import DEFAULT_LIMIT, Page, page_limit
from backend.safety import acts
from backend.safety.notice import notice_for
from backend.safety.reading import CaseFilter, case_view, cases
from backend.safety.schemas import Acknowledgement, AssessmentNote, CaseItem, CaseReason, CaseView, SafetyNotice
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import CaseState


class SafetyNoticeController(Controller):
    path = "/api/v1/safety-notice"
    tags = ["safety"]

    @get("/", operation_id="ReadSafetyNotice", action=Action.PROTOCOL_READ)
    async def read(
        self, actor: CurrentActor, wiring: CurrentWiring,
        language: Annotated[str | None, QueryParameter(max_length=35)] = None,
    ) -> SafetyNotice:
        """That nobody watches day and night, and whom to call; in the account's language unless another is asked for.

        Show it before something is sent, and after; keep it for when there is no network.
        """
        return await notice_for(actor.account, wiring.settings.emergency_number, language)


class SafetyCaseController(Controller):
    path = "/api/v1/safety-cases"
    tags = ["safety"]

    @get("/", operation_id="ListSafetyCases", action=Action.SAFETY_READ)
    async def show_all(
        self, actor: CurrentActor, now: Now,
        site: Annotated[str | None, QueryParameter(max_length=10)] = None,
        case_state: Annotated[CaseState | None, QueryParameter(name="state")] = None,
        overdue: Annotated[bool, QueryParameter()] = False,
        cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
        limit: Annotated[int, QueryParameter()] = DEFAULT_LIMIT,
    ) -> Page[CaseItem]:
        """Cases at my sites by deadline; without a state those that are not closed."""
        return await cases(actor, CaseFilter(site, case_state, overdue, cursor, page_limit(limit)), now)

    @get("/{case_id:uuid}", operation_id="ReadSafetyCase", action=Action.SAFETY_READ)
    async def read(self, actor: CurrentActor, case_id: FromPath[UUID], now: Now) -> Response[CaseView]:
        """One case with its whole history and whom to call; the ETag is what an act must carry."""
        return await _tagged(actor, case_id, now)

    @post("/{case_id:uuid}/acknowledgement", operation_id="AcknowledgeSafetyCase", action=Action.SAFETY_ACKNOWLEDGE,
          step_up=True, status_code=200)
    async def acknowledge(
        self, actor: CurrentActor, case_id: FromPath[UUID], data: JSONBody[Acknowledgement], now: Now,
        if_match: IfMatch = None,
    ) -> Response[CaseView]:
        """Sign that I have read this version of the entry; nobody else is told any more."""
        await acts.acknowledge(actor, case_id, number_in(if_match, "s"), data.entry_version, now)
        return await _tagged(actor, case_id, now)

    @post("/{case_id:uuid}/assessment", operation_id="AssessSafetyCase", action=Action.SAFETY_ASSESS,
          step_up=True, status_code=200)
    async def assess(
        self, actor: CurrentActor, case_id: FromPath[UUID], data: JSONBody[AssessmentNote], now: Now,
        if_match: IfMatch = None,
    ) -> Response[CaseView]:
        """Sign the investigator's judgement on this version; a later one is a step of its own."""
        seen = number_in(if_match, "s")
        await acts.assess(actor, case_id, seen, data.entry_version, data.assessment, note=data.note, now=now)
        return await _tagged(actor, case_id, now)

    @post("/{case_id:uuid}/closure", operation_id="CloseSafetyCase", action=Action.SAFETY_CLOSE, status_code=200)
    async def close(
        self, actor: CurrentActor, case_id: FromPath[UUID], data: JSONBody[CaseReason], now: Now,
        if_match: IfMatch = None,
    ) -> Response[CaseView]:
        """Close an assessed case, with a reason."""
        await acts.close(actor, case_id, number_in(if_match, "s"), data.reason, now)
        return await _tagged(actor, case_id, now)

    @post("/{case_id:uuid}/reopening", operation_id="ReopenSafetyCase", action=Action.SAFETY_REOPEN, status_code=200)
    async def reopen(
        self, actor: CurrentActor, case_id: FromPath[UUID], data: JSONBody[CaseReason], now: Now,
        if_match: IfMatch = None,
    ) -> Response[CaseView]:
        """Open a closed case again, with a reason."""
        await acts.reopen(actor, case_id, number_in(if_match, "s"), data.reason, now)
        return await _tagged(actor, case_id, now)


async def _tagged(actor: Actor, case_id: UUID, now: Now) -> Response[CaseView]:
    view = await case_view(actor.acting(Action.SAFETY_READ), case_id, now)
    return Response(view, headers={"ETag": change_tag(view.case.seq)})
