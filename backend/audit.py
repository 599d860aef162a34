"""The one way to write the audit trail, and with it the only way to number a change.

A participant's changes are numbered 1, 2, 3 … by `participant.seq`, under the row lock: the number is the sync
cursor of what changed and the order of the audit trail in one. All other events are numbered by the study.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.access.actor import Actor
from models import AuditEvent, Participant, RecordRead
from models.actions import Action
from models.statement import rows

READ_SLOT = timedelta(minutes=15)
Changes = dict[str, list[Any]]


async def next_seq(participant: Participant) -> int:
    """Take the participant's next change number; the caller holds the row lock (`scope.locked_participant`)."""
    participant.seq += 1
    await participant.save(update_fields=["seq"])
    return int(participant.seq)


async def record(
    actor: Actor, action: Action, subject: Any, now: datetime, *, participant: Participant | None = None,
    seq: int | None = None, reason: str | None = None, changes: Changes | None = None,
) -> int:
    """Write one audit event and return its number. With a participant but no `seq` it takes the next one.

    `changes` maps field → [before, after]; names, e-mail addresses and secrets never stand in it.
    """
    if seq is None:
        seq = await (next_seq(participant) if participant else _next_of_study())
    await AuditEvent.create(
        participant_id=participant.id if participant else None,
        seq=seq, at=now, action=action, actor_id=actor.account_id, session_id=actor.session_id,
        actor_role=role_of(actor, participant), site_id=participant.site_id if participant else None,
        subject_type=subject._meta.db_table, subject_id=subject.pk if isinstance(subject.pk, UUID) else None,
        reason=reason, changes=changes or {},
    )
    return seq


def role_of(actor: Actor, participant: Participant | None) -> str:
    """The role in which the actor acts on this participant."""
    if actor.account_id is None:
        return "system"
    if participant and participant.id in actor.guardians:
        return actor.guardians[participant.id].role
    for role, site_id in actor.staff_roles:
        if site_id is None or (participant and site_id == participant.site_id):
            return role
    return actor.staff_roles[0][0] if actor.staff_roles else "account"


async def _next_of_study() -> int:
    found = await rows("UPDATE study SET seq = seq + 1 WHERE id = 1 RETURNING seq")
    return int(found[0]["seq"])


def difference(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """Per field [before, after] where they differ."""
    names = sorted(before.keys() | after.keys())
    return {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}


async def note_read(actor: Actor, participant_id: UUID, now: datetime) -> None:
    """Note that the actor opened this record: at most one row per account, participant and 15 minutes."""
    slot = now - (now - datetime.min.replace(tzinfo=UTC)) % READ_SLOT
    key = (actor.account, participant_id, slot)
    if key in _noted:
        return
    await RecordRead.bulk_create(
        [RecordRead(account_id=actor.account, participant_id=participant_id, slot_at=slot)],
        ignore_conflicts=True,
    )
    if len(_noted) > 50_000:
        _noted.clear()
    _noted.add(key)


_noted: set[tuple[UUID, UUID, datetime]] = set()
"""What this process has written already; the table's unique key is what counts."""
