"""/metrics: figures of queues, clocks and worklists for who may see them, and nobody's name in any of them."""

import dataclasses
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from backend.app import create_app
from backend.metrics import HELP
from backend.version import VERSION
from backend.wiring import wire
from models import (
    Account,
    AccountMail,
    DataQuery,
    DiaryEntry,
    Heartbeat,
    Notice,
    NoticeAttempt,
    OutboxMessage,
    PushDevice,
    QuarantinedItem,
    WorkItem,
)
from models.database import close_database, open_database
from models.fields import new_id
from models.vocabulary import DeliveryState, MailKind, MessageKind, NoticeKind, QueryState
from tests.cast import client_for
from tests.models.rows import entry, revision

ORDER = ("queue", "which", "channel", "service", "reason", "state", "method", "route", "status", "site", "quantile",
         "le", "version", "protocol", "protocol_version", "protocol_hash")
TOKEN = "Zq3vT8mB1xW6kR9nLs2fYh5cJd7gPa4E"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def watched(study):
    """The app of an installation that has set METRICS_TOKEN."""
    return create_app(
        dataclasses.replace(study, settings=msgspec.structs.replace(study.settings, metrics_token=TOKEN)),
        opens_database=False,
    )


async def scraped(app) -> dict[tuple, float]:
    """(name, label values…) → value"""
    async with client_for(app) as client:
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name.removeprefix("diary_"), *(sample.labels[n] for n in sorted(sample.labels, key=ORDER.index))):
            sample.value
        for family in text_string_to_metric_families(answer.text) for sample in family.samples
    }


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "Bearer ÿ"])
async def test_who_does_not_show_the_token_finds_nothing(watched, shown):
    async with client_for(watched) as client:
        answer = await client.get("/metrics", headers={"Authorization": shown.encode("latin-1")})

    assert answer.status_code == 404


async def test_installation_without_token_has_no_such_address(as_):
    for shown in ("Bearer ", "Bearer", ""):
        assert (await as_().get("/metrics", headers={"Authorization": shown})).status_code == 404
    assert (await as_("alma").get("/metrics")).status_code == 404


async def test_empty_study_shows_every_queue_at_zero(watched):
    found = await scraped(watched)

    assert found["database_up",] == 1
    assert found["migrations_pending",] == 0
    assert found["queue_depth", "outbox", "folder", "due"] == 0
    assert found["queue_depth", "notices", "visit_ahead", "dead"] == 0
    assert found["queue_depth", "mails", "verify_email", "later"] == 0
    assert found["worklist_depth", "GB01"] == 0
    assert found["quarantine_open",] == found["conflicts_open",] == found["data_queries", "open"] == 0
    assert ("worker_beat_age_seconds",) not in found, "none has ever run; the alarm is on its absence"


def notice(cast, kind: NoticeKind, **changes) -> Notice:
    values = {"account": cast.mia.account, "participant": cast.leo, "kind": kind, "subject_id": new_id(), "slot": "s",
              "created_at": cast.now, "due_at": cast.now}
    return Notice(**{**values, **changes})


