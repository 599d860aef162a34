"""A dose that is noted after what happened to the child: what the family wrote meanwhile is looked at once more."""

from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from backend.safety.opening import TELLS_NOTHING, Arrival, look_at
from backend.safety.rules import asks_for_doses
from models import DiaryEntry, Participant, Site
from models.protocol import Protocol
from models.vocabulary import EntryKind


async def look_again(protocol: Protocol, participant: Participant, given_on: date, now: datetime) -> None:
    """Entries that may tell of the hours after this dose; the clock starts now. The caller holds the lock."""
    kinds = [kind for kind in EntryKind if asks_for_doses(protocol, kind)]
    if not kinds:
        return
    zone = ZoneInfo((await Site.get(id=participant.site_id)).timezone)
    starts = datetime.combine(given_on, time(), zone)
    near = DiaryEntry.filter(
        Q(occurred_from__isnull=True) | Q(occurred_from__lt=starts + _reach(protocol), occurred_to__gte=starts),
        participant_id=participant.id, kind__in=kinds,
    )
    for entry in await near.exclude(state__in=TELLS_NOTHING).order_by("received_at", "id"):
        await look_at(protocol, participant, entry, Arrival(now), now)


def _reach(protocol: Protocol) -> timedelta:
    hours = [t.hours_after_dose or 0 for rule in protocol.file.safety_rule for t in rule.trigger]
    return timedelta(days=ceil(max(hours) / 24) + 1)
