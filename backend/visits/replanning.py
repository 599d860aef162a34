"""Moving running children to today's protocol version: until somebody does, each keeps the plan it was counted by."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.errors import StudyError
from backend.visits.recount import Recounted, recount, version_of
from models import Participant, Site, Visit
from models.participation import EFFECTS
from models.protocol import Protocol
from models.transaction import atomic

BATCH = 500
WITH_VISITS = [state for state, effect in EFFECTS.items() if effect.has_visits]


@dataclass(frozen=True)
class Replanned:
    """One child; nothing is `done` where it could not be moved."""

    code: str
    done: Recounted | None


class _TakenBack(Exception):
    def __init__(self, replanned: Replanned) -> None:
        super().__init__()
        self.replanned = replanned


async def replan_all(
    actor: Actor, protocol: Protocol, now: datetime, *, site: Site | None = None, dry_run: bool = False
) -> AsyncIterator[Replanned]:
    """Every child whose visits were counted by an older version, in the order of enrolment.

    Each in a transaction of its own: interrupted, it goes on where it stopped. A dry run takes each back.
    """
    async for participant_id in _running(actor, site):
        try:
            replanned = await _replan(actor, participant_id, protocol, now, dry_run)
        except _TakenBack as taken:
            replanned = taken.replanned
        except StudyError:
            replanned = Replanned((await Participant.get(id=participant_id).only("id", "code")).code, None)
        if replanned:
            yield replanned


async def _running(actor: Actor, site: Site | None) -> AsyncIterator[UUID]:
    last: UUID | None = None
    while True:
        chosen = scope.participants_of(actor).filter(state__in=WITH_VISITS, **({"site_id": site.id} if site else {}))
        if last:
            chosen = chosen.filter(id__gt=last)
        batch: list[UUID] = await chosen.order_by("id").limit(BATCH).values_list("id", flat=True)  # type: ignore[assignment]
        for participant_id in batch:
            yield participant_id
        if len(batch) < BATCH:
            return
        last = batch[-1]


@atomic
async def _replan(
    actor: Actor, participant_id: UUID, protocol: Protocol, now: datetime, dry_run: bool
) -> Replanned | None:
    participant = await scope.locked_participant(actor, participant_id)
    visits = await Visit.filter(participant_id=participant.id, unscheduled=False)
    if version_of(visits, protocol) == protocol.hash:
        return None
    before = participant.seq
    done = await recount(actor, participant, protocol, now, to_todays_version=True)
    if participant.seq == before:  # everything took place under the older version, and this one adds nothing
        return None
    replanned = Replanned(participant.code, done)
    if dry_run:
        raise _TakenBack(replanned)
    return replanned
