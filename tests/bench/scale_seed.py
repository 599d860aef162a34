"""A large study on PostgreSQL: sites, participants, two guardians each, and entries with revision and audit event.

Made by the database itself, in steps that say how far they are: 5 million entries take minutes, not hours.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import msgspec

from backend.access.passwords import hash_password
from backend.wiring import Wiring
from models.vocabulary import Role
from tests.bench.load import DATA
from tests.cast import PASSWORD

STEP = 500
"""Participants per statement."""
BEGAN = datetime(2024, 11, 1, tzinfo=UTC)
NURSE, DATA_MANAGER = 900_001, 900_002
ID = "('00000000-000{kind}-7000-8000-' || lpad(({number})::text, 12, '0'))::uuid"
CHILD, ACCOUNT, SESSION, ENTRY, REVISION, SITE = range(6)


def made(kind: int, number: str) -> str:
    """SQL of the id number so and so of its kind."""
    return ID.format(kind=kind, number=number)


@dataclass(frozen=True)
class Size:
    sites: int
    participants: int
    entries_each: int
    waiting_each: int
    """One of so many waits for staff."""

    @property
    def entries(self) -> int:
        return self.participants * self.entries_each


SITES = f"""INSERT INTO site (id, code, name, country, timezone, language)
SELECT {made(SITE, "n")}, 'S' || lpad(n::text, 3, '0'), 'Site ' || n, 'SE', 'Europe/Stockholm', 'sv'
FROM generate_series(1, $1::int) n"""
PARTICIPANTS = f"""INSERT INTO participant (id, code, site_id, arm, birth_month, gestational_days, state, seq,
  enrolled_at)
SELECT {made(CHILD, "n")}, 'S' || lpad((n % $1::int + 1)::text, 3, '0') || '-' || lpad((n / $1::int)::text, 3, '0'),
  {made(SITE, "n % $1::int + 1")}, 'postnatal', '2019-05-01', 266, 'active', $2::int, $3::timestamptz
FROM generate_series(0, $4::int - 1) n"""
ACCOUNTS = f"""INSERT INTO account (id, email, email_verified_at, display_name, password_hash, totp_last_step, language,
  timezone, created_at)
SELECT {made(ACCOUNT, "n")}, 'a' || n || '@example.org', $1::timestamptz, 'A', $2, 0, 'sv', 'Europe/Stockholm',
  $1::timestamptz
FROM generate_series($3::int, $4::int) n"""
SESSIONS = f"""INSERT INTO session (id, account_id, kind, device_name, app_version, token_hash, generation, created_at,
  last_seen_at, proved_at, expires_at)
SELECT {made(SESSION, "n")}, {made(ACCOUNT, "n")}, 'app', '', '', '', 1, $1::timestamptz, $1, $1,
  $1::timestamptz + interval '90 days'
FROM generate_series($2::int, $3::int) n"""
GUARDIANSHIPS = f"""INSERT INTO guardianship (id, account_id, participant_id, role, relation, capabilities, starts_at)
SELECT gen_random_uuid(), {made(ACCOUNT, "n")}, {made(CHILD, "n / 2")}, 'guardian',
  CASE n % 2 WHEN 0 THEN 'mother' ELSE 'father' END, '["log","see","answer","invite"]', $1::timestamptz
