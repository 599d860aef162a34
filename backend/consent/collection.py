"""Whether new entries may be taken in: follows from the participant's state, age and signatures, never set by hand."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.audit import record
from backend.consent.ages import next_birthday
from backend.consent.standing import Standing, standing_of
from backend.diary.quarantine_release import release_waiting
from backend.visits.recount import recount
from models import ConsentDocument, Participant
from models.actions import Action
from models.participation import ENDINGS
from models.protocol import Protocol
from models.vocabulary import Collection, ParticipantState

LOOK_AGAIN = timedelta(days=1)
"""While a signature is missing: whoever got an account meanwhile is told."""


async def settle_collection(actor: Actor, protocol: Protocol, participant: Participant, now: datetime) -> None:
    """Bring `participant.collection` in line with the facts; what waited becomes entries when it opens.

    The caller holds the participant's lock and has saved what it changed.
    """
    await settle_as_it_stands(actor, protocol, participant, await standing_of(protocol, participant, now), now)


async def settle_as_it_stands(
    actor: Actor, protocol: Protocol, participant: Participant, standing: Standing, now: datetime
) -> None:
    await _note_next_look(protocol, participant, standing, now)
    before, after = participant.collection, _collection_of(protocol, participant, standing)
    if after is before:
        return
    participant.collection = after
    await participant.save(update_fields=["collection"])
    await record(actor, Action.COLLECTION_CHANGE, participant, now, participant=participant,
                 changes={"collection": [before, after]})
    if after is Collection.OPEN:
        await release_waiting(actor, protocol, participant, now)
        await recount(actor, participant, protocol, now)


async def look_again_at(participant: Participant, moment: datetime) -> None:
    """Somebody who may have to sign has got an account: the timetable tells them. The caller holds the lock."""
    if participant.settle_at is None or participant.settle_at > moment:
        participant.settle_at = moment
        await participant.save(update_fields=["settle_at"])


def _collection_of(protocol: Protocol, participant: Participant, standing: Standing) -> Collection:
    if participant.state is ParticipantState.WITHDRAWN:
        return Collection.WITHDRAWN
    if participant.state in ENDINGS:  # nobody is asked any more; what was agreed stays as it was
        return participant.collection
    if participant.arm not in protocol.file.consent.arms or standing.is_consented:
        return Collection.OPEN
    return Collection.OWN_CONSENT_NEEDED if standing.person.decides_alone else Collection.NO_CONSENT


async def _note_next_look(
    protocol: Protocol, participant: Participant, standing: Standing, now: datetime
) -> None:
    """When time alone may change the answer: the next birthday, a version's day, somebody still to be told."""
    looks = []
    if participant.arm in protocol.file.consent.arms and participant.state not in ENDINGS:
        if participant.birth_month:
            looks.append(next_birthday(participant.birth_month, standing.site, now))
        if standing.waits_for:
            looks.append(now + LOOK_AGAIN)
        looks += await _days_of_versions(participant, now)
    settle_at = min(looks, default=None)
    if settle_at != participant.settle_at:
        participant.settle_at = settle_at
        await participant.save(update_fields=["settle_at"])


async def _days_of_versions(participant: Participant, now: datetime) -> list[datetime]:
    """The next day on which a text begins to hold, or to be required."""
    fits = Q(Q(site_id=None) | Q(site_id=participant.site_id), Q(arm=None) | Q(arm=participant.arm))
    ahead = Q(valid_from__gt=now) | Q(required_from__gt=now)
    days = await ConsentDocument.filter(fits, ahead).values_list("valid_from", "required_from")
    return [day for pair in days for day in pair if day is not None and day > now]
