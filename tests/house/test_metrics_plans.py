"""A scrape reads bounded stretches of indexes, however much is stored."""

from datetime import timedelta

import pytest

from backend.adherence import gauges
from backend.adherence.silence import AFTER_ANY, quiet_statement
from backend.adherence.told import told_statement
from backend.metrics_queries import (
    ARRIVALS,
    CONFLICTS,
    DEAD,
    MOST,
    QUARANTINE,
    QUERIES,
    QUEUED,
    Line,
    queue_statement,
    worklist_statement,
)
from models import Notice
from models.statement import is_postgres, rows
from tests.bench.plans import steps
from tests.models.rows import entry, participant

MANY = 20_000
NOTICES, MAILS = Line("notices", "notice", "kind", ()), Line("mails", "account_mail", "kind", ())
OUTBOX = Line("outbox", "outbox_message", "destination", ("folder",))


QUEUE = "state, attempts, due_at, created_at"
IS_QUEUED = "CASE WHEN i % 1000 = 0 THEN 'queued' WHEN i % 1000 = 1 THEN 'dead' ELSE 'delivered' END, 1, {at}, {at}"
INSERTS = [
    # table, columns, values of row number i
    ("notice", f"id, {QUEUE}, account_id, participant_id, kind, subject_id, slot, visible_at",
     f"{{id}}, {IS_QUEUED}, {{account}}, {{child}}, 'visit_ahead', {{account}}, CAST(i AS TEXT), {{at}}"),
    ("account_mail", f"id, {QUEUE}, account_id, kind, address",
     f"{{id}}, {IS_QUEUED}, {{account}}, 'verify_email', 'a'"),
    ("outbox_message", f"id, {QUEUE}, destination, entry_id, number, kind, entry_version, payload",
     f"{{id}}, {IS_QUEUED}, 'folder', {{entry}}, i, 'created', 1, '[]'"),
    ("quarantined_item", "id, participant_id, account_id, item_hash, times_sent, body, problem, state, received_at",
     "{id}, {child}, {account}, CAST(i AS TEXT), 1, '[]', '[]',"
     " CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'dismissed' END, {at}"),
    ("data_query", "id, entry_id, participant_id, seq, field, question, state, entry_version, opened_by_id, opened_at",
     "{id}, {entry}, {child}, i, '', '', CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'closed' END, 1, {account}, {at}"),
    ("entry_revision", "id, entry_id, version, state, base_version, seq, data, sent, retracts, resolves, findings,"
     " author_id, relation, app_version, form_schema, protocol_hash, received_at",
     "{id}, {entry}, i, 'accepted', 0, i, '[]', '[]', false, '[]', '[]', {account}, 'mother', '', 1, '', {at}"),
    ("diary_entry", "id, participant_id, site_id, kind, state, version, seq, data, findings, open_conflicts,"
     " open_queries, pending, recorded_by_id, relation, received_at, changed_at",
     "{id}, {child}, {site}, 'fracture', CASE WHEN i % 1000 = 0 THEN 'received' ELSE 'validated' END, 1, i, '[]', '[]',"
     " CASE WHEN i % 1000 = 0 THEN 1 ELSE 0 END, 0, false, {account}, 'mother', {at}, {at}"),
    ("work_item", "id, participant_id, site_id, kind, slot, seq, opened_at, due_at, closed_at",
     "{id}, {child}, {site}, 'silence', CAST(i AS TEXT), i, {at}, {at},"
     " CASE WHEN i % 1000 = 0 THEN NULL ELSE {at} END"),
    ("notice_attempt", "id, notice_id, channel, at, state",
     "{id}, {notice}, CAST(i AS TEXT), {at}, CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'accepted' END"),
    ("push_device", "id, account_id, installation_id, service, environment, token, registered_at, last_seen_at,"
     " ended_at", "{id}, {account}, CAST(i AS TEXT), 'fcm', 'production', '', {at}, {at},"
     " CASE WHEN i % 1000 = 0 THEN NULL ELSE {at} END"),
]
ON_POSTGRES = {
    "series": f"generate_series(1, {MANY}) AS s(i)", "id": "gen_random_uuid()", "cast": "::uuid",
    "at": "TIMESTAMPTZ '2026-01-01' + i * interval '1 second'",
}
ON_SQLITE = {
    "series": f"(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {MANY})"
              " SELECT i FROM c) AS s",
    "id": "printf('00000000-0000-7000-8000-%012d', i)", "cast": "",
    "at": "strftime('%Y-%m-%d %H:%M:%f+00:00', 1767225600 + i, 'unixepoch')",
}


