"""Many new entries in one commit: entry, revision 1, audit event and counter. One statement on PostgreSQL, four on
SQLite, however many entries and of however many families.

Replaces `write.write_upload` for uploads that are all new. It never decides anything: whatever is not plainly new
(an id that exists, a parent, children waiting for it) makes it store nothing, and the plain form takes over. It waits
for nobody: a participant somebody else is writing about is left to the plain form too, and so is one whose number
has moved since the statement began to look (it would not see a child that came meanwhile).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from tortoise.exceptions import IntegrityError

from backend.attachments.slots import slots_in
from backend.audit import difference
from backend.diary.edit_checks import check, confirmed
from backend.diary.merge import overlay
from backend.diary.occurrence import occurred_span
from backend.diary.uploads import Sender, Upload, circumstances
from backend.rounds import Rounds
from backend.safety.free_text import please_read
from backend.safety.rules import may_fit
from models.actions import Action
from models.fields import new_id
from models.statement import is_postgres, many, rows
from models.transaction import atomic

STATEMENT = """
WITH sent AS (
  SELECT * FROM jsonb_to_recordset($1::text::jsonb) AS x(
    n int, id uuid, participant_id uuid, revision_id uuid, kind text, data jsonb, sent jsonb, findings jsonb,
    changes jsonb, occurred_from timestamptz, occurred_to timestamptz, account_id uuid, relation text, role text,
    session_id uuid, replica_id uuid, client_seq bigint, device_time text, timezone text, locale text,
    clock_skew bigint, app_version text, form_schema int, protocol_hash text, received_at timestamptz, action text)
), free AS (
  SELECT p.id, p.seq, p.site_id FROM participant p
  WHERE p.id IN (SELECT participant_id FROM sent) AND p.collection = 'open' AND NOT EXISTS (
    SELECT 1 FROM sent s JOIN diary_entry d ON d.parent_id = s.id WHERE d.pending AND s.participant_id = p.id)
  FOR NO KEY UPDATE OF p SKIP LOCKED
), counted AS (
  UPDATE participant p SET seq = f.seq + (SELECT count(*) FROM sent s WHERE s.participant_id = f.id)
  FROM free f WHERE p.id = f.id AND p.seq = f.seq
  RETURNING p.id, f.seq AS before, p.site_id
), numbered AS (
  SELECT s.*, c.before + s.n AS seq, c.site_id FROM sent s JOIN counted c ON c.id = s.participant_id
), entries AS (
  INSERT INTO diary_entry (id, participant_id, site_id, kind, state, version, seq, data, findings, open_conflicts,
    open_queries, pending, occurred_from, occurred_to, recorded_by_id, relation, received_at, changed_at)
  SELECT id, participant_id, site_id, kind, 'received', 1, seq, data, findings, 0, 0, false, occurred_from,
    occurred_to, account_id, relation, received_at, received_at FROM numbered
), revisions AS (
  INSERT INTO entry_revision (id, entry_id, version, state, base_version, seq, data, sent, retracts, resolves,
    findings, author_id, relation, session_id, replica_id, client_seq, device_time, timezone, locale, clock_skew,
    app_version, form_schema, protocol_hash, received_at)
  SELECT revision_id, id, 1, 'accepted', 0, seq, data, sent, false, '[]', findings, account_id, relation, session_id,
    replica_id, client_seq, device_time, timezone, locale, clock_skew, app_version, form_schema, protocol_hash,
    received_at
  FROM numbered
), trail AS (
  INSERT INTO audit_event (participant_id, seq, at, action, actor_id, actor_role, session_id, site_id,
    subject_type, subject_id, changes)
  SELECT participant_id, seq, received_at, action, account_id, role, session_id, site_id, 'diary_entry', id, changes
  FROM numbered
)
SELECT id, seq FROM numbered
"""
COUNT = """UPDATE participant
SET seq = seq + (SELECT count(*) FROM json_each($1) s WHERE s.value ->> 0 = participant.id)
WHERE id IN (SELECT s.value ->> 0 FROM json_each($1) s) AND collection = 'open' AND NOT EXISTS (
  SELECT 1 FROM json_each($1) s JOIN diary_entry d ON d.parent_id = s.value ->> 1
  WHERE d.pending AND s.value ->> 0 = participant.id)
