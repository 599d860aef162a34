"""A participant's state has changed: everything that follows from it, in order and in the same transaction."""

from datetime import date, datetime
from typing import Any, NamedTuple

from backend.access.actor import Actor
from backend.adherence.after_status import close_work_items
from backend.audit import Changes, next_seq, record
from backend.consent.collection import settle_collection
from backend.forwarding.hold import hold, release
from backend.visits.after_status import cancel_visits, restore_visits
from models import Participant, ParticipantStatus
from models.participation import ENDINGS, effect_of
from models.protocol import Protocol
from models.vocabulary import ParticipantState, StatusReason
from notifications.planning.silence import silence


class StateChange(NamedTuple):
    """Into which state, since which day, why."""

    state: ParticipantState
    effective_on: date
    reason: StatusReason


async def enter_state(
    actor: Actor, protocol: Protocol, participant: Participant, new: StateChange, now: datetime
) -> ParticipantStatus:
    """The caller holds the participant's lock and has asked whether this may be. Nobody is told from here on."""
    before, ended = participant.state, await _ended(participant)
    participant.state = new.state
    await participant.save(update_fields=["state"])
    silenced = await silence(participant.id, new.state, now)
    changes: Changes = {"state": [before, new.state], "notices_cancelled": [None, silenced]}
    row = await note_status(actor, participant, new, now, changes=changes)
    await _follow(actor, protocol, participant, before, now, ended=ended)
    await settle_collection(actor, protocol, participant, now)
    return row


async def note_status(
    actor: Actor, participant: Participant, new: StateChange, now: datetime, *, changes: Changes,
    **more: Any,
) -> ParticipantStatus:
    """One line of the history and its audit event."""
    row = await ParticipantStatus.create(
        participant_id=participant.id, seq=await next_seq(participant), **new._asdict(),
        recorded_by_id=actor.account, recorded_at=now, **more,
    )
    await record(
        actor, actor.action, row, now, participant=participant, seq=row.seq, reason=new.reason,
        changes={**changes, "effective_on": [None, new.effective_on.isoformat()]},
    )
    return row


async def _follow(
    actor: Actor, protocol: Protocol, participant: Participant, before: ParticipantState, now: datetime, *, ended: int
) -> None:
    """Stop what the new state stops; take up again what the old one had stopped."""
    was, is_now = effect_of(before), effect_of(participant.state)
    if not is_now.forwards:
        await hold(actor, participant, now)
    elif not was.forwards:
        await release(actor, participant, ended, now)
    if not is_now.has_visits:
        await cancel_visits(actor, participant, now)
    elif not was.has_visits:
        await restore_visits(actor, participant, ended, protocol, now)
    await close_work_items(actor, participant, now)


async def _ended(participant: Participant) -> int:
    """The change number with which the ending began that the participant is in; the present one if in none."""
    history = ParticipantStatus.filter(participant_id=participant.id).exclude(state=ParticipantState.TRANSFERRED)
    since: int = participant.seq
    for row in await history.order_by("-seq"):
        if row.state not in ENDINGS:
            break
        since = row.seq
    return since
