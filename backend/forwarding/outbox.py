"""The door through which an entry leaves: rows written in the transaction of whoever decides that it does.

What is announced or withdrawn is part of the caller's act and stands in its audit event. About a participant whose
state stops forwarding nothing is written; `hold.release` makes up for it if that state was a mistake.
"""

from datetime import datetime
from uuid import UUID, uuid5

from backend.forwarding.mapping.diary_entry import Subject, payload_of
from models import Destination, DiaryEntry, EntryRevision, OutboxMessage, Participant, Site
from models.participation import effect_of
from models.vocabulary import DeliveryState, MessageKind, RevisionState

NAMESPACE = UUID("5d1f7a0e-3c52-5b0c-9d6b-0f4a8f3c2e11")
"""Of message ids. Never changes: a study restored from a backup must derive the same ids again."""


async def announce(participant: Participant, entry: DiaryEntry, now: datetime) -> None:
    """Queue the validated entry for every destination: `created` the first time, then `amended`."""
    if not effect_of(participant.state).forwards:
        return
    for code in await _destinations():
        said = await said_of(entry, code)
        kind = MessageKind.AMENDED if standing(said) else MessageKind.CREATED
        await enqueue(participant, entry, kind, now, destination=code, number=len(said) + 1)


async def withdraw(participant: Participant, entry: DiaryEntry, now: datetime) -> None:
    """Queue `voided` wherever the entry was announced and still stands. What waits before it still leaves first."""
    if not effect_of(participant.state).forwards:
        return
    for code in await _destinations():
        said = await said_of(entry, code)
        stands = standing(said)
        if stands and stands[-1].kind is not MessageKind.VOIDED:
            await enqueue(participant, entry, MessageKind.VOIDED, now, destination=code, number=len(said) + 1)


async def enqueue(
    participant: Participant, entry: DiaryEntry, kind: MessageKind, now: datetime, *, destination: str, number: int
) -> None:
    """Write one message with its frozen payload; the caller holds the participant's lock."""
    message_id = id_of(destination, entry.id, number)
    await OutboxMessage.create(
        id=message_id, destination=destination, entry_id=entry.id, number=number, kind=kind,
        entry_version=entry.version, due_at=now, created_at=now,
        payload=payload_of(
            message_id, kind, await _subject(participant), entry, revisions=await _revisions(entry), at=now
        ),
    )


def id_of(destination: str, entry_id: UUID, number: int) -> UUID:
    """Derived, not drawn: the same message has the same id after a crash and after a restore."""
    return uuid5(NAMESPACE, f"{destination}:{entry_id}:{number}")


async def _destinations() -> list[str]:
    return [destination.code for destination in await Destination.all().order_by("code")]


async def said_of(entry: DiaryEntry, destination: str) -> list[OutboxMessage]:
    """Every message about the entry to this destination, in order, without the payloads."""
    earlier = OutboxMessage.filter(entry_id=entry.id, destination=destination)
    return await earlier.order_by("number").only("id", "number", "kind", "state", "entry_version")


def standing(said: list[OutboxMessage]) -> list[OutboxMessage]:
    """What the destination knows or will know: a cancelled message was never said."""
    return [message for message in said if message.state is not DeliveryState.CANCELLED]


async def _subject(participant: Participant) -> Subject:
    site = await Site.get(id=participant.site_id)
    return Subject(participant.code, site.code, participant.arm)


async def _revisions(entry: DiaryEntry) -> list[EntryRevision]:
    accepted = EntryRevision.filter(entry_id=entry.id, state=RevisionState.ACCEPTED, version__lte=entry.version)
    return await accepted.order_by("version")
