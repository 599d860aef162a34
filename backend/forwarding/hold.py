"""Withdrawal stops what was on its way, and undoing it (it was a mistake) lets everything leave in its old order."""

from datetime import datetime

from backend.access.actor import Actor
from backend.audit import record
from backend.forwarding import outbox
from models import Destination, DiaryEntry, OutboxMessage, Participant
from models.actions import Action
from models.participation import EFFECTS
from models.vocabulary import DeliveryState, EntryState, MessageKind

FORWARDING = [state for state, effect in EFFECTS.items() if effect.forwards]
"""The states of participants about whom something may leave."""
OVER = (EntryState.RETRACTED, EntryState.REJECTED, EntryState.DUPLICATE)


async def hold(actor: Actor, participant: Participant, now: datetime) -> int:
    """Hold every queued message about the participant; the caller holds the lock. How many.

    A worker that has one in hand asks `may_leave` before it sends, and records what was being sent already.
    """
    held = 0
    for message in await _messages(participant, DeliveryState.QUEUED):
        if await OutboxMessage.filter(id=message.id, state=DeliveryState.QUEUED).update(state=DeliveryState.HELD):
            await _note(actor.acting(Action.MESSAGE_HOLD), participant, message, DeliveryState.HELD, now)
            held += 1
    return held


async def release(actor: Actor, participant: Participant, since: int, now: datetime) -> int:
    """Queue what was held, then what was decided after change number `since` and never announced. How many were held.

    The caller holds the lock and has changed the state already.
    """
    released = 0
    for message in await _messages(participant, DeliveryState.HELD):
        again = OutboxMessage.filter(id=message.id, state=DeliveryState.HELD)
        if await again.update(state=DeliveryState.QUEUED, due_at=now):
            await _note(actor.acting(Action.MESSAGE_RELEASE), participant, message, DeliveryState.QUEUED, now)
            released += 1
    for entry in await DiaryEntry.filter(participant_id=participant.id, seq__gt=since).order_by("seq"):
        if entry.state in OVER:
            await outbox.withdraw(participant, entry, now)
        elif entry.state is EntryState.VALIDATED and not await _is_announced(entry):
            await outbox.announce(participant, entry, now)
    return released


async def may_leave(message: OutboxMessage) -> bool:
    """Asked right before the send: still ours, still queued, about somebody whose state lets it leave."""
    return await OutboxMessage.filter(
        id=message.id, fence=message.fence, state=DeliveryState.QUEUED, entry__participant__state__in=FORWARDING
    ).exists()


async def _messages(participant: Participant, state: DeliveryState) -> list[OutboxMessage]:
    chosen = OutboxMessage.filter(entry__participant_id=participant.id, state=state)
    return await chosen.order_by("created_at", "entry_id", "number").only("id", "state")


async def _is_announced(entry: DiaryEntry) -> bool:
    """Whether every destination knows or will know this very version."""
    for destination in await Destination.all():
        stands = outbox.standing(await outbox.said_of(entry, destination.code))
        if not stands or stands[-1].kind is MessageKind.VOIDED or stands[-1].entry_version != entry.version:
            return False
    return True


async def _note(
    actor: Actor, participant: Participant, message: OutboxMessage, state: DeliveryState, now: datetime
) -> None:
    await record(
        actor, actor.action, message, now, participant=participant, changes={"state": [message.state, state]}
    )
