"""Which weeks have been attested already, whoever of the family did it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from models import DiaryEntry
from models.vocabulary import EntryKind, EntryState

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
    found = DiaryEntry.filter(
        participant_id__in=set(participants), kind=EntryKind.CHECK_IN, changed_at__gte=now - RECENT
    ).exclude(state=EntryState.RETRACTED)
    return Attested([
        (participant_id, data["from"], data["to"])
        for participant_id, data in await found.values_list("participant_id", "data")
        if isinstance(data.get("from"), str) and isinstance(data.get("to"), str)
    ])
