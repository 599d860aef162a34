"""What the metrics ask the database: each statement reads a bounded stretch of one index, however much is stored."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Any

from backend.adherence.gauges import reach_figures
from backend.clock import machine_now
from backend.health import migrations_pending
from backend.review.worklist import WAITING
from backend.safety.figures import safety_figures
from backend.wiring import Wiring
from models import Destination
from models.statement import instant, is_postgres, rows
from models.vocabulary import MailKind, NoticeKind
from notifications.channels.sms_budget import used

MOST = 10_000
"""Rows of one queue that are counted: beyond that the age says more than the number."""
MOST_OF_SITE = 1_000
RECENT = timedelta(seconds=60)

QUEUED = """SELECT {which} AS which, count(*) AS depth, sum(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END) AS due,
  min(due_at) AS oldest, max(attempts) AS attempts
FROM (SELECT {which}, due_at, attempts FROM {table} WHERE {mine} state = 'queued'
  ORDER BY due_at LIMIT {most}) AS queued
GROUP BY {which}"""
DEAD = """SELECT {which} AS which, count(*) AS depth
FROM (SELECT {which} FROM {table} WHERE {mine} state = 'dead' LIMIT {most}) AS dead GROUP BY {which}"""
# SQLite takes another index and sorts all that waits, when it was analysed while little did.
WORKLIST = """SELECT code,
  (SELECT count(*) FROM (SELECT 1 FROM diary_entry e {hint} WHERE e.site_id = site.id AND {waiting} LIMIT {most}) AS w)
    AS depth,
  (SELECT e.received_at FROM diary_entry e {hint} WHERE e.site_id = site.id AND {waiting}
    ORDER BY e.received_at LIMIT 1) AS oldest
FROM site ORDER BY code"""
QUARANTINE = """SELECT count(*) AS depth, min(received_at) AS oldest
FROM (SELECT received_at FROM quarantined_item WHERE state = 'open' ORDER BY received_at LIMIT {most}) AS open_items"""
CONFLICTS = """SELECT count(*) AS depth
FROM (SELECT 1 FROM diary_entry WHERE open_conflicts > 0 LIMIT {most}) AS open_ones"""
QUERIES = """SELECT state AS which, count(*) AS depth
FROM (SELECT state FROM data_query WHERE state <> 'closed' LIMIT {most}) AS unclosed GROUP BY state"""
ARRIVALS = "SELECT received_at, device_time, clock_skew FROM entry_revision ORDER BY id DESC LIMIT 200"
BEATS = "SELECT max(beat_at) AS latest, count(CASE WHEN beat_at > $1 THEN 1 END) AS alive FROM heartbeat"
OF_DESTINATION = "destination = $2 AND"


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One queue: its table, what its rows are told apart by, and which there are."""

    queue: str
    table: str
    which: str
    known: tuple[str, ...]


def queue_statement(line: Line, statement: str) -> str:
    mine = OF_DESTINATION if line.which == "destination" else ""
    if "$1" not in statement:
        mine = mine.replace("$2", "$1")
    return statement.format(which=line.which, table=line.table, mine=mine, most=MOST)


def worklist_statement() -> str:
    hint = "" if is_postgres() else "INDEXED BY diary_entry_waiting"
    return WORKLIST.format(hint=hint, waiting=WAITING, most=MOST_OF_SITE)


async def study_figures(wiring: Wiring, now: datetime) -> list[Figure]:
    """All that the database knows; before it is migrated only that."""
    missing = await migrations_pending(wiring.settings.database_url)
    figures = [Figure("migrations_pending", missing), *await _clock()]
    if missing:
        return figures
    figures += [*await _worker(now), *await _site_work(now), *await _arrivals()]
    clock = timedelta(hours=wiring.protocol.file.safety.clock_hours)
    figures += [Figure(*line) for line in await safety_figures(clock, now)]
    figures += [Figure(*line) for line in await reach_figures(now)]
    if wiring.settings.sms_provider:
        cap = wiring.settings.sms_monthly_cap
        figures += [Figure("sms_segments", await used(now)), Figure("sms_segments_cap", cap)]
    async for line in _lines(wiring):
        figures += await _queue(line, now)
    return figures


