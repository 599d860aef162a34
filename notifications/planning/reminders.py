"""One person's occasions, kind by kind: which slot, due when, of use until when, and how it ranks (pure).

A slot is told once. Times are wall times in the person's own zone, outside quiet hours: what announces a day comes
earlier, everything else later. `occasions.py` puts them together for a child and its guardians.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.vocabulary import NoticeKind, NoticeRank
from notifications.local_time import local_date, to_utc
from notifications.quiet_hours import QuietHours, last_waking, next_waking
from notifications.slots import again, ahead_slot, card_slot, day_slot, opened_slot, visit_slot

__all__ = ["VALIDITY", "VISIT_HOUR", "Listener", "Occasion", "visit_of", "visit_slot"]

VISIT_HOUR = 9
VALIDITY = timedelta(days=1)
"""What nobody could tell within this time after it was due is not told any more: no flood after a week down."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Listener:
    """A person's clock, the hours in which they are not disturbed, and what they chose."""

    zone: ZoneInfo
    quiet: QuietHours
    hour: int | None = None
    weekday: int | None = None
    """ISO: on which day they want to be asked for a period that has ended."""
    digest_weekday: int | None = None
    away_from: date | None = None
    away_until: date | None = None
    inbox_only: frozenset[NoticeKind] = frozenset()
    """What they want no message about."""

    def instant(self, day: date, hour: int) -> datetime:
        """That hour on that day, or the end of the quiet hours it lies in."""
        return self.waking(self._at(day, hour))

    def waking(self, instant: datetime) -> datetime:
        """The instant itself, or the end of the quiet hours it lies in."""
        return next_waking(instant, self.zone, self.quiet)

    def before(self, day: date, hour: int) -> datetime:
        """That hour on that day, or the last waking hour before the quiet hours it lies in."""
        return last_waking(self._at(day, hour), self.zone, self.quiet)

    def _at(self, day: date, hour: int) -> datetime:
        return to_utc(datetime.combine(day, time(hour)), self.zone)

    def asked_on(self, last_day: date) -> date:
        """The period's last day, or the first chosen weekday from it on."""
        return last_day + DAY * ((self.weekday - last_day.isoweekday()) % 7 if self.weekday else 0)

    def is_away(self, instant: datetime) -> bool:
        """On holiday, both days included; without a last day until they say otherwise."""
        day = local_date(instant, self.zone)
        return self.away_from is not None and self.away_from <= day <= (self.away_until or date.max)


@dataclass(frozen=True)
class Occasion:
    slot: str
    due_at: datetime
    useless_after: datetime | None = None
    rank: NoticeRank = NoticeRank.OTHER

    @property
    def is_of_use(self) -> bool:
        """Its window is not over before it is due."""
        return self.useless_after is None or self.due_at < self.useless_after


def check_in_of(listener: Listener, hour: int, last_day: date, next_last_day: date) -> Occasion:
    """The period that ended on `last_day`; of use until the next one is asked about."""
    until = listener.instant(listener.asked_on(next_last_day), hour)
    return Occasion(day_slot(last_day), listener.instant(listener.asked_on(last_day), hour), until)


def days_later(first: Occasion, slot: str, listener: Listener, day: date, hour: int) -> Occasion:
    """The same task, asked again on that day."""
    return Occasion(slot, listener.instant(day, hour), first.useless_after, first.rank)


def visit_of(visit_on: date, days: int, listener: Listener, hour: int = VISIT_HOUR) -> Occasion:
    """The slot names the date: a visit that is moved is a new occasion, and the old one is void."""
    due_at = listener.before(visit_on - days * DAY, hour)
    return Occasion(ahead_slot(visit_on, days), due_at, rank=_rank_ahead(days))


def _rank_ahead(days: int) -> NoticeRank:
    return NoticeRank.TOMORROW if days <= 1 else NoticeRank.OTHER


def visit_occasions(
    visit_on: date, over_at: datetime, days: Iterable[int], listener: Listener, hour: int = VISIT_HOUR
) -> list[Occasion]:
    """So many days before; each of use until the next is due, the last until the visit is over."""
    return _each_until_the_next([visit_of(visit_on, before, listener, hour) for before in days], over_at)


def end_occasions(
    ends_at: datetime, zone: ZoneInfo, days: Iterable[int], listener: Listener, hour: int
) -> list[Occasion]:
    """So many days before something is not enough any more; the day is that of `zone`, its site's."""
    ends_on = local_date(ends_at, zone)
    found = [Occasion(ahead_slot(ends_on, before), listener.instant(ends_on - before * DAY, hour)) for before in days]
    return _each_until_the_next(found, ends_at)


def card_occasions(
    happened_at: datetime, days: Sequence[int], again_after: int, listener: Listener, hour: int
) -> list[Occasion]:
    """The card of an entry so many days after it, and each once more; of use until the next card."""
    happened_on = local_date(happened_at, listener.zone)
    cards = _each_until_the_next(
        [Occasion(card_slot(after), listener.instant(happened_on + after * DAY, hour)) for after in days], None)
    once_more = (
        days_later(card, again(card.slot), listener, happened_on + (after + again_after) * DAY, hour)
        for card, after in zip(cards, sorted(days), strict=True)
    )
    return [*cards, *once_more]


def query_occasions(
    opened_at: datetime, days: Iterable[int], rank: NoticeRank, listener: Listener, hour: int
) -> list[Occasion]:
    """So many days after a question was opened and not answered."""
    opened_on = local_date(opened_at, listener.zone)
    found = (Occasion(opened_slot(after), listener.instant(opened_on + after * DAY, hour), rank=rank) for after in days)
    return _each_until_the_next(list(found), None)


def digest_occasions(listener: Listener, hour: int, first: date, last: date) -> Iterator[Occasion]:
    """Each chosen weekday between two days; of use until the next."""
    if listener.digest_weekday is None:
        return
    day = first + DAY * ((listener.digest_weekday - first.isoweekday()) % 7)
    while day <= last:
        yield Occasion(day_slot(day), listener.instant(day, hour), listener.instant(day + 7 * DAY, hour))
        day += 7 * DAY


def _each_until_the_next(found: list[Occasion], end: datetime | None) -> list[Occasion]:
    ordered = sorted(found, key=lambda occasion: occasion.due_at)
    ends = [*(after.due_at for after in ordered[1:]), end]
    return [Occasion(o.slot, o.due_at, until, o.rank) for o, until in zip(ordered, ends, strict=bool(ordered))]