FROM generate_series(0, $2::int - 1) n"""
ENTRIES = f"""WITH made AS MATERIALIZED (
  SELECT p, e, p::bigint * $3 + e AS n, $5::timestamptz + (e * interval '1 day') + (p * interval '1 second') AS at
  FROM generate_series($1::int, $2::int) p, generate_series(1, $3::int) e ORDER BY e, p
), entries AS (
  INSERT INTO diary_entry (id, participant_id, site_id, kind, state, version, seq, data, findings, open_conflicts,
    open_queries, pending, occurred_from, occurred_to, recorded_by_id, relation, received_at, changed_at,
    validated_version)
  SELECT {made(ENTRY, "n")}, {made(CHILD, "p")}, {made(SITE, "p % $4::int + 1")}, 'fracture',
    CASE n % $8::int WHEN 0 THEN 'received' ELSE 'validated' END, 1, e, $6::text::jsonb, '[]', 0, 0, false, at, at,
    {made(ACCOUNT, "p * 2")}, 'mother', at, at, CASE n % $8::int WHEN 0 THEN NULL ELSE 1 END FROM made
), revisions AS (
  INSERT INTO entry_revision (id, entry_id, version, state, base_version, seq, data, sent, retracts, resolves,
    findings, author_id, relation, session_id, app_version, form_schema, protocol_hash, received_at)
  SELECT {made(REVISION, "n")}, {made(ENTRY, "n")}, 1, 'accepted', 0, e, $6::text::jsonb, $6::text::jsonb, false, '[]',
    '[]', {made(ACCOUNT, "p * 2")}, 'mother', {made(SESSION, "p * 2")}, '1.0', 1, $7, at FROM made
)
INSERT INTO audit_event (participant_id, seq, at, action, actor_id, actor_role, session_id, site_id, subject_type,
  subject_id, changes)
SELECT {made(CHILD, "p")}, e, at, 'diary_entry.submit', {made(ACCOUNT, "p * 2")}, 'guardian', {made(SESSION, "p * 2")},
  {made(SITE, "p % $4::int + 1")}, 'diary_entry', {made(ENTRY, "n")}, '{{}}' FROM made"""
# ENTRIES writes in the order of time: the entries of a family lie apart, in the small study as in the large.
STAFF = f"""INSERT INTO staff_role (id, account_id, site_id, role, starts_at)
SELECT gen_random_uuid(), {made(ACCOUNT, "$1::int")}, $2::uuid, $3::text, $4::timestamptz"""


async def seed(url: str, size: Size, wiring: Wiring, now: datetime, say: Callable[[str], None]) -> None:
    """Fill a migrated, prepared database; references are right by construction and not looked up row by row."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await _people(connection, size, now)
        await _entries(connection, size, wiring.protocol.hash, say)
        say("settling")
        await connection.execute("VACUUM (ANALYZE)", timeout=3600)
        await connection.execute("CHECKPOINT", timeout=3600)
    finally:
        await connection.close()


async def _people(connection: asyncpg.Connection, size: Size, now: datetime) -> None:
    accounts = 2 * size.participants
    await connection.execute(SITES, size.sites)
    await connection.execute(PARTICIPANTS, size.sites, size.entries_each, now, size.participants)
    hashed = await hash_password(PASSWORD)
    for first, last in ((0, accounts - 1), (NURSE, DATA_MANAGER)):
        await connection.execute(ACCOUNTS, now, hashed, first, last)
        await connection.execute(SESSIONS, now, first, last)
    await connection.execute(GUARDIANSHIPS, now, accounts)
    one_site = await connection.fetchval(f"SELECT {made(SITE, '1')}")
    await connection.execute(STAFF, NURSE, one_site, Role.COORDINATOR, now)
    await connection.execute(STAFF, DATA_MANAGER, None, Role.DATA_MANAGER, now)


async def _entries(connection: asyncpg.Connection, size: Size, protocol_hash: str, say: Callable[[str], None]) -> None:
    data, begun = msgspec.json.encode(DATA).decode(), time.monotonic()
    for first in range(0, size.participants, STEP):
        last = min(first + STEP, size.participants) - 1
        await connection.execute(
            ENTRIES, first, last, size.entries_each, size.sites, BEGAN, data, protocol_hash,
            size.waiting_each, timeout=3600,
        )
        done = (last + 1) * size.entries_each
        say(f"{done:>9,} of {size.entries:,} entries, {done / (time.monotonic() - begun):,.0f}/s")
