"""Putting one notice off: in an hour, this evening or tomorrow, but never beyond its task's window or into the night.

The one that was put off is closed and a new one stands for the same task. Whoever asks to be told again is told: the
cap does not count what was put off.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import Account, Notice, NoticeAttempt, NoticePreference
from models.vocabulary import AttemptState, DeliveryState, Snooze
from notifications.listeners import listener, preferences_of
from notifications.local_time import local_date
from notifications.planning.reminders import Listener
from notifications.quiet_hours import last_waking
from notifications.slots import later

SNOOZED = "snoozed"
HOUR = timedelta(hours=1)
EVENING = 18
OVER = frozenset({AttemptState.FAILED, AttemptState.SUPERSEDED})


class TooLateToSnooze(Exception):
    """Its window ends before it could be told again, or it is over already: there is nothing to put off."""


@dataclass(frozen=True)
class PutOff:
    """What a person asked for, when, and their usual hour."""

    until: Snooze
    now: datetime
    hour: int


def snoozed_until(wish: PutOff, clock: Listener, useless_after: datetime | None) -> datetime:
    """This evening is 18:00, and an hour where that has passed. Raises TooLateToSnooze."""
    due_at = _wished(wish, clock)
    if useless_after is not None and due_at >= useless_after:
        due_at = last_waking(useless_after - HOUR, clock.zone, clock.quiet)
    if due_at <= wish.now:
        raise TooLateToSnooze
    return due_at


def _wished(wish: PutOff, clock: Listener) -> datetime:
    today = local_date(wish.now, clock.zone)
    if wish.until is Snooze.TOMORROW:
        return clock.instant(today + timedelta(days=1), wish.hour)
    evening = clock.instant(today, EVENING)
    if wish.until is Snooze.THIS_EVENING and evening > wish.now:
        return evening
    return clock.waking(wish.now + HOUR)


async def snooze(notice: Notice, until: Snooze, now: datetime) -> Notice:
    """The new notice; asked for twice, the same one. Inside the caller's transaction. Raises TooLateToSnooze."""
    if found := await _put_off_already(notice):
        return found
    if notice.done_at or (notice.useless_after and notice.useless_after <= now):
        raise TooLateToSnooze
    account = await Account.get(id=notice.account_id)
    preference = (await preferences_of([account.id]))[account.id]
    clock = listener(account, preference)
    due_at = snoozed_until(PutOff(until, now, _hour(notice, preference, clock)), clock, notice.useless_after)
    if not await _close(notice):
        return await _somebody_was_faster(notice)
    return await Notice.create(
        account_id=notice.account_id, participant_id=notice.participant_id, kind=notice.kind,
        subject_id=notice.subject_id, slot=later(notice.slot), rank=notice.rank, useless_after=notice.useless_after,
        due_at=due_at, created_at=now,
    )


def _hour(notice: Notice, preference: NoticePreference, clock: Listener) -> int:
    """As they chose, else that of this notice's kind: the one at which it was first due."""
    return notice.visible_at.astimezone(clock.zone).hour if preference.hour is None else preference.hour


async def _somebody_was_faster(notice: Notice) -> Notice:
    await notice.refresh_from_db()
    if found := await _put_off_already(notice):
        return found
    raise TooLateToSnooze


async def _put_off_already(notice: Notice) -> Notice | None:
    if notice.state is not DeliveryState.CANCELLED or notice.last_error != SNOOZED:
        return None
    same = Notice.filter(account_id=notice.account_id, kind=notice.kind, subject_id=notice.subject_id)
    return await same.filter(slot=later(notice.slot)).first()


async def _close(notice: Notice) -> bool:
    """What a sender has in hand may still arrive once; its fence is gone, so that it records nothing."""
    open_ones = Notice.filter(id=notice.id, state__in=[DeliveryState.QUEUED, DeliveryState.DELIVERED], done_at=None)
    closed = await open_ones.update(
        state=DeliveryState.CANCELLED, last_error=SNOOZED, leased_until=None, fence=None)
    await NoticeAttempt.filter(notice_id=notice.id).exclude(state__in=list(OVER)).update(
        state=AttemptState.SUPERSEDED)
    return bool(closed)
