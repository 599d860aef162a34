"""How much one person is told: so many notices a local day, so many in any seven; safety and tomorrow always (pure).

Whatever was told counts, by the local day on which a channel first took it; only rank OTHER waits for a free day, and
of that nothing the person put off themselves: who asked for it in an hour is told in an hour.
"""

from collections.abc import Collection
from datetime import date, timedelta

from models.protocol import ReminderRule
from models.vocabulary import NoticeRank
from notifications.slots import times_put_off

WEEK = 7
DAY = timedelta(days=1)


def waits_for_its_turn(rank: int, slot: str) -> bool:
    """Whether the cap, and a higher-ranked notice of the same day, hold this one back at all."""
    return rank >= NoticeRank.OTHER and not times_put_off(slot)


def may_be_told(rule: ReminderRule, rank: int, today: date, told_on: Collection[date]) -> bool:
    """`told_on` has one day for each notice told, in any order; days before the last seven don't matter."""
    if rank < NoticeRank.OTHER:
        return True
    week = [day for day in told_on if timedelta(0) <= today - day < WEEK * DAY]
    return week.count(today) < rule.most_a_day and len(week) < rule.most_a_week


def first_free_day(rule: ReminderRule, rank: int, today: date, told_on: Collection[date]) -> date | None:
    """Today or the first day after it on which it may be told, if nothing else is; None where nothing ever may."""
    days = (today + number * DAY for number in range(WEEK + 1))
    return next((day for day in days if may_be_told(rule, rank, day, told_on)), None)
