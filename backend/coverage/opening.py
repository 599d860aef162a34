"""Since when a participant's diary counts: enrolment or, where consent is collected here, the day it was given."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from models import ConsentSignature, Participant
from models.protocol import Protocol
from models.statement import identifier, instant, rows
from models.vocabulary import ConsentDecision, ParticipantKind
from notifications.local_time import local_date

OPENINGS = """SELECT p.id,
  (SELECT a.at FROM audit_event a WHERE a.participant_id = p.id AND a.action = 'collection.change'
   ORDER BY a.seq LIMIT 1) AS first_at,
  (SELECT a.at FROM audit_event a WHERE a.participant_id = p.id AND a.action = 'collection.change'
   AND CAST(a.changes AS TEXT) LIKE '%"open"]%' ORDER BY a.seq LIMIT 1) AS opened_at
FROM participant p WHERE p.id IN ({whose})"""
"""Whether entries are taken in is derived; since when they were, only the trail knows."""


async def opened_at(participants: Collection[Participant], protocol: Protocol) -> dict[UUID, datetime | None]:
    """When each diary was opened; None = never yet. On paper it may have been signed before it was noted."""
    found: dict[UUID, datetime | None] = {person.id: person.enrolled_at for person in participants}
    asked = {person.id: person for person in participants if person.arm in protocol.file.consent.arms}
    if not asked:
        return found
    signed = await _signed(asked)
    whose = ", ".join(f"${number + 1}" for number in range(len(asked)))
    for row in await rows(OPENINGS.format(whose=whose), *asked):
        person = asked[identifier(row["id"])]
        first, opened = instant(row["first_at"]), instant(row["opened_at"])
        if first and first <= person.enrolled_at:  # closed from the first moment on
            found[person.id] = _with_paper(opened, signed[person.id])
    return found


async def _signed(asked: Collection[UUID]) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Participant → (signed, noted) of every yes."""
    signed: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    given = ConsentSignature.filter(participant_id__in=list(asked), decision=ConsentDecision.GIVEN)
    for participant_id, signed_at, recorded_at in await given.values_list(
        "participant_id", "signed_at", "recorded_at"
    ):
        signed[participant_id].append((signed_at, recorded_at))
    return signed


def _with_paper(opened: datetime | None, signed: list[tuple[datetime, datetime]]) -> datetime | None:
    if opened is None:
        return None
    return min(opened, max((at for at, noted in signed if noted <= opened), default=opened))


def activated_on(
    participant: Participant, opened: datetime | None, zone: ZoneInfo, oldest_record: date | None
) -> date | None:
    """The first day that can be covered; a child's days begin with the month of its birth.

    `oldest_record`: of an arm whose diary comes from records, the first day that a chart tells of.
    """
    is_child = participant.kind is ParticipantKind.CHILD
    if opened is None or (is_child and participant.birth_month is None):
        return None
    first = max(local_date(opened, zone), local_date(participant.enrolled_at, zone))
    first = min(first, oldest_record) if oldest_record else first
    return max(first, participant.birth_month) if is_child and participant.birth_month else first
