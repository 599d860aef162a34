"""Adjudication on the console: what waits for readers, one fracture with its judgements, and signing one."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import Provide
from litestar.params import FromPath

from backend.access.actor import CurrentActor
from backend.adjudication.awaiting import awaiting
from backend.adjudication.schemas import NewJudgement, SeenPlace
from backend.adjudication.signing import sign_judgement
from backend.console.adjudication_page import CurrentFracture, OpenFracture, provide_fracture
from backend.console.pages import REFUSALS, onward, page
from backend.console.typed import Asked, Typed, seen_in, ticked, typed_in, wanted
from backend.errors import FindingsRefused, IllegalState, InvalidBody, Stale
from models.actions import Action

PAGE = 50
HERE = "/console/adjudication"
SAID_ON_THE_PAGE = (FindingsRefused, IllegalState, InvalidBody, Stale)


class AdjudicationPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS
    dependencies = {"opened": Provide(provide_fracture)}

    @get("/", action=Action.ADJUDICATION_READ)
    async def listing(self, request: Asked, actor: CurrentActor) -> Response[Any]:
        """Validated fractures that wait for a reader, oldest first."""
        cursor, by_me = request.query_params.get("cursor"), bool(request.query_params.get("by_me"))
        found = await awaiting(actor, None, cursor, PAGE, by_me=by_me)
        return page(request, "adjudication.html", found=found, is_first=cursor is None, by_me=by_me)

    @get("/{entry_id:uuid}", action=Action.ADJUDICATION_READ)
    async def show(self, opened: CurrentFracture) -> Response[Any]:
        """What was told, and what readers signed about each place."""
        return await opened.show()

    @get("/{entry_id:uuid}/places/{site_index:int}", action=Action.ADJUDICATE, step_up=True)
    async def ask(self, opened: CurrentFracture, site_index: FromPath[int]) -> Response[Any]:
        """The form, behind the proof: so nothing that was typed gets lost on the way there."""
        return await opened.form(site_index)

    @post("/{entry_id:uuid}/places/{site_index:int}", action=Action.ADJUDICATE, step_up=True, has_page=True)
    async def sign(self, opened: CurrentFracture, site_index: FromPath[int]) -> Response[Any]:
        """Sign it; what refuses is said beside what was typed."""
        typed = await typed_in(opened.request)
        try:
            await _sign(opened, site_index, typed)
        except SAID_ON_THE_PAGE as refusal:
            return await opened.form(site_index, typed=typed, refusal=refusal)
        return onward(opened.request, f"{HERE}/{opened.id}", done="judged")


async def _sign(opened: OpenFracture, site_index: int, typed: Typed) -> None:
    version = seen_in(typed, "v")
    judgement = wanted(
        typed, NewJudgement, site_index=site_index, place=wanted(typed, SeenPlace),
        evidence=ticked(typed, "evidence"),
    )
    await sign_judgement(opened.actor, opened.id, version, judgement, opened.protocol, opened.now)
