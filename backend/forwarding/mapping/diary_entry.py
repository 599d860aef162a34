"""A diary entry as the study team gets it: what stands now, what stood first, and how it came to be (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models import DiaryEntry, EntryRevision
from models.derived_answers import derived_answers
from models.partial_dates import precision_of
from models.vocabulary import Arm, MessageKind


@dataclass(frozen=True)
class Subject:
    """On whom: codes only, no names."""

    participant: str
    site: str
    arm: Arm


def payload_of(
    message_id: UUID, kind: MessageKind, subject: Subject, entry: DiaryEntry, *,
    revisions: list[EntryRevision], at: datetime,
) -> str:
    """The payload as JSON text, frozen from here on. `revisions` are the accepted ones, oldest first."""
    content = _void(entry, revisions, at) if kind is MessageKind.VOIDED else _whole(entry, revisions, at)
    return msgspec.json.encode({
        "message_id": message_id,
        "kind": kind,
        "participant": subject.participant,
        "site": subject.site,
        "arm": subject.arm,
        "entry_id": entry.id,
        "entry_kind": entry.kind,
        "version": entry.version,
        **content,
    }).decode()


def _void(entry: DiaryEntry, revisions: list[EntryRevision], at: datetime) -> dict[str, Any]:
    """What is taken back is not told again: the reason only. Staff's decisions are named by the entry's state."""
    last = revisions[-1]
    return {"reason": (last.reason if last.retracts else None) or entry.state, "voided_at": at}


def _whole(entry: DiaryEntry, revisions: list[EntryRevision], at: datetime) -> dict[str, Any]:
    return {
        "source": entry.source,
        "data": entry.data,
        "source_data": revisions[0].data,
        "revisions": [_revision(revision) for revision in revisions],
        "findings": entry.findings,
        "occurred_from": entry.occurred_from,
        "occurred_to": entry.occurred_to,
        "precision": precision_of(entry.data),
        "derived": derived_answers(entry.data),
        "protocol_hash": revisions[-1].protocol_hash,
        "validated_at": at,
    }


def _revision(revision: EntryRevision) -> dict[str, Any]:
    return {
        "version": revision.version,
        "reason": revision.reason,
        "source": revision.source,
        "relation": revision.relation,
        "device_time": revision.device_time,
        "timezone": revision.timezone,
        "received_at": revision.received_at,
        "protocol_hash": revision.protocol_hash,
    }
