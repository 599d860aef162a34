"""Which families are silent: a check-in has been due for ten days on which somebody could have answered, and nobody has
answered any for as long.

Days of a pause, a hospital stay, or a holiday of everybody who would be asked don't count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.coverage.claims import Answer
from backend.coverage.facts import facts_of
from backend.coverage.person_time import Time
from models import Guardianship, NoticePreference, Participant
from models.coverage.days import DAY, NONE, Days, Span, common, count, without
from models.participation import states_that_tell
from models.protocol import Protocol
from models.statement import identifier, rows
from models.vocabulary import NoticeKind
from notifications.listeners import living, may_hear, preferences_of

LONGEST = timedelta(days=400)
"""How far back a silence is followed: longer than any rhythm."""
AFTER_ANY = UUID(int=0)

QUIET = """SELECT p.id FROM participant p
WHERE p.id {which} AND p.state IN ({states}) AND p.collection = 'open' AND p.enrolled_at < $2
  AND NOT EXISTS (SELECT 1 FROM diary_entry e WHERE e.participant_id = p.id AND e.kind = 'check_in'
    AND e.received_at >= $2 AND e.state NOT IN ('retracted', 'rejected'))
  AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.participant_id = p.id AND w.kind = 'silence' AND NOT EXISTS (
    SELECT 1 FROM diary_entry e WHERE e.participant_id = p.id AND e.kind = 'check_in' AND e.received_at > w.opened_at
    AND e.state NOT IN ('retracted', 'rejected')))
ORDER BY p.id LIMIT {most}"""
"""No check-in since $2, and none of its work items is about this silence already."""


def quiet_statement(most: int, *, one: bool = False) -> str:
    """$1: the participant, or after whom to go on."""
    states = ", ".join(f"'{state}'" for state in sorted(states_that_tell(NoticeKind.CHECK_IN_DUE)))
    return QUIET.format(which="= $1" if one else "> $1", states=states, most=most)


async def perhaps_silent(protocol: Protocol, now: datetime, after: UUID, most: int) -> list[UUID]:
    """The next participants to look at more closely."""
    return [identifier(row["id"]) for row in await rows(quiet_statement(most), after, _since(protocol, now))]


async def is_perhaps_silent(participant: Participant, protocol: Protocol, now: datetime) -> bool:
    """The same of one, read again under its lock."""
    return bool(await rows(quiet_statement(1, one=True), participant.id, _since(protocol, now)))


def _since(protocol: Protocol, now: datetime) -> datetime:
    return now - timedelta(days=protocol.file.reminders.site_after_days)


async def silent_since(participants: Collection[Participant], protocol: Protocol, now: datetime) -> dict[UUID, date]:
    """Of those read with their site, the silent ones: the last day of the first period nobody has answered for."""
    facts = await facts_of(participants, protocol, now, check_ins_since=now - LONGEST)
    holidays = await common_holidays([one.id for one in participants], now)
    found = {}
    for participant_id, known in facts.items():
        time = Time(known, protocol, Span(known.today - LONGEST, known.today))
        first = first_unanswered([day for day, _ in time.expected], known.diary.answers)
        if first is None:
            continue
        days = without(time.usable, holidays.get(participant_id, NONE))
        if count(common(days, (Span(first + DAY, known.today),))) >= protocol.file.reminders.site_after_days:
            found[participant_id] = first
    return found


def first_unanswered(days: Collection[date], answers: Iterable[Answer]) -> date | None:
    """Of the days on which periods ended the first after the last one that anybody has answered for, staff included."""
    answered = max((answer.asked.last for answer in answers), default=date.min)
    return min((day for day in days if day > answered), default=None)


async def common_holidays(participant_ids: Collection[UUID], now: datetime) -> dict[UUID, Days]:
    """The days on which everybody who would be asked is away."""
    links = await Guardianship.filter(living(now), participant_id__in=participant_ids).select_related("participant")
    preferences = await preferences_of(link.account_id for link in links)
    everybody: dict[UUID, list[NoticePreference]] = defaultdict(list)
    for link in links:
        if may_hear(link, NoticeKind.CHECK_IN_DUE):
            everybody[link.participant_id].append(preferences[link.account_id])
    return {participant_id: days for participant_id, people in everybody.items() if (days := _away(people))}


def _away(people: list[NoticePreference]) -> Days:
    spans = [(one.away_from, one.away_until) for one in people]
    first = max((first for first, last in spans if first and last), default=None)
    last = min((last for first, last in spans if first and last), default=None)
    together = first and last and first <= last and all(first and last for first, last in spans)
    return (Span(first, last),) if together and first and last else NONE
