"""All that is known of some participants' time, in as many statements for a hundred as for one."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.coverage.claims import Diary, diary_of
from backend.coverage.opening import activated_on, opened_at
from backend.coverage.rows import telling_versions
from models import Participant, ParticipantStatus
from models.coverage.cuts import Change
from models.dose_anchors import anchors_of
from models.protocol import NO_ANCHORS, Anchors, Protocol
from models.vocabulary import EntrySource
from notifications.local_time import local_date, zone_named


@dataclass(frozen=True)
class Facts:
    participant: Participant
    """With its site."""
    today: date
    """At the site: the data cut."""
    activated_on: date | None
    history: list[Change]
    anchors: Anchors
    is_asked: bool
    """Whether the family has the app: where a diary comes from records, no check-in is expected."""
    diary: Diary


async def facts_of(
    participants: Collection[Participant], protocol: Protocol, now: datetime, check_ins_since: datetime | None = None
) -> dict[UUID, Facts]:
    """`participants` were read in scope, each with its site.

    `check_ins_since`: of the diary only the check-ins that were received from then on are wanted.
    """
    whose = [person.id for person in participants]
    opened = await opened_at(participants, protocol)
    histories = await _histories(whose)
    versions = await telling_versions(whose, check_ins_since)
    anchors = await anchors_of(whose, protocol)
    found = {}
    for person in participants:
        zone = zone_named(person.site.timezone)
        diary = diary_of(versions.get(person.id, []), protocol, zone)
        is_asked = person.arm in protocol.file.consent.arms
        first = activated_on(person, opened[person.id], zone, None if is_asked else _oldest_record(diary))
        found[person.id] = Facts(
            person, local_date(now, zone), first, histories[person.id], anchors.get(person.id, NO_ANCHORS), is_asked,
            diary,
        )
    return found


async def _histories(participants: list[UUID]) -> dict[UUID, list[Change]]:
    found: dict[UUID, list[Change]] = defaultdict(list)
    changes = ParticipantStatus.filter(participant_id__in=participants).order_by("participant_id", "seq")
    for participant_id, *change in await changes.values_list("participant_id", "state", "effective_on", "reason"):
        found[participant_id].append(Change(*change))
    return found


def _oldest_record(diary: Diary) -> date | None:
    charts = (c.telling.span.first for c in diary.claims if c.source is EntrySource.CHART_REVIEW)
    return min(charts, default=None)
