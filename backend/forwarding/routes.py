"""Staff see how forwarding fares, and intervene."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from backend.access.actor import Actor, CurrentActor
from backend.clock import Now
from backend.errors import NotFound
from backend.forwarding.interventions import (
    LONGEST_CODE,
    cancel_message,
    pause_destination,
    replay_dead,
    replay_message,
    resume_destination,
)
from backend.forwarding.listing import Selection, list_destinations, list_messages, message_detail
from backend.forwarding.schemas import DestinationView, MessageDetail, MessageView, Replayed
from backend.paging import DEFAULT_LIMIT, Page
from backend.wiring import CurrentWiring, Wiring
from models.actions import Action
from models.vocabulary import DeliveryState


class DestinationController(Controller):
    path = "/api/v1/destinations"
    tags = ["forwarding"]

    @get(operation_id="ListDestinations", action=Action.FORWARDING_READ)
    async def listing(self, actor: CurrentActor, now: Now, wiring: CurrentWiring) -> list[DestinationView]:
        """Every destination: its state, how much waits there and since when."""
        return await list_destinations(actor, _served(wiring), now)

    @post("/{code:str}/pause", operation_id="PauseDestination", action=Action.DESTINATION_PAUSE, status_code=200)
    async def pause(self, actor: CurrentActor, code: FromPath[str], now: Now, wiring: CurrentWiring) -> DestinationView:
        """Send nothing there until somebody resumes it."""
        await pause_destination(actor, code, now)
        return await _view(actor, code, now, wiring)

    @post("/{code:str}/resume", operation_id="ResumeDestination", action=Action.DESTINATION_RESUME, status_code=200)
    async def resume(
        self, actor: CurrentActor, code: FromPath[str], now: Now, wiring: CurrentWiring
    ) -> DestinationView:
        """Send there again, at once."""
        await resume_destination(actor, code, now)
        return await _view(actor, code, now, wiring)

    @post("/{code:str}/replay", operation_id="ReplayDestination", action=Action.MESSAGE_REPLAY, status_code=200)
    async def replay(self, actor: CurrentActor, code: FromPath[str], now: Now) -> Replayed:
        """Try all dead messages of this destination again, as far as your sites reach."""
        return Replayed(await replay_dead(actor, code, now))


class OutboxMessageController(Controller):
    path = "/api/v1/outbox-messages"
    tags = ["forwarding"]

    @get(operation_id="ListOutboxMessages", action=Action.FORWARDING_READ)
    async def listing(
        self, actor: CurrentActor,
        destination: Annotated[str | None, QueryParameter(max_length=LONGEST_CODE)] = None,
        in_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
        entry: FromQuery[UUID | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT, cursor: FromQuery[str | None] = None,
    ) -> Page[MessageView]:
        """Messages about participants of your sites, newest first, without their content."""
        return await list_messages(actor, Selection(destination, in_state, entry), limit=limit, cursor=cursor)

    @get("/{message_id:uuid}", operation_id="GetOutboxMessage", action=Action.FORWARDING_READ)
    async def detail(self, actor: CurrentActor, message_id: FromPath[UUID]) -> MessageDetail:
        """One message with every try to deliver it."""
        return await message_detail(actor, message_id)

    @post("/{message_id:uuid}/replay", operation_id="ReplayOutboxMessage", action=Action.MESSAGE_REPLAY,
          status_code=200)
    async def replay(self, actor: CurrentActor, message_id: FromPath[UUID], now: Now) -> MessageView:
        """Try a dead message again, under the same id."""
        participant, message = await replay_message(actor, message_id, now)
        return MessageView.of(message, participant)

    @post("/{message_id:uuid}/cancellation", operation_id="CancelOutboxMessage", action=Action.MESSAGE_CANCEL,
          status_code=200)
    async def cancel(self, actor: CurrentActor, message_id: FromPath[UUID], now: Now) -> MessageView:
        """Give a message up for good; the next one about its entry may leave."""
        participant, message = await cancel_message(actor, message_id, now)
        return MessageView.of(message, participant)


def _served(wiring: Wiring) -> set[str]:
    return {rule.code for rule in wiring.destinations}


async def _view(actor: Actor, code: str, now: Now, wiring: Wiring) -> DestinationView:
    found = [view for view in await list_destinations(actor, _served(wiring), now) if view.code == code]
    if not found:
        raise NotFound
    return found[0]
