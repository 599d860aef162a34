"""Families are told at once when a visit of the next 48 hours is moved or does not take place."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from models import Guardianship, Notice, Visit
from models.vocabulary import DeliveryState, NoticeKind, NoticeRank, VisitState
from notifications.listeners import living, may_hear
from notifications.local_time import local_date, zone_named

SOON = timedelta(hours=48)
OFF = "cancelled"
CHANGED_AGAIN = "changed_again"


async def tell_of_change(visit: Visit, agreed_before: datetime | None, now: datetime) -> None:
    """In the transaction that changed it. The slot names the new day, and which change it was: a visit that is moved
    there and back is told of twice.
    """
    if agreed_before is None or not now <= agreed_before <= now + SOON:
        return
    agreed = visit.agreed_at if visit.state is VisitState.PLANNED else None
    if agreed == agreed_before:
        return
    await _take_back(visit, now)
    day = local_date(agreed, zone_named(visit.timezone)).isoformat() if agreed else OFF
    links = Guardianship.filter(living(now), participant_id=visit.participant_id).select_related("participant")
    notices = [
        Notice(
            account_id=link.account_id, participant_id=visit.participant_id, kind=NoticeKind.VISIT_CHANGED,
            subject_id=visit.id, slot=f"{day}/{visit.sequence}", rank=NoticeRank.TOMORROW, due_at=now, created_at=now,
            useless_after=agreed or agreed_before,
        )
        for link in await links.order_by("id")
        if may_hear(link, NoticeKind.VISIT_CHANGED)
    ]
    if notices:
        await Notice.bulk_create(notices, ignore_conflicts=True)


async def _take_back(visit: Visit, now: datetime) -> None:
    """What was not told yet of an earlier change: one message says it all."""
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    earlier = Notice.filter(
        idle, subject_id=visit.id, kind=NoticeKind.VISIT_CHANGED, state=DeliveryState.QUEUED, told_at=None
    )
    await earlier.update(state=DeliveryState.CANCELLED, last_error=CHANGED_AGAIN, leased_until=None, fence=None)
