"""What becomes of work items when a participant leaves or moves to another site; the caller holds the lock."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.adherence.work_items import end
from models import Participant, WorkItem
from models.participation import ENDINGS
from models.vocabulary import WorkItemClosing


async def close_work_items(actor: Actor, participant: Participant, now: datetime) -> int:
    """Nobody is looked for any more once the participation has ended. How many."""
    if participant.state not in ENDINGS:
        return 0
    items = await WorkItem.filter(participant_id=participant.id, closed_at=None).order_by("id")
    for item in items:
        await end(actor, participant, item, WorkItemClosing.NOT_NEEDED, now)
    return len(items)


async def move_work_items(participant: Participant, site_id: UUID) -> int:
    """All go along, as the diary does; those that are open are free for the new site's staff. How many are open."""
    await WorkItem.filter(participant_id=participant.id).update(site_id=site_id)
    return await WorkItem.filter(participant_id=participant.id, closed_at=None).update(owner_id=None)
