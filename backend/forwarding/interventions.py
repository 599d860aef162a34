"""What people do about the queues: replay a message or all dead ones, cancel one, pause or resume a destination."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend import audit
from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.access.scope import message_for, messages_of
from backend.errors import IllegalState, NotFound, RoleMayNot
from backend.forwarding.breaker import locked
from backend.forwarding.hold import FORWARDING
from models import Destination, OutboxMessage, Participant
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import DeliveryState

LONGEST_CODE = 40
UNSENT = [DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.DEAD]


@atomic
async def replay_message(actor: Actor, message_id: UUID, now: datetime) -> tuple[Participant, OutboxMessage]:
    """Try a dead message again, with the same id and bytes and a fresh count of tries.

    Raises NotFound, IllegalState.
    """
    participant, message = await message_for(actor, message_id)
    if participant.state not in FORWARDING:
        raise IllegalState("Nothing leaves about a participant who has withdrawn", state=participant.state)
    again = OutboxMessage.filter(id=message_id, state=DeliveryState.DEAD)
    if not await again.update(state=DeliveryState.QUEUED, due_at=now, attempts=0):
        raise IllegalState("Only a dead message can be replayed", state=message.state)
    return participant, await _changed(actor, participant, message, now)


@atomic
async def cancel_message(actor: Actor, message_id: UUID, now: datetime) -> tuple[Participant, OutboxMessage]:
    """Give a message up for good; the next one about its entry may leave. Not while it is being sent.

    Raises NotFound, IllegalState.
    """
    participant, message = await message_for(actor, message_id)
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    unsent = OutboxMessage.filter(idle, id=message_id, state__in=UNSENT)
    # without its fence, a worker that overslept its lease can't record anything any more
    if not await unsent.update(state=DeliveryState.CANCELLED, leased_until=None, fence=None):
        state = "being_sent" if message.state is DeliveryState.QUEUED else message.state
        raise IllegalState("Only a message that waits, is held or is dead can be cancelled", state=state)
    return participant, await _changed(actor, participant, message, now)


@atomic
async def replay_dead(actor: Actor, code: str, now: datetime) -> int:
    """Try all dead messages of a destination again, as far as the actor's sites reach; never of who has withdrawn.

    Raises NotFound.
    """
    destination = await _destination(code)
    dead = await messages_of(actor).filter(
        destination=code, state=DeliveryState.DEAD, entry__participant__state__in=FORWARDING
    ).values_list("id", flat=True)
    again = OutboxMessage.filter(id__in=dead, state=DeliveryState.DEAD)
    replayed = await again.update(state=DeliveryState.QUEUED, due_at=now, attempts=0) if dead else 0
    await audit.record(
        actor, actor.action, destination, now, changes={"destination": [code, code], "replayed": [None, replayed]}
    )
    return replayed


@atomic
async def pause_destination(actor: Actor, code: str, now: datetime) -> Destination:
    """Send nothing there until somebody resumes it; what is being sent still arrives.

    Raises NotFound, RoleMayNot, IllegalState.
    """
    destination = await _of_the_whole_study(actor, code)
    if destination.paused_at:
        raise IllegalState("This destination is paused already", state="paused")
    destination.paused_at = now
    return await _saved(actor, destination, now)


@atomic
async def resume_destination(actor: Actor, code: str, now: datetime) -> Destination:
    """Send there again, at once, forgetting past failures. Raises NotFound, RoleMayNot, IllegalState."""
    destination = await _of_the_whole_study(actor, code)
    if not destination.paused_at:
        raise IllegalState("This destination is not paused", state="working")
    destination.paused_at = None
    destination.broken_until = None
    destination.failures_in_a_row = 0
    return await _saved(actor, destination, now)


async def _changed(actor: Actor, participant: Participant, before: OutboxMessage, now: datetime) -> OutboxMessage:
    after = await OutboxMessage.get(id=before.id)
    await participant.fetch_related("site")
    await audit.record(
        actor, actor.action, after, now, participant=participant, changes={"state": [before.state, after.state]}
    )
    return after


async def _destination(code: str) -> Destination:
    destination = await locked(code) if len(code) <= LONGEST_CODE else None
    if destination is None:
        raise NotFound
    return destination


async def _of_the_whole_study(actor: Actor, code: str) -> Destination:
    """A destination serves every site, so one site's staff alone don't stop it."""
    if sites_for(actor) is not None:
        raise RoleMayNot
    return await _destination(code)


async def _saved(actor: Actor, destination: Destination, now: datetime) -> Destination:
    await destination.save()
    was, is_now = ("working", "paused") if actor.action is Action.DESTINATION_PAUSE else ("paused", "working")
    await audit.record(
        actor, actor.action, destination, now,
        changes={"destination": [destination.code, destination.code], "state": [was, is_now]},
    )
    return destination
