"""10,000 notices due in the same minute on top of a million past ones: two sender processes, a provider of 100 ms.

Made by the database itself. What is planned and claimed must cost what is due, not what is stored: the plans, and on
PostgreSQL the pages each statement touches, stand below the table, with little stored and with much.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.clock import utc_now
from backend.wiring import prepare_study, wire
from models import Notice, NoticeAttempt, Site
from models.database import close_database, open_database
from models.delivery import _CLAIM
from models.statement import is_postgres, rows
from models.vocabulary import DeliveryState
from notifications.planning.planner import BATCH, NOBODY, STALE
from tests.bench.measures import Row
from tests.bench.plans import pages, steps
from tests.bench.scene import Databases
from tests.bench.study import bench_settings
from tests.far_push import providing
from tests.processes import ROOT

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
"""Awake in Stockholm."""
PROCESSES, ANSWERS_AFTER, AIM = 2, 0.1, 60.0
CHILD, ACCOUNT, LINK, PAST, TRIED, DUE, TASK, SESSION = range(8)
SERIES = {True: "generate_series(1, $1::int) AS series(n)",
          False: "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $1) SELECT n FROM s)"}
ID = {True: "('00000000-000{kind}-7000-8000-' || lpad(({number})::text, 12, '0'))::uuid",
      False: "printf('00000000-000{kind}-7000-8000-%012d', {number})"}
AGO = {  # longer than a week ago: nobody has been told enough
    True: "$2::timestamptz - make_interval(days => 10 + n % 300)",
    False: "strftime('%Y-%m-%d %H:%M:%S+00:00', $2, '-' || (10 + n % 300) || ' days')",
}


@dataclass(frozen=True)
class Load:
    """How much is stored, and how much is due at once."""

    past: int
    due: int


MUCH = {"PostgreSQL": Load(1_000_000, 10_000), "SQLite": Load(100_000, 2_000)}
LITTLE = 1_000


def reminders(databases: Databases, folder: str) -> tuple[Row, dict[str, list[str]]]:
    """The drain as a row of the table, and the plans."""
    load = MUCH[databases.kind]
    little, much = (databases.copy(name, "") for name in ("reminders_little", "reminders_much"))
    asyncio.run(_fill(little, Load(LITTLE, load.due), folder))
    asyncio.run(_fill(much, load, folder))
    plans = {f"{what}, {stored:,} past": plan for url, stored in ((little, LITTLE), (much, load.past))
             for what, plan in asyncio.run(_plans(url)).items()}
    seconds, largest, most = drain(much, load.due)
    asyncio.run(_require_drained(much, load.due))
    row = Row(
        f"{load.due:,} notices due in one minute, {load.past:,} past ones stored, {PROCESSES} worker processes, a "
        f"provider of {ANSWERS_AFTER * 1e3:.0f} ms",
        f"{seconds:.1f} s ({load.due / seconds:,.0f}/s)", aim=f"< {AIM:.0f} s",
        limits=f"each process ≤ {largest / 1024:.0f} MB, ≤ {most} at once at the provider", met=seconds < AIM,
    )
    return row, plans


def drain(url: str, due: int) -> tuple[float, int, int]:
    """Seconds until all were accepted and written down, the larger process's kilobytes, most at once."""
    with providing(ANSWERS_AFTER) as provider:
        begun = time.monotonic()
        words = [sys.executable, "-m", "tests.far_push", url, str(provider.port), NOON.isoformat()]
        senders = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
        told = [json.loads(sender.communicate()[0]) for sender in senders]
        seconds = time.monotonic() - begun
        if provider.accepted != due or provider.faults or sum(one["accepted"] for one in told) != due:
            raise RuntimeError(f"{provider.accepted} accepted of {due}, {len(provider.faults)} faults")
    return seconds, max(one["kilobytes"] for one in told), provider.most_at_once


