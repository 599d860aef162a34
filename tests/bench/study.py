"""A study big enough to measure: families that can send, a coordinator, and as many stored entries as wanted."""

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.access.seal import secret_hash
from backend.access.sessions import refresh_token
from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import Wiring, prepare_study, wire
from models import Account, Guardianship, Participant, Session, Site, StaffRole
from models.database import close_database, open_database
from models.statement import rows
from models.vocabulary import Arm, Capability, Relation, Role, SessionKind
from tests.bench.load import DATA

FAMILIES = 232
WRITERS = 32
"""The first families have no stored entries: they only write."""
ENTRIES_EACH = 500
AT_ONCE = 100_000
"""Entries held in memory while a study is filled."""
BEGAN = datetime(2024, 11, 1, tzinfo=UTC)
FULL = [Capability.LOG, Capability.SEE, Capability.ANSWER, Capability.INVITE]
PARTICIPANT, ACCOUNT, SESSION, ENTRY, REVISION = range(5)
NURSE = 999_999
METRICS_TOKEN = "a token that is used in the bench only"


def made_id(kind: int, number: int) -> UUID:
    """Ids in decimal digits, so that pgbench can write them from its client number."""
    return UUID(f"00000000-000{kind}-7000-8000-{number:012d}")


@dataclass(frozen=True)
class Family:
    number: int
    token: str
    refresh: str

    @property
    def participant(self) -> str:
        return str(made_id(PARTICIPANT, self.number))


@dataclass(frozen=True)
class BenchStudy:
    settings: Settings
    families: list[Family]
    nurse: str
    """The coordinator's access token."""


def bench_settings(url: str, folder: str) -> Settings:
    return Settings(
        database_url=url, secret_key="a secret key that is used in the bench only", data_folder=folder,
        metrics_token=METRICS_TOKEN,
    )


def populate(settings: Settings, families: int = FAMILIES) -> None:
    """People without entries; the database is migrated and empty."""
    asyncio.run(in_study(settings, _populate, families))


def fill(settings: Settings, entries: int) -> None:
    """Store so many entries, each with revision 1 and audit event, ENTRIES_EACH per family; 9 of 10 are validated."""
    asyncio.run(in_study(settings, _fill, entries))


def sign_in(settings: Settings) -> BenchStudy:
    """Fresh tokens for everybody."""
    return asyncio.run(in_study(settings, _sign_in))


async def in_study(settings: Settings, work: Any, *more: Any) -> Any:
    await open_database(settings.database_url, 2)
    try:
        return await work(wire(settings), *more)
    finally:
        await close_database()


async def _populate(wiring: Wiring, families: int) -> None:
    now = utc_now() - timedelta(minutes=1)
    await prepare_study(wiring, now)
    site = await Site.get(code="SE01")
    numbers = [*range(families), NURSE]
    await Account.bulk_create([
        Account(id=made_id(ACCOUNT, n), email=f"a{n}@example.org", email_verified_at=now, display_name="A",
                created_at=now) for n in numbers])
    await Session.bulk_create([
        Session(id=made_id(SESSION, n), account_id=made_id(ACCOUNT, n), kind=SessionKind.APP, token_hash="",
                created_at=now, last_seen_at=now, expires_at=now + timedelta(days=90)) for n in numbers])
    await Participant.bulk_create([
        Participant(id=made_id(PARTICIPANT, n), code=f"SE01-{n:03d}", site=site, arm=Arm.POSTNATAL,
                    birth_month=date(2019, 5, 1), gestational_days=266, enrolled_at=now,
                    custodians=[Relation.MOTHER]) for n in range(families)])
    await Guardianship.bulk_create([
        Guardianship(account_id=made_id(ACCOUNT, n), participant_id=made_id(PARTICIPANT, n), role=Role.GUARDIAN,
                     relation=Relation.MOTHER, capabilities=FULL, starts_at=now) for n in range(families)])
    await StaffRole.create(account_id=made_id(ACCOUNT, NURSE), site=site, role=Role.COORDINATOR, starts_at=now)
    await wiring.tokens.keyring.load(now)


