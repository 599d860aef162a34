"""What an entry's revisions say about an upload: was it here before, is its base current, what was its base?"""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from tortoise.expressions import Q

from backend.diary.uploads import Upload
from models import DiaryEntry, EntryRevision, SyncReceipt
from models.statement import rows
from models.vocabulary import RevisionState


@dataclass
class Past:
    seen: bool = False
    """Exactly this was answered before: a repeat or a late duplicate."""
    seen_conflict: UUID | None = None
    """… and had ended as this conflicting revision."""
    is_late: bool = False
    """This replica's later write of the same record has arrived first …"""
    overtaken: set[str] = field(default_factory=set)
    """… and these fields are its word."""
    is_current: bool = False
    """The upload was based on what stands now, or only this replica wrote since."""
    base: dict[str, Any] = field(default_factory=dict)
    receipt: tuple[str, int] | None = None

    def not_overtaken(self, sent: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in sent.items() if name not in self.overtaken}

    async def note_unchanged(self) -> None:
        """Remember the upload although nothing is written, so that a late duplicate stays harmless."""
        if self.receipt:
            await rows("INSERT INTO sync_receipt (id, client_seq) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                       *self.receipt)


async def past_of(entry: DiaryEntry, upload: Upload, replica_id: UUID | None) -> Past:
    past = Past()
    if replica_id:
        past.receipt = (_receipt_id(entry, upload, replica_id), upload.client_seq)
        await _look_for_repeat(past, entry, upload, replica_id)
        if past.seen:
            return past
    past.is_current = upload.base_version == entry.version or await _only_mine_since(entry, upload, replica_id)
    if not past.is_current and 0 < upload.base_version < entry.version:
        past.base = (await EntryRevision.get(entry_id=entry.id, version=upload.base_version)).data
    return past


async def _look_for_repeat(past: Past, entry: DiaryEntry, upload: Upload, replica_id: UUID) -> None:
    """Numbers alone don't tell: a reinstalled app may begin again at 1, and requests may overtake each other."""
    mine = await EntryRevision.filter(
        entry_id=entry.id, replica_id=replica_id, client_seq__gte=upload.client_seq
    ).only("id", "client_seq", "state", "sent", "retracts")
    for revision in mine:
        if revision.client_seq != upload.client_seq:
            past.is_late = True
            past.overtaken |= revision.sent.keys()
        elif (revision.sent, revision.retracts) == (upload.data, upload.retracts):
            past.seen = True
            if revision.state is RevisionState.CONFLICT:
                past.seen_conflict = revision.id
    past.seen = past.seen or (past.receipt is not None and await SyncReceipt.exists(id=past.receipt[0]))


def _receipt_id(entry: DiaryEntry, upload: Upload, replica_id: UUID) -> str:
    content = [replica_id, entry.id, upload.client_seq, upload.retracts, upload.data]
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


async def _only_mine_since(entry: DiaryEntry, upload: Upload, replica_id: UUID | None) -> bool:
    """Phones don't learn the new version from a push: edit–push–edit must not conflict with oneself."""
    if replica_id is None:
        return False
    known = upload.base_version if upload.base_version <= entry.version else 0  # overtaken by its own follower
    others = Q(replica_id__isnull=True) | Q(replica_id__not=replica_id)
    return not await EntryRevision.filter(others, entry_id=entry.id, version__gt=known).exists()