async def _fill(url: str, load: Load, folder: str) -> None:
    """One guardian a child; every past notice was told and accepted."""
    settings = bench_settings(url, folder)
    await open_database(url, 2)
    try:
        await prepare_study(wire(settings), utc_now())
        site = await Site.get(code="SE01")
        for statement in _statements(load.due):
            count = load.past if "'delivered'" in statement or "'accepted'" in statement else load.due
            await rows(statement, *[count, NOON, site.id][:len(set(re.findall(r"\$\d", statement)))])
        await rows("ANALYZE")
    finally:
        await close_database()


def _statements(families: int) -> list[str]:
    def made(kind: int, number: str) -> str:
        return ID[is_postgres()].format(kind=kind, number=number)

    some, series, ago = f"n % {families} + 1", SERIES[is_postgres()], AGO[is_postgres()]
    child, account = made(CHILD, some), made(ACCOUNT, some)
    notice = ("notice (id, account_id, participant_id, kind, subject_id, slot, state, attempts, due_at, visible_at, "
              "created_at")
    return [
        f"""INSERT INTO account (id, email, display_name, totp_last_step, language, timezone, created_at,
email_verified_at) SELECT {account}, 'a' || n || '@example.org', 'A', 0, 'sv', 'Europe/Stockholm', $2, $2
FROM {series}""",
        f"""INSERT INTO participant (enrolled_at, id, code, site_id, arm, state, seq) SELECT $2, {child},
'SE01-' || n, $3, 'postnatal', 'active', 1 FROM {series}""",
        f"""INSERT INTO guardianship (id, account_id, participant_id, role, relation, capabilities, starts_at)
SELECT {made(LINK, "n")}, {account}, {child}, 'guardian', 'mother', '["log","see","answer"]', {ago} FROM {series}""",
        f"""INSERT INTO session (id, account_id, kind, device_name, app_version, token_hash, generation, created_at,
last_seen_at, expires_at) SELECT {made(SESSION, "n")}, {account}, 'app', '', '', 'h' || n, 1, {ago}, {ago}, $2
FROM {series}""",
        f"""INSERT INTO {notice}, told_at, delivered_at) SELECT {made(PAST, "n")}, {account}, {child}, 'check_in_due',
{child}, 'past-' || n, 'delivered', 1, {ago}, {ago}, {ago}, {ago}, {ago} FROM {series}""",
        f"""INSERT INTO notice_attempt (id, notice_id, channel, state, at) SELECT {made(TRIED, "n")},
{made(PAST, "n")}, 'push', 'accepted', {ago} FROM {series}""",
        f"""INSERT INTO {notice}) SELECT {made(DUE, "n")}, {account}, {child}, 'check_in_due', {child},
'2026-05-10', 'queued', 0, $2, $2, $2 FROM {series}""",
    ]


async def _plans(url: str) -> dict[str, list[str]]:
    """How the database finds what to claim and whom to plan for."""
    choice = re.search(r"SELECT id FROM.*?(?=\n\))", _CLAIM, re.DOTALL)
    assert choice is not None
    claim = choice[0].format(table="notice", now="$1", limit="$2", extra="", lock="")
    await open_database(url, 1)
    try:
        wanted = {"claim": (claim, NOON, 96), "whom to plan for": (STALE, NOBODY, NOON, "hash", BATCH)}
        return {what: [*([f"{await pages(*said)} pages"] if is_postgres() else []), *await steps(*said)]
                for what, said in wanted.items()}
    finally:
        await close_database()


async def _require_drained(url: str, due: int) -> None:
    await open_database(url, 1)
    try:
        minute = timedelta(minutes=2)
        told = await Notice.filter(state=DeliveryState.DELIVERED, told_at__gte=NOON, told_at__lte=NOON + minute).count()
        accepted = await NoticeAttempt.filter(state="accepted", at__gte=NOON).count()
        if (told, accepted) != (due, due):
            raise RuntimeError(f"{told} told and {accepted} accepted of {due}")
    finally:
        await close_database()
