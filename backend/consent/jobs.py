"""What the timetable does for consent: birthdays and days of versions that have come, people to be told, and the rest
of what waited in quarantine where it was too much for one go."""

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend.access import scope
from backend.access.actor import SYSTEM, Actor
from backend.consent.collection import settle_as_it_stands
from backend.consent.standing import standing_of
from backend.consent.waiting import tell_who_is_missing
from backend.diary.quarantine_release import participants_with_leftovers, release_waiting
from backend.wiring import Wiring
from models import Participant
from models.actions import Action
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Collection

BATCH = 200
log = logging.getLogger("backend.consent")


async def settle_consents(wiring: Wiring, now: datetime) -> int:
    """Each participant in a transaction of their own, looked at again under the lock: any number of workers may."""
    done = 0
    async for participant_id in _due(now):
        try:
            done += await settle_one(SYSTEM.acting(Action.COLLECTION_CHANGE), wiring.protocol, participant_id, now)
        except Exception as failure:  # one participant's fault is not everybody's
            log.error("participant=%s not settled type=%s", participant_id, type(failure).__name__)
    for participant_id in await participants_with_leftovers():
        while await release_more(SYSTEM.acting(Action.QUARANTINE_RELEASE), wiring.protocol, participant_id, now):
            done += 1
    return done


def due_by(now: datetime) -> QuerySet[Participant]:
    return Participant.filter(settle_at__lte=now).order_by("settle_at", "id").limit(BATCH)


async def _due(now: datetime) -> AsyncIterator[UUID]:
    """Whoever was settled is due later; whoever could not be is passed over this time."""
    begun = Q()
    while True:
        found = await due_by(now).filter(begun).only("id", "settle_at")
        for participant in found:
            yield participant.id
        if len(found) < BATCH:
            return
        at, last = found[-1].settle_at, found[-1].id
        begun = Q(settle_at__gt=at) | Q(settle_at=at, id__gt=last)


@atomic
async def settle_one(actor: Actor, protocol: Protocol, participant_id: UUID, now: datetime) -> bool:
    """Whether there was something to look at."""
    participant = await scope.locked_participant(actor, participant_id)
    if participant.settle_at is None or participant.settle_at > now:
        return False
    standing = await standing_of(protocol, participant, now)
    await settle_as_it_stands(actor, protocol, participant, standing, now)
    await tell_who_is_missing(participant, standing, now)
    return True


@atomic
async def release_more(actor: Actor, protocol: Protocol, participant_id: UUID, now: datetime) -> bool:
    """The next part of what waits. Whether there was any."""
    participant = await scope.locked_participant(actor, participant_id)
    if participant.collection is not Collection.OPEN:
        return False
    return await release_waiting(actor, protocol, participant, now) > 0
