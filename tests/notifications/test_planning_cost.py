"""Planning costs what is due: years of notices that were told are never gone through."""

import re
from datetime import timedelta

import pytest

from models import Notice
from models.statement import is_postgres, rows
from notifications.planning.fact_reading import recent_notices
from notifications.planning.planner import NOBODY, STALE, plan_reminders
from tests.bench.plans import steps

STORED = 20_000
PAST = """INSERT INTO notice (id, state, attempts, due_at, created_at, account_id, participant_id, kind, subject_id,
  slot, visible_at, rank)
SELECT {id}, 'delivered', 1, {at}, {at}, {account}, {child}, 'check_in_due', {child}, CAST(i AS TEXT), {at}, 2
FROM {numbers} WHERE i > 0"""
SQLITE = {"id": "printf('%08x-0000-7000-8000-000000000000', i)", "at": "'2020-01-01 00:00:00+00:00'",
          "numbers": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {many}) SELECT i FROM n)"}
POSTGRES = {"id": "gen_random_uuid()", "at": "timestamptz '2020-01-01'",
            "numbers": "generate_series(1, {many}) AS numbers(i)"}


async def store_past(cast) -> None:
    words = dict(POSTGRES if is_postgres() else SQLITE)
    words["numbers"] = words["numbers"].format(many=STORED)
    for name, child in (("mia", cast.leo), ("eve", cast.tom)):
        sql = PAST.format(account=f"'{cast.people[name].id}'", child=f"'{child.id}'", **words)
        await rows(sql.replace("0000-7000", "0001-7000") if name == "eve" else sql)
    await rows("ANALYZE")


async def test_past_notices_are_not_scanned(cast, study, now):
    await store_past(cast)
    accounts = [person.id for person in cast.people.values()]

    found = await steps(recent_notices(accounts, now).sql(params_inline=True))

    assert [node for node in found if re.match(r"(Seq Scan on|SCAN) notice", node)] == []
    assert any("visible" in node or "idx_notice_account" in node for node in found), found


async def test_who_must_be_looked_at_is_found_without_looking_at_notices(study, now):
    found = await steps(STALE, NOBODY, now, study.protocol.hash, 50)

    assert found
    assert not any("notice " in f"{node} " for node in found), found


async def test_a_plan_reads_no_more_rows_after_years_of_notices(cast, study, now, monkeypatch):
    read = []
    made = Notice._init_from_db.__func__

    def counted(cls, **values):
        read.append(values["slot"])
        return made(cls, **values)

    monkeypatch.setattr(Notice, "_init_from_db", classmethod(counted))
    await plan_reminders(study.protocol, now)
    await store_past(cast)
    read.clear()
    await plan_reminders(study.protocol, now + timedelta(days=1))
    months = len(read)
    assert 0 < months < 200


@pytest.mark.parametrize("hours", [1, 23])
async def test_between_two_looks_nothing_is_read_at_all(cast, study, now, monkeypatch, hours):
    await plan_reminders(study.protocol, now)

    async def never(*_args):
        raise AssertionError("somebody was looked at")

    monkeypatch.setattr("notifications.planning.planner._plan", never)

    assert await plan_reminders(study.protocol, now + timedelta(hours=hours)) == 0
