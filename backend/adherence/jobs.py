"""What the timetable does about families that are not heard from: open work items, and close those that are over."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID

from backend.access.actor import SYSTEM
from backend.adherence.silence import AFTER_ANY, perhaps_silent, silent_since
from backend.adherence.unreachable import perhaps_unreached
from backend.adherence.work_items import close_if_over, open_silence, open_unreachable
from backend.wiring import Wiring
from models import Participant, WorkItem
from models.actions import Action
from models.protocol import Protocol

BATCH = 200
Next = Callable[[UUID], Awaitable[list[UUID]]]
log = logging.getLogger("backend.adherence")


async def open_work_items(wiring: Wiring, now: datetime) -> int:
    """Each in a transaction of its own, looked at again under the participant's lock: any number of workers may."""
    actor, protocol, done = SYSTEM.acting(Action.WORK_ITEM_OPEN), wiring.protocol, 0
    async for participant_id in _silent(protocol, now):
        done += await _guarded("participant", participant_id, open_silence(actor, protocol, participant_id, now))
    async for batch in _in_batches(lambda after: perhaps_unreached(after, BATCH, now)):
        for link in batch:
            done += await _guarded("guardianship", link, open_unreachable(actor, link, now))
    return done


async def close_work_items(_wiring: Wiring, now: datetime) -> int:
    """Those whose family has answered, or can be reached again."""
    actor, done = SYSTEM.acting(Action.WORK_ITEM_CLOSE), 0
    async for batch in _in_batches(_open_after):
        for item_id in batch:
            done += await _guarded("work_item", item_id, close_if_over(actor, item_id, now))
    return done


async def _silent(protocol: Protocol, now: datetime) -> AsyncIterator[UUID]:
    async for batch in _in_batches(lambda after: perhaps_silent(protocol, now, after, BATCH)):
        people = await Participant.filter(id__in=batch, arm__in=protocol.file.consent.arms).select_related("site")
        for participant_id in await silent_since(people, protocol, now):
            yield participant_id


async def _open_after(after: UUID) -> list[UUID]:
    found = WorkItem.filter(closed_at=None, id__gt=after).order_by("id").limit(BATCH)
    return list(await found.values_list("id", flat=True))  # type: ignore[arg-type]


async def _in_batches(following: Next) -> AsyncIterator[list[UUID]]:
    after = AFTER_ANY
    while batch := await following(after):
        yield batch
        if len(batch) < BATCH:
            return
        after = batch[-1]


async def _guarded(what: str, row_id: UUID, act: Awaitable[bool]) -> bool:
    """One family's fault is not everybody's."""
    try:
        return await act
    except Exception as failure:
        log.error("%s=%s not looked at type=%s", what, row_id, type(failure).__name__)
        return False