async def test_queues_show_depth_age_attempts_and_what_is_dead(watched, cast, now):
    hour, dead = timedelta(hours=1), DeliveryState.DEAD
    for row in (
        notice(cast, NoticeKind.VISIT_AHEAD, due_at=now - 2 * hour, attempts=3),
        notice(cast, NoticeKind.VISIT_AHEAD, due_at=now - hour),
        notice(cast, NoticeKind.VISIT_AHEAD, due_at=now + hour),
        notice(cast, NoticeKind.CHECK_IN_DUE, due_at=now - hour, state=dead),
        notice(cast, NoticeKind.CHECK_IN_DUE, due_at=now - hour, state=DeliveryState.DELIVERED),
    ):
        await row.save()
    for state, attempts in ((DeliveryState.QUEUED, 7), (dead, 17), (DeliveryState.DELIVERED, 1)):
        await OutboxMessage.create(
            destination="folder", entry=await entry(cast.leo), number=1, kind=MessageKind.CREATED, entry_version=1,
            payload="{}", due_at=now - hour, created_at=now, state=state, attempts=attempts,
        )
    await AccountMail.create(account=cast.mia.account, kind=MailKind.VERIFY_EMAIL, address="mia@example.org",
                             due_at=now, created_at=now)

    found = await scraped(watched)

    visit = "notices", "visit_ahead"
    assert [found["queue_depth", *visit, state] for state in ("due", "later", "dead")] == [2, 1, 0]
    assert found["queue_oldest_due_seconds", *visit] == pytest.approx(7200, abs=30)
    assert found["queue_most_attempts", *visit] == 3
    assert [found["queue_depth", "notices", "check_in_due", state] for state in ("due", "later", "dead")] == [0, 0, 1]
    assert [found["queue_depth", "outbox", "folder", state] for state in ("due", "later", "dead")] == [1, 0, 1]
    assert found["queue_most_attempts", "outbox", "folder"] == 7
    assert found["queue_depth", "mails", "verify_email", "due"] == 1


async def test_work_of_people_shows_by_site_and_age(watched, cast, now):
    day = timedelta(days=1)
    waiting = [await entry(cast.leo, received_at=now - n * day) for n in (1, 3)]
    await entry(cast.tom, state="validated", open_conflicts=1)
    for state in (QueryState.OPEN, QueryState.OPEN, QueryState.ANSWERED, QueryState.CLOSED):
        await DataQuery.create(
            entry=waiting[0], participant=cast.leo, seq=1, field="", question="?", state=state, entry_version=1,
            opened_by=cast.nora.account, opened_at=now,
        )
    await QuarantinedItem.create(participant=cast.leo, account=cast.mia.account, item_hash="h", body="{}", problem={},
                                 received_at=now - day)

    found = await scraped(watched)

    assert (found["worklist_depth", "SE01"], found["worklist_depth", "GB01"]) == (2, 0)
    assert found["worklist_oldest_seconds", "SE01"] == pytest.approx(3 * 86400, abs=60)
    assert found["conflicts_open",] == 1
    assert (found["data_queries", "open"], found["data_queries", "answered"]) == (2, 1)
    assert found["quarantine_open",] == 1
    assert found["quarantine_oldest_seconds",] == pytest.approx(86400, abs=60)


async def test_families_that_are_not_heard_from_and_notices_that_did_not_get_through_show(watched, cast, now):
    day = timedelta(days=1)
    for number, (due, closed) in enumerate([(now + day, None), (now - day, None), (now - day, now)]):
        await WorkItem.create(participant=cast.leo, site=cast.sites["SE01"], kind="silence", slot=f"2026-05-0{number}",
                              seq=1, opened_at=now, due_at=due, closed_at=closed)
    for number, (channel, state, error, at) in enumerate([
        ("sms", "failed", "number_refused 400", now), ("sms", "failed", "number_refused 404", now),
        ("email", "failed", "recipient_refused 550", now), ("email", "accepted", None, now),
        ("push", "failed", "no_device", now - 2 * day),
    ]):
        told = notice(cast, NoticeKind.CHECK_IN_DUE, slot=str(number))
        await told.save()
        await NoticeAttempt.create(notice=told, channel=channel, state=state, error=error, at=at)
    for number, (ended, reason) in enumerate([(None, None), (now, "fcm_unregistered"), (now - 2 * day, "sign_out")]):
        await PushDevice.create(account=cast.mia.account, installation_id=str(number), service="fcm", token="t",
                                registered_at=now, last_seen_at=now, ended_at=ended, end_reason=reason)

    found = await scraped(watched)

    assert [found[f"work_items_{which}", site] for site in ("SE01", "GB01") for which in ("open", "overdue")] == [
        2, 1, 0, 0]
    failed = {key[1:]: value for key, value in found.items() if key[0] == "notices_failed"}
    assert failed == {("sms", "number_refused"): 2, ("email", "recipient_refused"): 1}
    assert [found["push_devices", service] for service in ("fcm", "apns", "web_push")] == [1, 0, 0]
    ended = {key[1:]: value for key, value in found.items() if key[0] == "push_devices_ended"}
    assert ended == {("fcm", "fcm_unregistered"): 1}


