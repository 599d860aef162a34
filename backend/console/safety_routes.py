"""Safety cases: the list by deadline, and one case with its clock, its history and what can be done about it."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.clock import Now
from backend.console.pages import REFUSALS, page
from backend.console.safety_page import HERE, OpenCase, left, titles_of, without_duty
from backend.console.typed import Asked, Typed, wanted
from backend.errors import InvalidParameter
from backend.safety import acts
from backend.safety.reading import CaseFilter, cases
from backend.safety.schemas import Acknowledgement, AssessmentNote, CaseReason
from backend.wiring import CurrentWiring
from models.actions import Action
from models.vocabulary import CaseState

PAGE = 50
OVERDUE = "overdue"


class SafetyPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.SAFETY_READ)
    async def show_all(
        self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[Any]:
        """Those that are not closed, the nearest deadline first."""
        shown, cursor = request.query_params.get("show", ""), request.query_params.get("cursor")
        if shown and shown != OVERDUE and shown not in list(CaseState):
            raise InvalidParameter("There is no such state")
        state = CaseState(shown) if shown and shown != OVERDUE else None
        found = await cases(actor, CaseFilter(None, state, shown == OVERDUE, cursor, PAGE), now)
        return page(
            request, "safety.html", found=found, shown=shown, is_first=cursor is None, states=list(CaseState),
            left={case.id: left(case.due_at, now) for case in found.items},
            titles=titles_of(wiring.protocol, {name for case in found.items for name in case.rules}),
            query=f"?show={shown}" if shown else "", without=await without_duty(actor, now),
        )

    @get("/{case_id:uuid}", action=Action.SAFETY_READ)
    async def show(self, request: Asked, case_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """One case with its whole history."""
        return await OpenCase(request, actor, case_id, now).show()

    @post("/{case_id:uuid}/acknowledgement", action=Action.SAFETY_ACKNOWLEDGE, step_up=True)
    async def acknowledge(
        self, request: Asked, case_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[Any]:
        """Sign that one has read it."""
        async def act(typed: Typed, seen: int) -> None:
            version = wanted(typed, Acknowledgement).entry_version
            await acts.acknowledge(actor, case_id, seen, version, now)

        return await OpenCase(request, actor, case_id, now).attempt(act, done="acknowledged")

    @post("/{case_id:uuid}/assessment", action=Action.SAFETY_ASSESS, step_up=True)
    async def assess(self, request: Asked, case_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Sign one's judgement."""
        async def act(typed: Typed, seen: int) -> None:
            said = wanted(typed, AssessmentNote)
            await acts.assess(actor, case_id, seen, said.entry_version, said.assessment, note=said.note, now=now)

        return await OpenCase(request, actor, case_id, now).attempt(act, done="assessed")

    @post("/{case_id:uuid}/closure", action=Action.SAFETY_CLOSE)
    async def close(self, request: Asked, case_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Nothing is left to do."""
        async def act(typed: Typed, seen: int) -> None:
            await acts.close(actor, case_id, seen, wanted(typed, CaseReason).reason, now)

        return await OpenCase(request, actor, case_id, now).attempt(act, done="case-closed")

    @post("/{case_id:uuid}/reopening", action=Action.SAFETY_REOPEN)
    async def reopen(self, request: Asked, case_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Response[Any]:
        """Take the closing back."""
        async def act(typed: Typed, seen: int) -> None:
            await acts.reopen(actor, case_id, seen, wanted(typed, CaseReason).reason, now)

        return await OpenCase(request, actor, case_id, now).attempt(act, done="reopening")