async def _sign_in(wiring: Wiring) -> BenchStudy:
    now = utc_now()
    tokens = {n: await wiring.tokens.issue(made_id(ACCOUNT, n), made_id(SESSION, n), now)
              for n in [*range(FAMILIES), NURSE]}
    families = [Family(n, tokens[n], refresh_token(wiring.seal, made_id(SESSION, n), 1)) for n in range(FAMILIES)]
    for family in families[:WRITERS]:
        await Session.filter(id=made_id(SESSION, family.number)).update(
            token_hash=secret_hash(family.refresh), parent_hash=None, generation=1)
    return BenchStudy(wiring.settings, families, tokens[NURSE])


ENTRY_COLUMNS = ["id", "participant_id", "site_id", "kind", "state", "version", "seq", "data", "findings",
                 "open_conflicts", "open_queries", "pending", "occurred_from", "occurred_to", "recorded_by_id",
                 "relation", "received_at", "changed_at", "validated_version"]
REVISION_COLUMNS = ["id", "entry_id", "version", "state", "base_version", "seq", "data", "sent", "retracts",
                    "resolves", "findings", "author_id", "relation", "session_id", "app_version", "form_schema",
                    "protocol_hash", "received_at"]
EVENT_COLUMNS = ["participant_id", "seq", "at", "action", "actor_id", "actor_role", "session_id", "site_id",
                 "subject_type", "subject_id", "changes"]


def is_waiting(number: int) -> bool:
    return number % 10 == 0


def stored_entry(number: int) -> tuple[int, int]:
    """(family, seq) of a stored entry."""
    return WRITERS + number // ENTRIES_EACH, number % ENTRIES_EACH + 1


def _stored(numbers: range, site_id: UUID, protocol_hash: str) -> Iterator[tuple[tuple[Any, ...], ...]]:
    data = msgspec.json.encode(DATA).decode()
    changes = msgspec.json.encode({name: [None, value] for name, value in DATA.items()}).decode()
    for number in numbers:
        family, seq = stored_entry(number)
        child, parent = made_id(PARTICIPANT, family), made_id(ACCOUNT, family)
        at = BEGAN + timedelta(minutes=10 * number)
        state, validated = ("received", None) if is_waiting(number) else ("validated", 1)
        entry = made_id(ENTRY, number)
        yield (
            (entry, child, site_id, "fracture", state, 1, seq, data, "[]", 0, 0, False, at, at, parent, "mother", at,
             at, validated),
            (made_id(REVISION, number), entry, 1, "accepted", 0, seq, data, data, False, "[]", "[]", parent, "mother",
             made_id(SESSION, family), "1.0", 1, protocol_hash, at),
            (child, seq, at, "diary_entry.submit", parent, "guardian", made_id(SESSION, family), site_id,
             "diary_entry", entry, changes),
        )


async def _fill(wiring: Wiring, entries: int) -> None:
    site = await Site.get(code="SE01")
    url = wiring.settings.database_url
    for first in range(0, entries, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, entries))
        columns = zip(*_stored(numbers, site.id, wiring.protocol.hash), strict=True)
        tables = list(zip(("diary_entry", "entry_revision", "audit_event"),
                          (ENTRY_COLUMNS, REVISION_COLUMNS, EVENT_COLUMNS), columns, strict=True))
        if url.startswith("sqlite"):
            _fill_sqlite(url.removeprefix("sqlite:///"), tables)
        else:
            await _fill_postgres(url, tables)
    full = [made_id(PARTICIPANT, WRITERS + n) for n in range(-(-entries // ENTRIES_EACH))]
    await Participant.filter(id__in=full).update(seq=ENTRIES_EACH)
    await rows("ANALYZE")


async def _fill_postgres(url: str, tables: list[Any]) -> None:
    connection = await asyncpg.connect(url)
    for table, columns, content in tables:
        await connection.copy_records_to_table(table, records=content, columns=columns)
    await connection.close()


def _fill_sqlite(path: str, tables: list[Any]) -> None:
    with sqlite3.connect(path) as connection:
        for table, columns, content in tables:
            marks = ",".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})",
                ([_plain(value) for value in row] for row in content),
            )
    connection.close()


def _plain(value: Any) -> Any:
    """As Tortoise writes it on SQLite."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value) if isinstance(value, UUID) else value