async def fill(now) -> None:
    """Of each sort so many that are done with, and a few that wait; written by the database itself."""
    leo = await participant()
    first = await entry(leo, state="validated", received_at=now)
    words = ON_POSTGRES if is_postgres() else ON_SQLITE
    told = await Notice.create(account_id=first.recorded_by_id, participant=leo, kind="digest", subject_id=leo.id,
                               slot="2026-05-24", due_at=now, created_at=now, told_at=now)
    known = {"account": first.recorded_by_id, "child": leo.id, "entry": first.id, "site": leo.site_id,
             "notice": told.id}
    said = {**words, **{name: f"'{value}'{words['cast']}" for name, value in known.items()}}
    for table, columns, values in INSERTS:
        await rows(f"INSERT INTO {table} ({columns}) SELECT {values.format(**said)} FROM {words['series']}")
    await rows("ANALYZE")


@pytest.mark.full
async def test_every_figure_of_a_scrape_goes_through_its_index(study, now):
    await fill(now)

    plans = {
        "notice_due": await steps(queue_statement(NOTICES, QUEUED), now),
        "notice_dead": await steps(queue_statement(NOTICES, DEAD)),
        "account_mail_due": await steps(queue_statement(MAILS, QUEUED), now),
        "account_mail_dead": await steps(queue_statement(MAILS, DEAD)),
        # PostgreSQL prefers the one or the other by how much waits
        "outbox_mess": await steps(queue_statement(OUTBOX, QUEUED), now, "folder"),
        "idx_outbox_mess": await steps(queue_statement(OUTBOX, DEAD), "folder"),
        "quarantined_item_open": await steps(QUARANTINE.format(most=MOST)),
        "diary_entry_conflicting": await steps(CONFLICTS.format(most=MOST)),
        "data_query_open": await steps(QUERIES.format(most=MOST)),
        "entry_revision_pkey" if is_postgres() else "sqlite_autoindex_entry_revision": await steps(ARRIVALS),
        "diary_entry_waiting": await steps(worklist_statement()),
        "work_item_open" if is_postgres() else "idx_work_item": await steps(gauges.OPEN_ITEMS.format(most=MOST), now),
        "notice_attempt_failed": await steps(gauges.FAILED.format(most=MOST), now),
        "push_device_living": await steps(gauges.LIVING.format(most=MOST), "fcm"),
        "push_device_ended": await steps(gauges.ENDED.format(most=MOST), now),
    }

    found = {index: plan for index, plan in plans.items() if not any(index in node for node in plan)}
    assert found == {}
    large = ("notice", "account_mail", "outbox_message", "quarantined_item", "data_query", "diary_entry", "e",
             "work_item", "notice_attempt", "push_device")
    whole = [node for plan in plans.values() for node in plan
             if any(node == f"SCAN {name}" or node.startswith(f"Seq Scan on {name}") for name in large)]
    assert whole == []


@pytest.mark.full
async def test_adherence_and_silence_read_what_they_ask_for_and_not_what_is_stored(study, now):
    """Of the told check-ins those of the span; of check-ins whether there is one since; of items one participant's."""
    await fill(now)
    leo = (await Notice.first()).participant_id

    told = await steps(told_statement(1), leo, "2026-05-01", "2026-05-31")
    quiet = await steps(quiet_statement(200), AFTER_ANY, now - timedelta(days=10))

    assert any("notice_asked" in node for node in told), told
    assert any("diary_entry_check_ins" in node for node in quiet), quiet
    assert not any(node.startswith(("SCAN e", "Seq Scan on diary")) for node in quiet), quiet
