"""Writing what a plan changes, and from what it was made.

What a sender has in hand at that moment is left to it, and looked at again when it has let go.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models import Guardianship, Notice, ReminderPlan
from models.delivery import LEASE
from models.protocol import Protocol
from models.vocabulary import DeliveryState
from notifications.planning.fact_reading import Known
from notifications.planning.occasions import Reminder
from notifications.planning.reconciling import DONE, Changes

LOOK_AGAIN = timedelta(days=1)
"""For what changes without leaving a number: a closed account, a new text to sign."""
FREE: dict[str, Any] = {"leased_until": None, "fence": None}
QUEUED = DeliveryState.QUEUED


async def write_changes(changes: Changes, now: datetime) -> bool:
    """False: some are in a sender's hand. (New ones are not written here.)"""
    written = [
        *[await _move(notice, reminder, at, now) for notice, reminder, at in changes.moved],
        *[await _drop(notice, reason, now) for notice, reason in changes.fallen_away],
        *[await _replace(notice, now) for notice in changes.to_replace],
        *[await _note_done(notice, now) for notice in changes.done],
    ]
    return all(written)


def _idle(now: datetime) -> Q:
    return Q(Q(leased_until=None), Q(leased_until__lte=now), join_type="OR")


async def _move(notice: Notice, reminder: Reminder, at: datetime, now: datetime) -> bool:
    occasion = reminder.occasion
    new: dict[str, Any] = {"rank": occasion.rank, "useless_after": occasion.useless_after}
    if at != notice.visible_at:
        new |= {"due_at": at, "visible_at": at}
    if notice.state is not QUEUED:
        new |= {"due_at": at, "state": QUEUED, "attempts": 0, "last_error": None, "done_at": None,
                "participant_id": reminder.participant_id}
    same = Notice.filter(_idle(now), id=notice.id, state=notice.state, told_at=None)
    return await same.update(**FREE, **new) == 1


async def _drop(notice: Notice, reason: str, now: datetime) -> bool:
    same = Notice.filter(_idle(now), id=notice.id, state=QUEUED, told_at=None)
    done_at = now if reason == DONE else None
    return await same.update(**FREE, state=DeliveryState.CANCELLED, last_error=reason, done_at=done_at) == 1


async def _replace(notice: Notice, now: datetime) -> bool:
    """The sender takes it from here: what a phone shows of it is replaced where the channel can."""
    same = Notice.filter(_idle(now), id=notice.id, state__in=[QUEUED, DeliveryState.DELIVERED])
    return await same.update(**FREE, state=QUEUED, due_at=now, done_at=now, attempts=0) == 1


async def _note_done(notice: Notice, now: datetime) -> bool:
    """Nothing is left to do for it: no next channel, no replacement."""
    same = Notice.filter(_idle(now), id=notice.id, state=notice.state)
    rest = {"state": DeliveryState.CANCELLED, "last_error": DONE} if notice.state is QUEUED else {}
    return await same.update(**FREE, **rest, done_at=now) == 1


async def note_plans(known: Known, protocol: Protocol, in_hand: set[UUID], now: datetime) -> None:
    """From what each guardianship's reminders were planned, as it was read."""
    plans = []
    for link in known.guardianships:
        theirs = [one.ends_at for one in known.guardianships if one.participant_id == link.participant_id]
        soon = [now + LEASE] if link.participant_id in in_hand else []
        plans.append(ReminderPlan(
            guardianship_id=link.id, participant_seq=link.participant.seq, timezone=link.account.timezone,
            wishes_at=known.preferences[link.account_id].changed_at, protocol_hash=protocol.hash,
            next_at=min([now + LOOK_AGAIN, *filter(None, theirs), *soon]),
        ))
    await ReminderPlan.bulk_create(
        plans, on_conflict=["guardianship_id"],
        update_fields=["participant_seq", "timezone", "wishes_at", "protocol_hash", "next_at"],
    )


async def look_at_siblings(lost: Mapping[UUID, set[UUID]], now: datetime) -> None:
    """A digest that was written for one child and falls away with it is written for another of the same guardian."""
    for child, accounts in lost.items():
        if accounts:
            links = Guardianship.filter(account_id__in=accounts).exclude(participant_id=child)
            ids = await links.values_list("id", flat=True)
            await ReminderPlan.filter(guardianship_id__in=ids).update(next_at=now)
