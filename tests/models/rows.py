"""One valid row of every kind the guards protect, with all its parents."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import (
    Account,
    AuditEvent,
    DataQuery,
    DeliveryAttempt,
    DiaryEntry,
    EntryRevision,
    OutboxMessage,
    Participant,
    QueryReply,
    RecordRead,
    Site,
)
from models.actions import Action
from models.fields import new_id
from models.vocabulary import Arm, EntryKind, EntryState, MessageKind, QueryState, Relation, RevisionState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def participant(code: str = "SE01-001") -> Participant:
    site, _ = await Site.get_or_create(
        code="SE01", defaults={"name": "Stockholm", "country": "SE", "timezone": "Europe/Stockholm", "language": "sv"}
    )
    return await Participant.create(
        code=code, site=site, arm=Arm.POSTNATAL, birth_month=date(2019, 5, 1), enrolled_at=NOON
    )


async def entry(of: Participant, **changes: Any) -> DiaryEntry:
    account, _ = await Account.get_or_create(
        email="mia@example.org", defaults={"display_name": "Mia", "created_at": NOON}
    )
    values: dict[str, Any] = {
        "participant": of, "site_id": of.site_id, "kind": EntryKind.FRACTURE, "state": EntryState.RECEIVED,
        "version": 1, "seq": 1, "data": {}, "findings": [], "recorded_by": account, "relation": Relation.MOTHER,
        "received_at": NOON, "changed_at": NOON,
    }
    return await DiaryEntry.create(**{**values, **changes})


async def revision(of: DiaryEntry, **changes: Any) -> EntryRevision:
    values: dict[str, Any] = {
        "entry": of, "version": 1, "state": RevisionState.ACCEPTED, "seq": 1, "data": {}, "sent": {}, "resolves": [],
        "findings": [], "author_id": of.recorded_by_id, "relation": Relation.MOTHER, "session_id": new_id(),
        "protocol_hash": "0" * 64, "received_at": NOON,
    }
    return await EntryRevision.create(**{**values, **changes})


async def one_of_each() -> dict[str, int]:
    """A row in every append-only table; returns table → number of rows."""
    leo = await participant()
    fracture = await entry(leo)
    await revision(fracture)
    mia = fracture.recorded_by_id
    question = await DataQuery.create(
        entry=fracture, participant=leo, seq=2, field="/bone", question="Which side?", state=QueryState.OPEN,
        entry_version=1, opened_by_id=mia, opened_at=NOON,
    )
    await QueryReply.create(query=question, author_id=mia, text="Left", entry_version=1, at=NOON)
    message = await OutboxMessage.create(
        destination="folder", entry=fracture, number=1, kind=MessageKind.CREATED, entry_version=1, payload="{}",
        due_at=NOON, created_at=NOON,
    )
    await DeliveryAttempt.create(
        message=message, number=1, worker="w", started_at=NOON, milliseconds=5, outcome="delivered", status=200
    )
    await AuditEvent.create(
        participant_id=leo.id, seq=1, at=NOON, action=Action.ENTRY_SUBMIT, actor_id=mia, actor_role="guardian",
        subject_type="diary_entry", subject_id=fracture.id, changes={},
    )
    await RecordRead.create(account_id=mia, participant_id=leo.id, slot_at=NOON + timedelta(minutes=15))
    return dict.fromkeys(("audit_event", "entry_revision", "record_read", "delivery_attempt", "query_reply"), 1)
