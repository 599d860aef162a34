"""Which channels one notice goes to now, and when the next one's turn is (pure).

The first wanted channel at once, the second and the third a day and two days after somebody was told and has given no
sign of life. A channel that refuses the address leaves its place to the next; one that can't take anything now is
tried again, and lets the next one in after eleven tries, or at once when our own set-up is at fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import NoticeAttempt
from models.protocol.rhythm import ReminderRule
from models.vocabulary import AttemptState

TAKEN = frozenset({AttemptState.ACCEPTED, AttemptState.DELIVERED, AttemptState.OPENED})
MAY_BE_SHOWN = frozenset({AttemptState.SENT, AttemptState.ACCEPTED, AttemptState.DELIVERED})
"""Somebody may have it before their eyes and has not opened it."""
OVER = frozenset({AttemptState.FAILED, AttemptState.SUPERSEDED})
PATIENCE = 11
"""Tries after which the next channel is let in; with their pauses about an hour and a half."""
MOST_TRIES = 17
"""With their pauses, and nights between, about two days."""
OURS = "ours:"
"""How the error of an attempt begins when it is our own set-up that staff must put right."""


@dataclass(frozen=True)
class Turn:
    channels: tuple[str, ...]
    """To hand it to now."""
    next_at: datetime | None = None
    """When one more is due, unless there is a sign of life before."""


def turn_of(
    reached: Sequence[str], tried: Mapping[str, NoticeAttempt], told_at: datetime | None, now: datetime,
    rule: ReminderRule,
) -> Turn:
    """`reached` are the wanted channels that have an address, in their order; `tried` what has been tried so far."""
    open_to = [name for name in reached if name not in tried or tried[name].state not in OVER]
    return _before_told(open_to, tried) if told_at is None else _after_told(open_to, tried, told_at, now, rule)


def lets_next_in(attempt: NoticeAttempt | None) -> bool:
    """Whether it has had its chance and doesn't hold the others up any longer."""
    if attempt is None:
        return False
    return attempt.tries >= PATIENCE or (attempt.error or "").startswith(OURS)


def _before_told(open_to: Sequence[str], tried: Mapping[str, NoticeAttempt]) -> Turn:
    chosen: list[str] = []
    for name in open_to:
        chosen.append(name)
        if not lets_next_in(tried.get(name)):
            break
    return Turn(tuple(chosen))


def _after_told(
    open_to: Sequence[str], tried: Mapping[str, NoticeAttempt], told_at: datetime, now: datetime, rule: ReminderRule
) -> Turn:
    hours = (0, rule.second_channel_after_hours, rule.third_channel_after_hours)
    chosen: list[str] = []
    for name, after in zip(open_to, hours, strict=False):
        step_at = told_at + timedelta(hours=after)
        if name in tried and tried[name].state in TAKEN:
            continue
        if step_at > now:
            return Turn(tuple(chosen), step_at)
        chosen.append(name)
    return Turn(tuple(chosen))
