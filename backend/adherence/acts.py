"""What staff do about a work item: take it, note each try to reach the family, close it."""

from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.adherence.schemas import NewContact, WorkItemEnd
from backend.adherence.work_items import end
from backend.audit import next_seq, record
from backend.errors import IllegalState, Stale
from models import Participant, WorkItem, WorkItemContact
from models.transaction import atomic
from models.vocabulary import WorkItemClosing


@atomic
async def take(actor: Actor, item_id: UUID, seen: int, now: datetime) -> None:
    """It is the actor's from now on, also when it was a colleague's. Raises NotFound, Stale or IllegalState."""
    participant, item = await _open_as_seen(actor, item_id, seen)
    before = item.owner_id
    item.owner_id, item.seq = actor.account, await next_seq(participant)
    await item.save(update_fields=["owner_id", "seq"])
    await record(actor, actor.action, item, now, participant=participant, seq=item.seq,
                 changes={"owner": [str(before) if before else None, str(item.owner_id)]})


@atomic
async def note_contact(actor: Actor, item_id: UUID, seen: int, told: NewContact, now: datetime) -> None:
    """One try, for ever; the item stays open. Raises NotFound, Stale or IllegalState."""
    participant, item = await _open_as_seen(actor, item_id, seen)
    item.seq = await next_seq(participant)
    await item.save(update_fields=["seq"])
    contact = await WorkItemContact.create(
        work_item_id=item.id, way=told.way, reached=told.reached, note=told.note, by_id=actor.account, at=now
    )
    await record(actor, actor.action, contact, now, participant=participant, seq=item.seq,
                 changes={"way": [None, told.way], "reached": [None, told.reached]})


@atomic
async def close(actor: Actor, item_id: UUID, seen: int, how: WorkItemEnd, now: datetime) -> None:
    """Nothing is left to do about it. Raises NotFound, Stale or IllegalState."""
    participant, item = await _open_as_seen(actor, item_id, seen)
    await end(actor, participant, item, WorkItemClosing(how.closing), now, by=actor.account)


async def _open_as_seen(actor: Actor, item_id: UUID, seen: int) -> tuple[Participant, WorkItem]:
    participant, item = await scope.work_item_for(actor, item_id)
    if item.seq != seen:
        owner = str(item.owner_id) if item.owner_id else None
        raise Stale(seq=item.seq, current={"owner": owner, "closing": item.closing})
    if item.closed_at is not None:
        raise IllegalState("The work item is closed", state=item.closing)
    return participant, item
