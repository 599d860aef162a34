"""Before a silence is acknowledged: wait for what is being sent this very moment, so that nothing leaves after it."""

import asyncio
from datetime import datetime
from uuid import UUID

from backend.clock import utc_now
from models import Notice, OutboxMessage
from models.delivery import LEASE

LOOK_EVERY = 0.05


async def until_still(participant_id: UUID) -> None:
    """Outside any transaction, after the commit: whoever claims from now on sees the new state and sends nothing.

    Who had claimed before gives up the lease when it is done; a worker that was killed holds it for LEASE at most.
    """
    started = utc_now()
    claimed = await _claimed(participant_id, started)
    while claimed and utc_now() - started < LEASE:
        await asyncio.sleep(LOOK_EVERY)
        claimed &= await _claimed(participant_id, utc_now())


async def _claimed(participant_id: UUID, now: datetime) -> set[UUID | None]:
    """The fences of what workers have in hand."""
    notices = await Notice.filter(participant_id=participant_id, leased_until__gt=now).only("id", "fence")
    messages = OutboxMessage.filter(entry__participant_id=participant_id, leased_until__gt=now)
    return {row.fence for row in [*notices, *await messages.only("id", "fence")]}