async def test_worker_that_is_silent_shows(watched, now):
    for name, seconds in (("gone", 3600), ("last", 90)):
        beat = now - timedelta(seconds=seconds)
        await Heartbeat.create(worker=name, beat_at=beat, started_at=beat)

    found = await scraped(watched)

    assert found["worker_beat_age_seconds",] == pytest.approx(90, abs=30)
    assert found["workers",] == 0


async def test_way_from_phone_to_server_shows(watched, cast, now):
    written = await entry(cast.leo)
    for number, (lag, skew) in enumerate([(10, 0), (20, 0), (30, None), (3600, 3570)], 1):
        device = (now - timedelta(seconds=lag - 2 * (skew or 0))).isoformat()
        await revision(written, version=number, device_time=device, clock_skew=skew and skew * 2, received_at=now)
    await revision(written, version=5, device_time=None, received_at=now)
    await revision(written, version=6, device_time="yesterday", received_at=now)

    found = await scraped(watched)

    assert found["sync_lag_seconds", "0.5"] == pytest.approx(25, abs=1)
    assert found["sync_lag_seconds", "0.9"] > 1000


async def test_requests_are_counted_by_route_and_class_and_never_by_id(watched, cast):
    async with client_for(watched, cast.mia) as mia:
        for _ in range(3):
            await mia.get(f"/api/v1/participants/{cast.leo.id}/changes")
        await mia.get(f"/api/v1/participants/{new_id()}/changes")
        await mia.get("/nowhere/SE01-001")

    found = await scraped(watched)

    route = "GET", "/api/v1/participants/{participant_id}/changes"
    assert found["request_seconds_count", *route, "2xx"] == 3
    assert found["request_seconds_count", *route, "4xx"] == 1
    assert found["request_seconds_count", "GET", "(none)", "4xx"] == 1


async def test_nobody_stands_in_the_figures(watched, cast, phone_of):
    await phone_of("mia").push(phone_of("mia").item({"occurred": "2026-11-20", "note": "fell off the sofa"}))
    assert await DiaryEntry.all().count() == 1

    async with client_for(watched) as client:
        said = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text

    people = await Account.all()
    for word in ("sofa", "SE01-0", "GB01-0", str(cast.leo.id), "@", TOKEN, *(p.display_name for p in people)):
        assert not re.search(rf"\b{re.escape(word)}\b", said), word


async def test_database_that_is_away_is_a_figure(settings):
    away = msgspec.structs.replace(settings, database_url="postgresql://x@127.0.0.1:1/x", metrics_token=TOKEN)
    await open_database(away.database_url, 1)
    try:
        found = await scraped(create_app(wire(away), opens_database=False))
    finally:
        await close_database()

    assert found["database_up",] == 0
    assert VERSION in next(key for key in found if key[0] == "build_info")


async def test_counting_stops(watched, cast, now, monkeypatch):
    monkeypatch.setattr("backend.metrics_queries.MOST", 2)
    monkeypatch.setattr("backend.metrics_queries.MOST_OF_SITE", 2)
    for number in range(4):
        await entry(cast.leo)
        await notice(cast, NoticeKind.VISIT_AHEAD, slot=str(number)).save()

    found = await scraped(watched)

    assert found["worklist_depth", "SE01"] == found["queue_depth", "notices", "visit_ahead", "due"] == 2


def test_version_is_the_one_of_the_package():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION


def test_every_figure_of_the_alarms_exists():
    """The rules in the README watch figures that are there."""
    rules = (ROOT / "README.md").read_text("utf-8")

    snippet = rules[rules.index("groups:"):].partition("```")[0]
    watched = set(re.findall(r"\bdiary_(\w+)", snippet)) - {"request_seconds_count"}
    assert watched
    assert watched - set(HELP) == set()
