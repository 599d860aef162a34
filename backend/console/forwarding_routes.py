"""What leaves for the study team: destinations, messages, and what may be done when one fails."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import sites_for
from backend.clock import Now
from backend.console.pages import REFUSALS, onward, page
from backend.console.typed import Asked
from backend.errors import InvalidParameter
from backend.forwarding.interventions import (
    cancel_message,
    pause_destination,
    replay_dead,
    replay_message,
    resume_destination,
)
from backend.forwarding.listing import Selection, list_destinations, list_messages
from backend.wiring import CurrentWiring
from models import Site
from models.actions import Action
from models.vocabulary import DeliveryState

PAGE = 50
HERE = "/console/forwarding"


class ForwardingPages(Controller):
    path = HERE
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/", action=Action.FORWARDING_READ)
    async def show(self, request: Asked, actor: CurrentActor, wiring: CurrentWiring, now: Now) -> Response[Any]:
        """Destinations and messages; without a choice the failed ones."""
        state = request.query_params.get("state", DeliveryState.DEAD)
        if state not in list(DeliveryState):
            raise InvalidParameter("There is no such state")
        cursor = request.query_params.get("cursor")
        found = await list_messages(actor, Selection(state=DeliveryState(state)), limit=PAGE, cursor=cursor)
        return page(
            request, "forwarding.html", found=found, state=state, states=list(DeliveryState), is_first=cursor is None,
            destinations=await list_destinations(actor, {rule.code for rule in wiring.destinations}, now),
            may_pause=sites_for(actor.acting(Action.DESTINATION_PAUSE)) is None,
            may_replay=await _where(actor, Action.MESSAGE_REPLAY),
            may_cancel=await _where(actor, Action.MESSAGE_CANCEL),
        )

    @post("/messages/{message_id:uuid}/replay", action=Action.MESSAGE_REPLAY)
    async def replay(self, request: Asked, message_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Redirect:
        """Try a failed message again."""
        await replay_message(actor, message_id, now)
        return onward(request, HERE, done="replayed")

    @post("/messages/{message_id:uuid}/cancellation", action=Action.MESSAGE_CANCEL)
    async def cancel(self, request: Asked, message_id: FromPath[UUID], actor: CurrentActor, now: Now) -> Redirect:
        """Give a message up."""
        await cancel_message(actor, message_id, now)
        return onward(request, HERE, done="cancelled")

    @post("/destinations/{code:str}/replay", action=Action.MESSAGE_REPLAY)
    async def replay_all(self, request: Asked, code: FromPath[str], actor: CurrentActor, now: Now) -> Redirect:
        """Try all failed messages of a destination again."""
        await replay_dead(actor, code, now)
        return onward(request, HERE, done="replayed")

    @post("/destinations/{code:str}/pause", action=Action.DESTINATION_PAUSE)
    async def pause(self, request: Asked, code: FromPath[str], actor: CurrentActor, now: Now) -> Redirect:
        """Send nothing there until somebody resumes it."""
        await pause_destination(actor, code, now)
        return onward(request, HERE, done="paused")

    @post("/destinations/{code:str}/resumption", action=Action.DESTINATION_RESUME)
    async def resume(self, request: Asked, code: FromPath[str], actor: CurrentActor, now: Now) -> Redirect:
        """Send there again."""
        await resume_destination(actor, code, now)
        return onward(request, HERE, done="resumed")


async def _where(actor: Actor, action: Action) -> set[str]:
    """Codes of the sites at which the actor may do this."""
    sites = sites_for(actor.acting(action))
    return {site.code for site in await Site.all() if sites is None or site.id in sites}
