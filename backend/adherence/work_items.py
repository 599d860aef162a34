"""Opening and closing work items: by the timetable, and with what happens to the participant.

Everything here happens under the participant's lock, so that any number of workers opens one.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.adherence.silence import is_perhaps_silent, silent_since
from backend.adherence.unreachable import broken_since
from backend.audit import next_seq, record
from models import DiaryEntry, Guardianship, Participant, WorkItem
from models.actions import Action
from models.participation import effect_of
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import EntryKind, EntryState, NoticeKind, WorkItemClosing, WorkItemKind
from notifications.listeners import living

DUE = timedelta(days=3)
"""Within this somebody should have tried to reach the family."""
A_DAY = timedelta(days=1)


@atomic
async def open_silence(actor: Actor, protocol: Protocol, participant_id: UUID, now: datetime) -> bool:
    """Whether the family is silent, looked at again under the lock, and nobody has been told of it yet."""
    participant = await scope.locked_participant(actor, participant_id)
    await participant.fetch_related("site")
    if not await is_perhaps_silent(participant, protocol, now):
        return False
    first = (await silent_since([participant], protocol, now)).get(participant.id)
    return first is not None and await _open(actor, participant, WorkItemKind.SILENCE, silence_slot(first), now)


@atomic
async def open_unreachable(actor: Actor, guardianship_id: UUID, now: datetime) -> bool:
    """Whether what this guardian wants to be told by is broken, and nobody has been told of it yet."""
    participant, link = await scope.guardianship_for(actor, guardianship_id)
    since = await broken_since(link.id, now)
    if since is None or NoticeKind.CHECK_IN_DUE not in effect_of(participant.state).told:
        return False
    return await _open(actor, participant, WorkItemKind.UNREACHABLE, unreachable_slot(link, since), now)


@atomic
async def close_if_over(actor: Actor, item_id: UUID, now: datetime) -> bool:
    """The family has done what it waited for: a new check-in, a way that works again."""
    participant, item = await scope.work_item_for(actor, item_id)
    if item.closed_at is not None:
        return False
    how = await _over(item, now)
    if how:
        await end(actor, participant, item, how, now)
    return how is not None


async def end(
    actor: Actor, participant: Participant, item: WorkItem, how: WorkItemClosing, now: datetime,
    by: UUID | None = None,
) -> None:
    """The caller holds the participant's lock; the item is open. `by`: who of the staff; nobody = it ends itself."""
    item.closing, item.closed_at, item.closed_by_id, item.seq = how, now, by, await next_seq(participant)
    await item.save(update_fields=["closing", "closed_at", "closed_by_id", "seq"])
    await record(actor, Action.WORK_ITEM_CLOSE, item, now, participant=participant, seq=item.seq,
                 changes={"closing": [None, how]})


def silence_slot(first: date) -> str:
    return first.isoformat()


def unreachable_slot(link: Guardianship, since: datetime) -> str:
    return f"{link.id.hex}/{since:%y%m%d}"


def whom(item: WorkItem) -> UUID:
    """The guardianship that an item about somebody unreachable names."""
    return UUID(hex=item.slot.partition("/")[0])


def since_day(item: WorkItem) -> date:
    if item.kind is WorkItemKind.SILENCE:
        return date.fromisoformat(item.slot)
    return date.fromisoformat(f"20{item.slot.partition('/')[2]}")


async def _open(actor: Actor, participant: Participant, kind: WorkItemKind, slot: str, now: datetime) -> bool:
    if await WorkItem.exists(participant_id=participant.id, kind=kind, slot=slot):
        return False
    seq = await next_seq(participant)
    item = await WorkItem.create(
        participant_id=participant.id, site_id=participant.site_id, kind=kind, slot=slot, seq=seq, opened_at=now,
        due_at=now + DUE,
    )
    await record(actor, Action.WORK_ITEM_OPEN, item, now, participant=participant, seq=seq,
                 changes={"kind": [None, kind], "slot": [None, slot]})
    return True


async def _over(item: WorkItem, now: datetime) -> WorkItemClosing | None:
    if item.kind is WorkItemKind.SILENCE:
        # a day of margin: at the opening there had been none for ten days, and clocks of workers differ
        answered = DiaryEntry.filter(
            participant_id=item.participant_id, kind=EntryKind.CHECK_IN, received_at__gte=item.opened_at - A_DAY
        ).exclude(state__in=[EntryState.RETRACTED, EntryState.REJECTED])
        return WorkItemClosing.ANSWERED if await answered.exists() else None
    if not await Guardianship.filter(living(now), id=whom(item)).exists():
        return WorkItemClosing.NOT_NEEDED
    return WorkItemClosing.ANSWERED if await broken_since(whom(item), now) is None else None
