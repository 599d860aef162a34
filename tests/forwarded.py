"""Entries that have been validated, and time that passes over the queue."""

from dataclasses import replace
from datetime import datetime, timedelta

from backend.clock import utc_now
from backend.forwarding import outbox
from backend.forwarding.destinations.rules import WEBHOOK, DestinationRule
from backend.forwarding.dispatcher import Dispatcher
from models import Destination, DiaryEntry, EntryRevision, OutboxMessage, Participant
from models.statement import rows
from models.transaction import atomic
from models.vocabulary import ChangeReason, EntryKind, EntryState, Relation, RevisionState
from tests.cast import Cast
from tests.receiver import SECRET, Receiver

WORKER = Dispatcher("worker", utc_now)


async def validated_entry(cast: Cast, participant: Participant | None = None) -> DiaryEntry:
    """An entry of Mia's about Leo, with its first revision, not yet announced."""
    child = participant or cast.leo
    entry = await DiaryEntry.create(
        participant=child, site_id=child.site_id, kind=EntryKind.FRACTURE, state=EntryState.VALIDATED, version=1, seq=1,
        data={"bone": "femur", "pain": 7, "kept_unknown": True}, findings=[], recorded_by=cast.mia.account,
        relation=Relation.MOTHER, received_at=cast.now, changed_at=cast.now, occurred_from=cast.now,
        occurred_to=cast.now, validated_version=1,
    )
    await add_revision(cast, entry)
    return entry


async def add_revision(
    cast: Cast, entry: DiaryEntry, reason: ChangeReason | None = None, *, retracts: bool = False
) -> None:
    await EntryRevision.create(
        entry=entry, version=entry.version, state=RevisionState.ACCEPTED, seq=entry.seq, data=entry.data,
        sent=entry.data, retracts=retracts, reason=reason, resolves=[], findings=[], author=cast.mia.account,
        relation=Relation.MOTHER, session_id=cast.mia.session.id, device_time="2026-11-22T10:00:00+01:00",
        timezone="Europe/Stockholm", protocol_hash="p" * 64, received_at=cast.now,
    )


async def corrected(cast: Cast, entry: DiaryEntry, **data: object) -> None:
    entry.version += 1
    entry.data = {**entry.data, **data}
    await entry.save()
    await add_revision(cast, entry, ChangeReason.REMEMBERED_BETTER)


async def retracted(cast: Cast, entry: DiaryEntry) -> None:
    entry.version += 1
    entry.state = EntryState.RETRACTED
    await entry.save()
    await add_revision(cast, entry, ChangeReason.ENTERED_IN_ERROR, retracts=True)


@atomic
async def announce(cast: Cast, entry: DiaryEntry, now: datetime | None = None) -> None:
    await outbox.announce(await entry.participant, entry, now or cast.now)


@atomic
async def withdraw(cast: Cast, entry: DiaryEntry, now: datetime | None = None) -> None:
    await outbox.withdraw(await entry.participant, entry, now or cast.now)


async def queued(cast: Cast, many: int = 1) -> list[OutboxMessage]:
    """So many entries, announced."""
    for _ in range(many):
        await announce(cast, await validated_entry(cast))
    return await OutboxMessage.all().order_by("created_at", "id")


async def let_pass(seconds: float) -> None:
    """Time passes over the queues (the rows move, not the clock: signatures carry the real time)."""
    ago = timedelta(seconds=seconds)
    for message in await OutboxMessage.all():
        message.due_at -= ago
        message.leased_until = message.leased_until and message.leased_until - ago
        await message.save(update_fields=["due_at", "leased_until"])
    for destination in await Destination.all():
        destination.broken_until = destination.broken_until and destination.broken_until - ago
        await destination.save(update_fields=["broken_until"])


async def run_out(rule: DestinationRule, *, rounds: int = 12, seconds: float = 7200) -> None:
    """Let time pass and deliver, until the queue is empty or the rounds are over."""
    for _ in range(rounds):
        await let_pass(seconds)
        if not await WORKER.deliver_to(rule):
            return


def rule_for(receiver: Receiver, **changes: object) -> DestinationRule:
    """The receiver as the study's only destination (its code is the built-in one)."""
    rule = DestinationRule("folder", WEBHOOK, url=receiver.url, secrets=(SECRET,), allow_private=True)
    return replace(rule, **changes)


async def states() -> list[str]:
    found = await rows("SELECT state FROM outbox_message ORDER BY created_at, entry_id, number")
    return [row["state"] for row in found]

