"""About which check-in periods at least one person was told outside the app."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from models.coverage.days import Span
from models.statement import identifier, rows
from models.vocabulary import NoticeKind
from notifications.slots import day_of

LATEST_SUMMARY = timedelta(days=31)
"""After a period's end; summaries come every week."""
TOLD = """SELECT DISTINCT participant_id, kind, slot FROM notice
WHERE participant_id IN ({whose}) AND kind IN ('check_in_due', 'digest') AND told_at IS NOT NULL
  AND slot >= ${first} AND slot < ${end}"""
"""A slot begins with its day; the index of the told ones leads to those of the span alone."""


@dataclass
class Told:
    check_ins: set[tuple[UUID, date]] = field(default_factory=set)
    digests: dict[UUID, list[date]] = field(default_factory=lambda: defaultdict(list))
    """In order of time."""

    def about(self, participant_id: UUID, day: date, every_days: int) -> bool:
        """The period that ended on this day: by a message of its own, or in a summary before the next one ended."""
        if (participant_id, day) in self.check_ins:
            return True
        days = self.digests.get(participant_id, [])
        place = bisect_left(days, day)
        return place < len(days) and days[place] < day + timedelta(days=every_days)


async def told_days(participants: Collection[UUID], window: Span) -> Told:
    """Of periods that ended in the window."""
    told = Told()
    if not participants:
        return told
    end = window.last + LATEST_SUMMARY
    found = await rows(told_statement(len(participants)), *participants, str(window.first), str(end))
    for row in sorted(found, key=lambda row: str(row["slot"])):
        participant_id, day = identifier(row["participant_id"]), day_of(row["slot"])
        if row["kind"] == NoticeKind.DIGEST:
            told.digests[participant_id].append(day)
        else:
            told.check_ins.add((participant_id, day))
    return told


def told_statement(participants: int) -> str:
    whose = ", ".join(f"${number + 1}" for number in range(participants))
    return TOLD.format(whose=whose, first=participants + 1, end=participants + 2)
