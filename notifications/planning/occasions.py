"""reminders_of(): protocol + facts about one child and its guardians → every reminder of a span of time (pure).

What is planned and what a rehearsal prints come from here. It says nothing of what became of a reminder: slots that
end in `/again` and `/others` are told only if nobody has answered by then.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from models.protocol import ProtocolFile, last_days
from models.vocabulary import NoticeKind, NoticeRank
from notifications.planning.facts import Child, Fracture, Guardian
from notifications.planning.reminders import (
    Occasion,
    card_occasions,
    check_in_of,
    days_later,
    digest_occasions,
    end_occasions,
    query_occasions,
    visit_occasions,
)
from notifications.planning.who_is_asked import asked_first
from notifications.slots import again, day_slot, others, task

DAY = timedelta(days=1)
MARGIN = 10 * DAY
"""A period's last day may lie before its reminder by a chosen weekday, a few days of silence and a quiet night."""
LONGEST_PERIOD = 366 * DAY


@dataclass(frozen=True)
class Reminder:
    """One notice to come."""

    account_id: UUID
    participant_id: UUID
    kind: NoticeKind
    subject_id: UUID
    occasion: Occasion

    @property
    def key(self) -> tuple[UUID, NoticeKind, UUID, str]:
        return self.account_id, self.kind, self.subject_id, self.occasion.slot


@dataclass(frozen=True)
class Span:
    first: datetime
    last: datetime

    def holds(self, instant: datetime) -> bool:
        return self.first <= instant <= self.last


def reminders_of(file: ProtocolFile, child: Child, first: datetime, last: datetime) -> list[Reminder]:
    """Due between two instants, both included, in order of time."""
    span = Span(first, last)
    kinds: tuple[Callable[[ProtocolFile, Child, Span], Iterable[Reminder]], ...] = (
        _check_ins, _visits, _cards, _queries, _consent_ends, _digests,
    )
    told = {reminder.key: reminder for kind in kinds for reminder in kind(file, child, span)
            if _is_told(child, reminder, span)}
    return sorted(told.values(), key=lambda reminder: (reminder.occasion.due_at, *map(str, reminder.key)))


def _is_told(child: Child, reminder: Reminder, span: Span) -> bool:
    """On a holiday, only what is about safety or tomorrow."""
    occasion = reminder.occasion
    guardian = next(one for one in child.guardians if one.account_id == reminder.account_id)
    if not (span.holds(occasion.due_at) and guardian.holds(occasion.due_at) and occasion.is_of_use):
        return False
    return occasion.rank < NoticeRank.OTHER or not guardian.listener.is_away(occasion.due_at)


def _hour(file: ProtocolFile, guardian: Guardian) -> int:
    """The person's own hour, else the protocol's."""
    return file.check_in.remind_at_hour if guardian.listener.hour is None else guardian.listener.hour


def _visit_hour(file: ProtocolFile, guardian: Guardian) -> int:
    return file.reminders.visit_hour if guardian.listener.hour is None else guardian.listener.hour


def _hearing(child: Child, kind: NoticeKind) -> list[Guardian]:
    return [guardian for guardian in child.guardians if kind in guardian.hears]


def _check_ins(file: ProtocolFile, child: Child, span: Span) -> Iterator[Reminder]:
    """The silence ladder of each period that nobody has attested."""
    hearing = _hearing(child, NoticeKind.CHECK_IN_DUE)
    first, last = (span.first - MARGIN).date(), (span.last + MARGIN).date()
    for (last_day, _), (next_day, _) in pairwise(last_days(file.check_in, first, last + LONGEST_PERIOD, child.anchors)):
        if last_day > last:
            return
        if any(period.covers(day_slot(last_day)) for period in child.attested):
            continue
        due = {one: check_in_of(one.listener, _hour(file, one), last_day, next_day) for one in hearing}
        one = asked_first(
            child, {one: occasion.due_at for one, occasion in due.items()}, NoticeKind.CHECK_IN_DUE,
            (child.id, day_slot(last_day)), child.last_check_in_by,
        )
        if one:
            yield from _ladder(file, child, one, due[one], one.listener.asked_on(last_day))


