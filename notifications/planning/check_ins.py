"""Which weeks have been attested already, whoever of the family did it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.queryset import QuerySet

from models import DiaryEntry
from models.protocol import CheckInRule
from models.vocabulary import EntryKind, EntryState
from notifications.planning.facts import AttestedPeriod

RECENT = timedelta(days=45)
"""A check-in about last week was written or changed since."""


class Attested:
    """The attested periods of some participants."""

    def __init__(self, periods: list[tuple[UUID, str, str]]) -> None:
        self._periods = periods

    def covers(self, participant_id: UUID, last_day: str) -> bool:
        """ISO dates sort as text."""
        return any(who == participant_id and first <= last_day <= last for who, first, last in self._periods)


async def attested(participants: Iterable[UUID], now: datetime) -> Attested:
    """Periods in check-ins that were not retracted."""
    return Attested([(entry.participant_id, entry.data["from"], entry.data["to"])
                     for entry in await _check_ins(participants, now - RECENT) if _is_whole(entry)])


async def attested_periods(
    participants: Iterable[UUID], rule: CheckInRule, now: datetime
) -> dict[UUID, list[AttestedPeriod]]:
    """The same with who wrote them, in the order of their receipt, back to at least the last one of each rhythm."""
    longest = max([rule.every_days, *(later.every_days for later in rule.later)])
    found: dict[UUID, list[AttestedPeriod]] = defaultdict(list)
    for entry in await _check_ins(participants, now - RECENT - timedelta(days=longest)).order_by("received_at", "id"):
        if _is_whole(entry):
            found[entry.participant_id].append(
                AttestedPeriod(entry.data["from"], entry.data["to"], entry.recorded_by_id))
    return found


def _check_ins(participants: Iterable[UUID], since: datetime) -> QuerySet[DiaryEntry]:
    return DiaryEntry.filter(
        participant_id__in=set(participants), kind=EntryKind.CHECK_IN, changed_at__gte=since
    ).exclude(state=EntryState.RETRACTED)


def _is_whole(entry: DiaryEntry) -> bool:
    return isinstance(entry.data.get("from"), str) and isinstance(entry.data.get("to"), str)
