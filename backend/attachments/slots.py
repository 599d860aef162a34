"""The images an entry names: each has a row from the moment the entry is stored, so that a missing one is missed.

Called in the entry's transaction, under the participant's lock; each row that changes is a change of its own.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.audit import next_seq, record
from models import Attachment, DiaryEntry, Participant
from models.actions import Action
from models.vocabulary import AttachmentPurpose, AttachmentState

FIELD = "attachments"
MOST = 10
"""Of one entry; what it names beyond stays a finding."""
Slots = dict[UUID, AttachmentPurpose | None]


async def declare(
    actor: Actor, participant: Participant, entry: DiaryEntry, before: dict[str, Any], now: datetime
) -> None:
    """Make the rows agree with what the entry names now; `before` is what it held until now."""
    named = slots_in(entry.data)
    if not named and not slots_in(before):
        return
    rows = {row.id: row for row in await Attachment.filter(Q(entry_id=entry.id) | Q(id__in=list(named)))}
    for slot_id, purpose in named.items():
        row = rows.get(slot_id)
        if row is None:
            row = Attachment(id=slot_id, participant_id=participant.id, state=AttachmentState.DECLARED, created_at=now)
            await _note(actor, participant, row, {"entry_id": entry.id, "purpose": purpose}, now)
        elif row.participant_id == participant.id and row.entry_id in (None, entry.id):
            back = row.state is AttachmentState.REMOVED
            state = AttachmentState.DECLARED if back else row.state
            await _note(actor, participant, row, {"entry_id": entry.id, "purpose": purpose, "state": state}, now)
    for row in rows.values():
        if row.entry_id == entry.id and row.id not in named:
            await release(actor, participant, row, now)


def slots_in(data: dict[str, Any]) -> Slots:
    """The images named, each once. What is no list of ids (a form without this question keeps anything) names none."""
    said = data.get(FIELD)
    found: Slots = {}
    for item in said if isinstance(said, list) else []:
        slot_id = _id(item.get("id")) if isinstance(item, dict) else None
        if slot_id and len(found) < MOST:
            found.setdefault(slot_id, _purpose(item.get("purpose")))
    return found


async def release(actor: Actor, participant: Participant, row: Attachment, now: datetime) -> None:
    """It is not to be shown any more: no row names its content, which is cleared away a day later."""
    if row.state is AttachmentState.REMOVED:
        return
    old, row.seq = row.state, await next_seq(participant)
    row.state, row.expires_at = AttachmentState.REMOVED, None
    row.received, row.pieces, row.length = 0, [], None
    row.sha256 = row.media_type = row.size = row.width = row.height = row.refusal = None
    await row.save()
    await record(actor, Action.ATTACHMENT_REMOVE, row, now, participant=participant, seq=row.seq,
                 changes={"state": [old, row.state]})


async def _note(
    actor: Actor, participant: Participant, row: Attachment, values: dict[str, Any], now: datetime
) -> None:
    changes = {name: [_told(getattr(row, name)), _told(value)] for name, value in values.items()
               if getattr(row, name) != value}
    if not changes:
        return
    is_new = not row.seq
    for name, value in values.items():
        setattr(row, name, value)
    row.seq = await next_seq(participant)
    await row.save(force_create=is_new)
    await record(actor, Action.ATTACHMENT_DECLARE, row, now, participant=participant, seq=row.seq, changes=changes)


def _told(value: Any) -> Any:
    return str(value) if value is not None else None


def _id(text: Any) -> UUID | None:
    try:
        found = UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
    return found if found.int else None


def _purpose(text: Any) -> AttachmentPurpose | None:
    try:
        return AttachmentPurpose(text)
    except ValueError:
        return None