def _ladder(file: ProtocolFile, child: Child, first: Guardian, asked: Occasion, due_on: date) -> Iterator[Reminder]:
    """One guardian, the same again, all others; each at their own hour. Then the site: `backend/adherence`."""
    rule = file.reminders

    def step(guardian: Guardian, slot: str, days: int) -> Reminder:
        occasion = days_later(asked, slot, guardian.listener, due_on + days * DAY, _hour(file, guardian))
        return _reminder(child, guardian, NoticeKind.CHECK_IN_DUE, child.id, occasion)

    yield _reminder(child, first, NoticeKind.CHECK_IN_DUE, child.id, asked)
    yield step(first, again(asked.slot), rule.again_after_days)
    for other in _hearing(child, NoticeKind.CHECK_IN_DUE):
        if other.account_id != first.account_id:
            yield step(other, others(asked.slot), rule.others_after_days)


def _visits(file: ProtocolFile, child: Child, _span: Span) -> Iterator[Reminder]:
    for guardian in _hearing(child, NoticeKind.VISIT_AHEAD):
        for visit in child.visits:
            yield from (
                _reminder(child, guardian, NoticeKind.VISIT_AHEAD, visit.id, occasion) for occasion in visit_occasions(
                    visit.on_day, visit.over_at, file.reminders.visit_days, guardian.listener,
                    _visit_hour(file, guardian))
            )


def _cards(file: ProtocolFile, child: Child, _span: Span) -> Iterator[Reminder]:
    """A card asks who wrote the entry, once more a little later; where they can't be asked, another guardian."""
    hearing = _hearing(child, NoticeKind.FOLLOW_UP_DUE)
    for fracture in child.fractures:
        ladders = {guardian: _cards_of(file, fracture, guardian) for guardian in hearing}
        for slot in sorted({task(slot) for cards in ladders.values() for slot in cards}):
            due = {one: cards[slot].due_at for one, cards in ladders.items() if slot in cards}
            one = asked_first(child, due, NoticeKind.FOLLOW_UP_DUE, (fracture.id, slot), fracture.written_by)
            if one:
                for card in (ladders[one][slot], ladders[one][again(slot)]):
                    yield _reminder(child, one, NoticeKind.FOLLOW_UP_DUE, fracture.id, card)


def _cards_of(file: ProtocolFile, fracture: Fracture, guardian: Guardian) -> dict[str, Occasion]:
    rule, zone = file.follow_up, guardian.listener.zone
    days = [days for days in rule.days if not fracture.answers(days, zone)] if rule else []
    found = card_occasions(fracture.happened_at, days, file.reminders.follow_up_again_after_days, guardian.listener,
                           _hour(file, guardian))
    return {card.slot: card for card in found}


def _queries(file: ProtocolFile, child: Child, _span: Span) -> Iterator[Reminder]:
    days = file.reminders.query_again_after_days
    for guardian in _hearing(child, NoticeKind.QUERY_WAITING):
        for query in child.queries:
            for occasion in query_occasions(
                query.opened_at, days, query.rank, guardian.listener, _hour(file, guardian)
            ):
                yield _reminder(child, guardian, NoticeKind.QUERY_WAITING, query.id, occasion)


def _consent_ends(file: ProtocolFile, child: Child, _span: Span) -> Iterator[Reminder]:
    for guardian in _hearing(child, NoticeKind.CONSENT_EXPIRING):
        for end in child.consent_ends:
            if guardian.account_id in end.accounts:
                found = end_occasions(end.at, end.zone, file.reminders.consent_days, guardian.listener,
                                      _hour(file, guardian))
                for occasion in found:
                    yield _reminder(child, guardian, NoticeKind.CONSENT_EXPIRING, end.subject_id, occasion)


def _digests(file: ProtocolFile, child: Child, span: Span) -> Iterator[Reminder]:
    """About the account, not the child: once a week, for however many children."""
    first, last = (span.first - MARGIN).date(), (span.last + MARGIN).date()
    for guardian in _hearing(child, NoticeKind.DIGEST):
        for occasion in digest_occasions(guardian.listener, _hour(file, guardian), first, last):
            yield _reminder(child, guardian, NoticeKind.DIGEST, guardian.account_id, occasion)


def _reminder(child: Child, guardian: Guardian, kind: NoticeKind, subject_id: UUID, occasion: Occasion) -> Reminder:
    return Reminder(guardian.account_id, child.id, kind, subject_id, occasion)
