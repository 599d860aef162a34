"""What waited in quarantine for a consent becomes entries by itself: in order of receipt, as it was sent."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.expressions import Q

from backend.access.actor import Actor, Guardian
from backend.audit import record
from backend.border.problems import as_problem, database_is_away
from backend.diary.uploads import Sender, read_item
from backend.diary.write import write_upload
from backend.errors import CollectionClosed, StudyError, UnstorableItem
from models import Account, Guardianship, Participant, QuarantinedItem
from models.actions import Action
from models.protocol import Protocol
from models.statement import identifier, rows
from models.transaction import undoable
from models.vocabulary import Capability, QuarantineState, Relation, Role

AT_ONCE = 500
"""Items per transaction; if ever more wait, the timetable goes on with the rest."""
WHOLE = "whole"
"""Marks a kept item whose answers are all there are (PUT)."""
WAITING = """SELECT id FROM quarantined_item
WHERE participant_id = $1 AND state = 'open' AND problem ->> 'code' = $2 ORDER BY received_at, id LIMIT $3"""
LEFTOVERS = """SELECT DISTINCT q.participant_id FROM quarantined_item q JOIN participant p ON p.id = q.participant_id
WHERE q.state = 'open' AND p.collection = 'open' AND q.problem ->> 'code' = $1"""


async def release_waiting(actor: Actor, protocol: Protocol, participant: Participant, now: datetime) -> int:
    """Write what waits, oldest first; what still can't be stored stays, and says why. The caller holds the lock.

    How many items were looked at.
    """
    chosen = await rows(WAITING, participant.id, CollectionClosed.code, AT_ONCE)
    for row in chosen:
        item = await QuarantinedItem.get(id=identifier(row["id"]))
        await _release(actor, protocol, participant, item, now)
    return len(chosen)


async def _release(
    actor: Actor, protocol: Protocol, participant: Participant, item: QuarantinedItem, now: datetime
) -> None:
    seq = participant.seq
    try:
        async with undoable():
            await _write(await _sender_of(item, protocol, now), participant, item)
    except (StudyError, IntegrityError, OperationalError) as failure:
        if database_is_away(failure):
            raise
        participant.seq = seq
        refusal = failure if isinstance(failure, StudyError) else UnstorableItem()
        item.problem = as_problem(refusal)
        await item.save(update_fields=["problem"])
        await record(actor, Action.QUARANTINE_KEEP, item, now, participant=participant, reason=refusal.code)
        return
    item.state = QuarantineState.RELEASED
    await item.save(update_fields=["state"])
    await record(actor, Action.QUARANTINE_RELEASE, item, now, participant=participant)


async def _write(sender: Sender, participant: Participant, item: QuarantinedItem) -> None:
    raw: dict[str, Any] = msgspec.json.decode(item.body)
    whole = raw.pop(WHOLE, False) is True
    await write_upload(sender, participant, replace(read_item(raw, sender.protocol), whole=whole))


async def _sender_of(item: QuarantinedItem, protocol: Protocol, now: datetime) -> Sender:
    """Whoever sent it, with what they were to the participant then."""
    account = await Account.get(id=item.account_id)
    link = await _guardianship_of(item)
    participant = await Participant.get(id=item.participant_id).only("id", "site_id", "birth_month")
    guardian = Guardian(
        link.role if link else Role.CARER, link.relation if link else Relation.SITE_STAFF,
        frozenset(Capability(word) for word in link.capabilities) if link else frozenset(),
        participant.site_id, participant.birth_month,
    )
    author = Actor(
        item.account_id, item.session_id, Action.DIARY_WRITE, guardians={item.participant_id: guardian},
        app_version=item.app_version, timezone=account.timezone,
    )
    return Sender(author, item.participant_id, protocol, now, item.replica_id, item.clock_skew, item.app_version,
                  item.form_schema, received=item.received_at)


async def _guardianship_of(item: QuarantinedItem) -> Guardianship | None:
    """The one that held when it was received."""
    then = item.received_at
    held = Guardianship.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=then), account_id=item.account_id,
        participant_id=item.participant_id, starts_at__lte=then,
    )
    return await held.order_by("-starts_at", "-id").first()


async def participants_with_leftovers() -> list[UUID]:
    """Whose collection is open although something of theirs still waits."""
    return [identifier(row["participant_id"]) for row in await rows(LEFTOVERS, CollectionClosed.code)]