async def _clock() -> list[Figure]:
    if not is_postgres():
        return []
    theirs = instant((await rows("SELECT clock_timestamp() AS now"))[0]["now"])
    return [Figure("clock_skew_seconds", (machine_now() - theirs).total_seconds())] if theirs else []


async def _worker(now: datetime) -> Iterator[Figure]:
    found = (await rows(BEATS, now - RECENT))[0]
    latest = instant(found["latest"])
    alive = [Figure("workers", found["alive"])]
    return iter(alive + ([Figure("worker_beat_age_seconds", _age(latest, now))] if latest else []))


async def _site_work(now: datetime) -> list[Figure]:
    """What waits for people."""
    figures = []
    for row in await rows(worklist_statement()):
        labels = {"site": row["code"]}
        figures += [Figure("worklist_depth", row["depth"], labels),
                    Figure("worklist_oldest_seconds", _age(instant(row["oldest"]), now), labels)]
    kept = (await rows(QUARANTINE.format(most=MOST)))[0]
    asked = {row["which"]: row["depth"] for row in await rows(QUERIES.format(most=MOST))}
    return [
        *figures, Figure("quarantine_open", kept["depth"]),
        Figure("quarantine_oldest_seconds", _age(instant(kept["oldest"]), now)),
        Figure("conflicts_open", (await rows(CONFLICTS.format(most=MOST)))[0]["depth"]),
        *(Figure("data_queries", asked.get(state, 0), {"state": state}) for state in ("open", "answered")),
    ]


async def _arrivals() -> list[Figure]:
    lags = sorted(_lags(await rows(ARRIVALS)))
    if len(lags) < 2:
        return []
    deciles = quantiles(lags, n=10, method="inclusive")
    return [Figure("sync_lag_seconds", deciles[n], {"quantile": q}) for n, q in ((4, "0.5"), (8, "0.9"))]


def _lags(found: Iterable[dict[str, Any]]) -> Iterator[float]:
    for row in found:
        received, written = instant(row["received_at"]), _device_time(row["device_time"])
        if received and written and written.tzinfo:
            yield max(0.0, (received - written).total_seconds() + (row["clock_skew"] or 0))


def _device_time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


async def _lines(wiring: Wiring) -> AsyncIterator[Line]:
    yield Line("notices", "notice", "kind", tuple(NoticeKind))
    yield Line("mails", "account_mail", "kind", tuple(MailKind))
    known = {rule.code for rule in wiring.destinations} | {one.code for one in await Destination.all()}
    for code in sorted(known):
        yield Line("outbox", "outbox_message", "destination", (code,))


async def _queue(line: Line, now: datetime) -> list[Figure]:
    whose = line.known if line.which == "destination" else ()
    queued = {row["which"]: row for row in await rows(queue_statement(line, QUEUED), now, *whose)}
    dead = {row["which"]: row["depth"] for row in await rows(queue_statement(line, DEAD), *whose)}
    figures = []
    for which in line.known:
        row = queued.get(which, {"depth": 0, "due": 0, "oldest": None, "attempts": 0})
        labels = {"queue": line.queue, "which": which}
        states = {"due": row["due"], "later": row["depth"] - row["due"], "dead": dead.get(which, 0)}
        figures += [Figure("queue_depth", number, {**labels, "state": state}) for state, number in states.items()]
        figures += [Figure("queue_oldest_due_seconds", _age(instant(row["oldest"]), now), labels),
                    Figure("queue_most_attempts", row["attempts"], labels)]
    return figures


def _age(since: datetime | None, now: datetime) -> float:
    """0 for what is not there, or not yet due."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
