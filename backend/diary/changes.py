"""changes_since: what a phone has not seen yet — every record once, at its newest state, in order of `seq`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.diary.schemas import Change, ChangesPage, Conflict
from backend.errors import ResyncRequired
from models.participation import words_for
from models.statement import instant, rows
from models.vocabulary import EntryKind, EntryState, ParticipantState, RevisionState

HEAD = """SELECT p.seq, s.epoch, p.state, EXISTS (
  SELECT 1 FROM participant child WHERE child.woman_id = p.id AND child.state IN ('died', 'pregnancy_lost')
) AS lost_a_child FROM participant p, study s WHERE p.id = $1 AND s.id = 1"""
ENTRIES = """SELECT id, seq, version, kind, state, CAST(data AS TEXT) AS data, CAST(findings AS TEXT) AS findings,
  open_conflicts, open_queries, pending, recorded_by_id, relation, source, received_at, duplicate_of_id
FROM diary_entry WHERE participant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"""
QUERIES = """SELECT id, seq, entry_id, field, question, state, entry_version, opened_at, answered_at, closed_at, due_on
FROM data_query WHERE participant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"""
VISITS = """SELECT id, seq, plan_code, state, target_on, opens_on, closes_on, agreed_at, timezone, attended_on,
  unscheduled, cancel_reason, CAST(bring AS TEXT) AS bring, sequence, changed_at
FROM visit WHERE participant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"""
SAFETY_CASES = """SELECT id, seq, entry_id, state, acknowledged_at
FROM safety_case WHERE participant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"""
CONFLICTS = """SELECT r.id, r.entry_id, CAST(r.data AS TEXT) AS data, r.relation, r.received_at, r.retracts,
  CAST(r.resolves AS TEXT) AS resolves, r.state
FROM entry_revision r JOIN diary_entry e ON e.id = r.entry_id
WHERE e.participant_id = $1 AND e.open_conflicts > 0 AND e.seq > $2 AND e.seq <= $3"""
ATTACHMENTS = """SELECT id, seq, entry_id, purpose, state, uploaded_by_id AS uploaded_by, length, media_type, size,
  width, height, refusal, created_at, stored_at
FROM attachment WHERE participant_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"""
STATEMENTS = {
    "entries": ENTRIES, "data_queries": QUERIES, "visits": VISITS, "safety_cases": SAFETY_CASES,
    "attachments": ATTACHMENTS,
}
COLLECTIONS = tuple(STATEMENTS)


async def head_of(participant_id: UUID) -> tuple[int, UUID]:
    """The participant's last change number and the study's epoch."""
    found = await _head(participant_id)
    return found["seq"], found["epoch"]


async def _head(participant_id: UUID) -> dict[str, Any]:
    found = (await rows(HEAD, participant_id))[0]
    return {**found, "epoch": UUID(str(found["epoch"]))}


async def changes_since(
    participant_id: UUID, since: int, limit: int, now: datetime, *, collections: Sequence[str] = COLLECTIONS,
    epoch: UUID | None = None,
) -> ChangesPage:
    """One page. Raises ResyncRequired when the phone's cursor is not of this database.

    The head is read before the rows and bounds them: what commits in between has a higher number and comes next
    time. (Without the bound, a page of two collections could carry 45 and hide a 44 that committed between its reads.)
    """
    now_is = await _head(participant_id)
    head, current_epoch = now_is["seq"], now_is["epoch"]
    if since > head or (epoch and epoch != current_epoch):
        raise ResyncRequired
    found: list[Change] = []
    for collection, statement in STATEMENTS.items():
        if collection in collections and since < head:
            new = await rows(statement, participant_id, since, head, limit + 1)
            found += [_entry(row) if collection == "entries" else _other(collection, row) for row in new]
    found.sort(key=lambda change: change.seq)
    page, has_more = found[:limit], len(found) > limit
    await _add_conflicts(participant_id, since, page)
    cursor = page[-1].seq if has_more else head
    state = ParticipantState(now_is["state"])
    words = words_for(state, lost_a_child=bool(now_is["lost_a_child"]))
    return ChangesPage(page, cursor, has_more, current_epoch, now, state, words)


def _entry(row: dict[str, Any]) -> Change:
    return Change(
        "entries", str(row["id"]), row["seq"], row["version"], row["state"] == EntryState.RETRACTED,
        msgspec.Raw(row["data"].encode()), row["state"], EntryKind(row["kind"]),
        findings=msgspec.Raw(row["findings"].encode()), open_conflicts=row["open_conflicts"],
        open_queries=row["open_queries"], pending=bool(row["pending"]), recorded_by=str(row["recorded_by_id"]),
        relation=row["relation"], source=row["source"], received_at=instant(row["received_at"]),
        duplicate_of=str(row["duplicate_of_id"]) if row["duplicate_of_id"] else msgspec.UNSET,
    )


def _other(collection: str, row: dict[str, Any]) -> Change:
    data = {name: value for name, value in row.items() if name not in ("id", "seq")}
    data |= {name: instant(value) for name, value in data.items() if name.endswith("_at")}
    if collection == "visits":
        data |= {"unscheduled": bool(data["unscheduled"]), "bring": msgspec.Raw(data["bring"].encode())}
    return Change(collection, str(row["id"]), row["seq"], row["seq"], False, data, data.pop("state"))


async def _add_conflicts(participant_id: UUID, since: int, page: list[Change]) -> None:
    """Both sides of an open conflict, so that every phone can show them."""
    clashing = {change.id: change for change in page if change.open_conflicts}
    if not clashing:
        return
    kept = await rows(CONFLICTS, participant_id, since, max(change.seq for change in clashing.values()))
    settled = {revision_id for row in kept if row["state"] == RevisionState.ACCEPTED
               for revision_id in msgspec.json.decode(row["resolves"])}
    for row in kept:
        change = clashing.get(str(row["entry_id"]))
        if change and row["state"] == RevisionState.CONFLICT and str(row["id"]) not in settled:
            change.conflicts = [*(change.conflicts or ()), Conflict(
                str(row["id"]), msgspec.Raw(row["data"].encode()), row["relation"], instant(row["received_at"]),
                bool(row["retracts"]),
            )]