RETURNING id, seq, site_id"""
JSON_COLUMNS = ("data", "sent", "findings", "changes")
Row = dict[str, Any]


class NotPlain(Exception):
    """Nothing was stored; use the plain form."""


@dataclass(frozen=True, slots=True)
class Created:
    """What now stands in the database, so that nobody needs to read it again."""

    seq: int
    data: dict[str, Any]
    findings: list[dict[str, Any]]
    occurred_from: datetime | None
    occurred_to: datetime | None


async def create_entries(sender: Sender, uploads: Sequence[Upload]) -> dict[UUID, Created]:
    """What was stored, by id. Raises NotPlain, having stored nothing."""
    if not uploads or not all(_is_plain(sender, upload) for upload in uploads):
        raise NotPlain
    if len({upload.id for upload in uploads}) < len(uploads):
        raise NotPlain
    content = [_row(sender, upload, number) for number, upload in enumerate(uploads, 1)]
    try:
        numbers = await _store(content)
    except IntegrityError as taken:
        raise NotPlain from taken
    return {row["id"]: _created(row, numbers.get(row["id"])) for row in content}


async def create_entry_together(sender: Sender, upload: Upload) -> Created:
    """One new entry; those of other families that arrive at the same time share its statement and its commit.

    Answers after that commit. Raises NotPlain, having stored nothing.
    """
    if not _is_plain(sender, upload):
        raise NotPlain
    row = _row(sender, upload, 1)
    try:
        return _created(row, await _rounds.join(row))
    except IntegrityError as taken:
        raise NotPlain from taken


def _created(row: Row, seq: int | None) -> Created:
    if seq is None:
        raise NotPlain
    return Created(seq, row["data"], row["findings"], row["occurred_from"], row["occurred_to"])


async def _store(content: list[Row]) -> dict[UUID, int]:
    """The change number of every stored entry; all of a participant are stored, or none. Raises IntegrityError."""
    return await (_store_at_once if is_postgres() else _store_in_turn)(content)


async def _store_round(content: list[Row]) -> list[int | None]:
    numbers = await _store(content)
    return [numbers.get(row["id"]) for row in content]


_rounds = Rounds(_store_round, key=itemgetter("participant_id"))


async def _store_at_once(content: list[Row]) -> dict[UUID, int]:
    """PostgreSQL."""
    found = await rows(STATEMENT, msgspec.json.encode(content).decode())
    return {row["id"]: row["seq"] for row in found}


@atomic
async def _store_in_turn(content: list[Row]) -> dict[UUID, int]:
    """SQLite, which has no INSERT inside WITH."""
    sent = msgspec.json.encode([(row["participant_id"], row["id"]) for row in content]).decode()
    counted = {row["id"]: row for row in await rows(COUNT, sent)}
    each = Counter(row["participant_id"] for row in content)
    stored = []
    for row in content:
        if participant := counted.get(str(row["participant_id"])):
            seq = participant["seq"] - each[row["participant_id"]] + row["n"]
            texts = {name: msgspec.json.encode(row[name]).decode() for name in JSON_COLUMNS}
            stored.append({**row, **texts, "seq": seq, "site_id": participant["site_id"]})
    if stored:
        await _insert("diary_entry", [_entry(row) for row in stored])
        await _insert("entry_revision", [_first_revision(row) for row in stored])
        await _insert("audit_event", [_event(row) for row in stored])
    return {row["id"]: row["seq"] for row in stored}


def _entry(row: Row) -> Row:
    return {
        **_only(row, "id", "participant_id", "site_id", "kind", "seq", "data", "findings", "occurred_from",
                "occurred_to", "relation", "received_at"),
        "state": "received", "version": 1, "open_conflicts": 0, "open_queries": 0, "pending": False,
        "recorded_by_id": row["account_id"], "changed_at": row["received_at"],
    }


def _first_revision(row: Row) -> Row:
    return {
        **_only(row, "seq", "data", "sent", "findings", "relation", "session_id", "replica_id", "client_seq",
                "device_time", "timezone", "locale", "clock_skew", "app_version", "form_schema", "protocol_hash",
                "received_at"),
        "id": row["revision_id"], "entry_id": row["id"], "version": 1, "state": "accepted", "base_version": 0,
        "retracts": False, "resolves": "[]", "author_id": row["account_id"],
    }


def _event(row: Row) -> Row:
    return {
        **_only(row, "participant_id", "seq", "action", "session_id", "site_id", "changes"),
        "at": row["received_at"], "actor_id": row["account_id"], "actor_role": row["role"],
        "subject_type": "diary_entry", "subject_id": row["id"],
    }


def _only(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


async def _insert(table: str, content: list[Row]) -> None:
    names = list(content[0])
    marks = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own words
    await many(sql, [list(row.values()) for row in content])


def _is_plain(sender: Sender, upload: Upload) -> bool:
    """What may fit a safety rule or names images is looked at under the participant's lock."""
    return upload.kind is not None and not (
        upload.base_version or upload.retracts or upload.resolves or upload.reason or "parent_id" in upload.data
        or may_fit(sender.protocol, upload.kind, upload.data) or slots_in(upload.data)
    )


def _row(sender: Sender, upload: Upload, number: int) -> Row:
    """The upload and its circumstances; `number` counts the participant's entries in this commit. Raises NotPlain."""
    assert upload.kind  # noqa: S101 - _is_plain
    data = overlay({}, upload.data)
    known = circumstances(sender, upload)
    remarks, hard = check(sender.protocol, upload.kind, data, known)
    if hard:
        raise NotPlain
    found = confirmed(remarks, upload.confirmed) + please_read(sender.protocol.form(upload.kind), data)
    earliest, latest = occurred_span(sender.protocol.form(upload.kind), data, known) or (None, None)
    guardian = sender.actor.guardians[sender.participant_id]
    return {
        "n": number, "id": upload.id, "participant_id": sender.participant_id, "revision_id": new_id(),
        "kind": upload.kind, "data": data, "sent": upload.data, "findings": found,
        "changes": difference({}, data), "occurred_from": earliest, "occurred_to": latest,
        "account_id": sender.actor.account, "relation": guardian.relation, "role": guardian.role,
        "session_id": sender.actor.session_id, "replica_id": sender.replica_id,
        "client_seq": upload.client_seq if sender.replica_id else None, "device_time": upload.device_time,
        "timezone": upload.timezone, "locale": upload.locale, "clock_skew": sender.clock_skew,
        "app_version": sender.app_version, "form_schema": sender.schema,
        "protocol_hash": sender.protocol.hash, "received_at": sender.now,
        "action": Action.ENTRY_SUBMIT,
    }
