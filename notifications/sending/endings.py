"""How a notice goes on after it was tried: again later, by the next channel, or not at all (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import Notice, NoticeAttempt
from models.delivery import back_off
from models.protocol import ReminderRule
from models.vocabulary import AttemptState, DeliveryState
from notifications.sending.fallback import MOST_TRIES, TAKEN, lets_next_in, turn_of
from notifications.sending.hand_over import Outcome
from notifications.sending.relevance import Hearer
from notifications.sending.writing import GoingOn

GIVE_UP_AFTER = timedelta(days=2)
LONGEST_WAIT = timedelta(days=1)
"""Nobody may ask us for more patience than this."""
UNDONE = frozenset({AttemptState.QUEUED, AttemptState.SENT})
WAITS = frozenset({AttemptState.QUEUED})
OVER_WITH_IT = UNDONE | {AttemptState.ACCEPTED, AttemptState.DELIVERED}


@dataclass(frozen=True)
class Work:
    """One notice that is being told, or taken back."""

    notice: Notice
    hearer: Hearer
    reached: tuple[str, ...]
    """The wanted channels that have an address, in their order."""
    tried: dict[str, NoticeAttempt]
    """How far it is on each channel."""
    taken_back: str | None = None
    """Why, if a shown one is being replaced."""


def settled(outcome: Outcome, tries: int) -> Outcome:
    """After enough tries it is given up."""
    if outcome.state in UNDONE and outcome.counts and tries >= MOST_TRIES:
        return replace(outcome, state=AttemptState.FAILED)
    return outcome


def after_tries(work: Work, outcomes: Mapping[str, Outcome], rule: ReminderRule, now: datetime) -> GoingOn:
    """`outcomes` by channel; `work.tried` says the same already."""
    notice, tried = work.notice, work.tried
    taken = any(attempt.state in TAKEN for attempt in tried.values())
    told_at = notice.told_at or (now if taken else None)
    # Who was told by the next channel is not told once more by the one that let it in.
    gives_up = tuple(name for name, at in tried.items() if taken and at.state in UNDONE and lets_next_in(at))
    turn = turn_of([name for name in work.reached if name not in gives_up], tried, told_at, now, rule)
    moments = [_again_at(work, outcomes.get(name), name, now) for name in turn.channels]
    due_at = min([*moments, *([turn.next_at] if turn.next_at else [])], default=None)
    errors = [outcome.error for outcome in outcomes.values() if outcome.error]
    going = GoingOn(
        notice, DeliveryState.QUEUED, due_at, errors[-1] if errors else None, told_at=told_at, gives_up=gives_up
    )
    if due_at and not (notice.useless_after and due_at >= notice.useless_after):
        return going
    # Without any channel it is told by the inbox alone, as that person wishes.
    ending = DeliveryState.DELIVERED if taken or not tried else DeliveryState.DEAD
    return replace(going, state=ending, due_at=None, supersedes=WAITS)


def _again_at(work: Work, outcome: Outcome | None, channel: str, now: datetime) -> datetime:
    """At once by a channel that has not been tried yet."""
    if outcome is None:
        return now
    if outcome.retry_after is not None:
        return now + min(outcome.retry_after, LONGEST_WAIT)
    return back_off(max(1, work.tried[channel].tries if outcome.counts else work.notice.attempts), now)


def after_replacing(work: Work, outcomes: Sequence[Outcome], now: datetime) -> GoingOn:
    """Taken back; tried again for two days where the channel could not take it now."""
    done_at = work.notice.done_at or now
    if any(outcome.state in UNDONE for outcome in outcomes) and now - done_at < GIVE_UP_AFTER:
        waits = [outcome.retry_after for outcome in outcomes if outcome.retry_after]
        due_at = now + min(max(waits), LONGEST_WAIT) if waits else back_off(work.notice.attempts, now)
        return GoingOn(work.notice, DeliveryState.QUEUED, due_at, outcomes[-1].error, done_at=done_at)
    return GoingOn(
        work.notice, DeliveryState.CANCELLED, last_error=work.taken_back, done_at=done_at, supersedes=OVER_WITH_IT
    )
