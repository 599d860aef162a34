"""What waited in quarantine for a consent becomes entries by itself: in order of receipt, as it was sent."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from tortoise.exceptions import IntegrityError, OperationalError

from backend.access.actor import Actor, Guardian
from backend.audit import record
from backend.border.problems import as_problem, database_is_away
from backend.diary.circumstances import Person
from backend.diary.uploads import Sender, read_item
from backend.diary.write import write_upload
from backend.errors import CollectionClosed, StudyError, UnstorableItem
from models import Account, Guardianship, Participant, QuarantinedItem, Site, StaffRole
from models.actions import Action
from models.protocol import Protocol
from models.spans import holds
from models.statement import identifier, rows
from models.transaction import undoable
from models.vocabulary import Capability, EntrySource, QuarantineState, Relation, Role

AT_ONCE = 500
"""Items per transaction; if ever more wait, the timetable goes on with the rest."""
WHOLE = "whole"
"""Marks a kept item whose answers are all there are (PUT)."""
ON_BEHALF = "on_behalf"
"""Of what staff wrote down: how they came to it and whose words it is."""
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
            await _write(protocol, participant, item, now)
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


async def _write(protocol: Protocol, participant: Participant, item: QuarantinedItem, now: datetime) -> None:
    raw: dict[str, Any] = msgspec.json.decode(item.body)
    whole, told = raw.pop(WHOLE, False) is True, raw.pop(ON_BEHALF, None)
    sender = await _sender_of(item, protocol, now)
    if told:
        sender = await _on_behalf(sender, participant, told)
    await write_upload(sender, participant, replace(read_item(raw, sender.protocol), whole=whole))


async def _sender_of(item: QuarantinedItem, protocol: Protocol, now: datetime) -> Sender:
    """Whoever sent it, with what they were to the participant then."""
    account = await Account.get(id=item.account_id)
    link = await _guardianship_of(item)
    participant = await Participant.get(id=item.participant_id)
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
                  item.form_schema, about=Person.of(participant), received=item.received_at)


async def _on_behalf(sender: Sender, participant: Participant, told: dict[str, Any]) -> Sender:
    """The member of staff who wrote it down, in the roles they had then."""
    roles = StaffRole.filter(holds(sender.received_at), account_id=sender.actor.account).order_by("id")
    actor = replace(
        sender.actor.acting(Action.ENTRY_LOG_ON_BEHALF), guardians={},
        staff_roles=tuple([(role.role, role.site_id) for role in await roles]),
    )
    site, teller = await Site.get(id=participant.site_id), told["originator_id"]
    return replace(
        sender, actor=actor, source=EntrySource(told["source"]), relation=Relation(told["relation"]),
        originator_id=UUID(teller) if teller else None, about=Person.of(participant), timezone=site.timezone,
    )


async def _guardianship_of(item: QuarantinedItem) -> Guardianship | None:
    """The one that held when it was received."""
    then = item.received_at
    held = Guardianship.filter(
        holds(then), account_id=item.account_id, participant_id=item.participant_id
    )
    return await held.order_by("-starts_at", "-id").first()


async def participants_with_leftovers() -> list[UUID]:
    """Whose collection is open although something of theirs still waits."""
    return [identifier(row["participant_id"]) for row in await rows(LEFTOVERS, CollectionClosed.code)]
