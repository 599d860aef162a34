"""One's own notices and wishes."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from backend.inbox.jobs import plan_notices, send_notices
from backend.settings import Settings, SettingsError
from backend.wiring import channels
from models import Account, AuditEvent, Guardianship, Notice, NoticePreference
from models.actions import Action
from models.vocabulary import DeliveryState, NoticeKind

HOUR = timedelta(hours=1)


async def notice(cast, name: str, due_at, **changes) -> Notice:
    values = {"kind": NoticeKind.CHECK_IN_DUE, "subject_id": cast.leo.id, "slot": uuid4().hex, "created_at": cast.now}
    return await Notice.create(
        account=cast.people[name].account, participant=cast.leo, due_at=due_at, **{**values, **changes}
    )


async def test_inbox_shows_ones_own_due_notices_newest_first(as_, cast, now):
    old, new = await notice(cast, "mia", now - 2 * HOUR), await notice(cast, "mia", now - HOUR)
    await notice(cast, "mia", now + HOUR)
    await notice(cast, "ben", now - HOUR)

    answer = (await as_("mia").get("/api/v1/inbox")).json()

    assert [n["id"] for n in answer["items"]] == [str(new.id), str(old.id)]
    assert answer["unread"] == 2
    assert answer["items"][0]["title"] == "Diary: how was this week?"
    assert answer["items"][0]["subject_id"] == str(cast.leo.id)


async def test_inbox_speaks_the_accounts_language(as_, cast, now):
    await Account.filter(id=cast.mia.id).update(language="sv")
    await notice(cast, "mia", now - HOUR, kind=NoticeKind.VISIT_AHEAD, slot="2026-05-20/3d")

    answer = (await as_("mia").get("/api/v1/inbox")).json()

    assert answer["items"][0]["text"] == "Något är planerat till onsdag 20 maj 2026. Du hittar det i Diary."


@pytest.mark.parametrize("changes", [
    {"state": DeliveryState.DEAD}, {"state": DeliveryState.DELIVERED}, {"attempts": 3},
])
async def test_a_notice_stands_in_the_inbox_whatever_became_of_the_mail(as_, cast, now, changes):
    due = await notice(cast, "mia", now - HOUR, **changes)
    await Notice.filter(id=due.id).update(due_at=now + 12 * HOUR)  # quiet hours or a failed try moved it

    assert len((await as_("mia").get("/api/v1/inbox")).json()["items"]) == 1


async def test_what_is_void_or_of_a_child_one_no_longer_speaks_for_is_gone(as_, cast, now):
    await notice(cast, "mia", now - HOUR, state=DeliveryState.CANCELLED)
    await notice(cast, "ben", now - HOUR)
    await Guardianship.filter(account_id=cast.ben.id).update(ends_at=now - HOUR)

    for name in ("mia", "ben", "nora"):
        answer = (await as_(name).get("/api/v1/inbox")).json()
        assert answer == {"unread": 0, "items": [], "next_cursor": None}


async def test_pages_follow_each_other_without_gap_or_repeat(as_, cast, now):
    moments = [now - HOUR, now - HOUR, now - HOUR, now - 2 * HOUR, now - 3 * HOUR]
    made = [await notice(cast, "mia", moment) for moment in moments]
    client, cursor, seen = as_("mia"), "", []

    for _ in range(3):
        page = (await client.get("/api/v1/inbox", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [n["id"] for n in page["items"]]
        cursor = page["next_cursor"]

    assert cursor is None
    assert len(seen) == 5
    assert seen == [str(n.id) for n in sorted(made, key=lambda n: (n.visible_at, n.id), reverse=True)]


@pytest.mark.parametrize(("query", "status"), [("cursor=nonsense", 422), ("limit=0", 400), ("limit=1000", 400)])
async def test_an_odd_cursor_or_limit_is_refused(as_, query, status):
    assert (await as_("mia").get(f"/api/v1/inbox?{query}")).status_code == status


async def test_a_notice_is_read_once(as_, cast, now):
    due = await notice(cast, "mia", now - HOUR)
    url = f"/api/v1/inbox/{due.id}/reading"

    answers = await asyncio.gather(*(as_("mia").post(url) for _ in range(4)))

    assert {a.status_code for a in answers} == {204}
    assert await AuditEvent.filter(action=Action.INBOX_MARK).count() == 1
    shown = (await as_("mia").get("/api/v1/inbox")).json()
    assert shown["unread"] == 0
    assert shown["items"][0]["read_at"] is not None


async def test_nobody_reads_anothers_notice_or_one_that_is_not_due(as_, cast, now):
    due, ahead = await notice(cast, "mia", now - HOUR), await notice(cast, "mia", now + HOUR)

    assert (await as_("ben").post(f"/api/v1/inbox/{due.id}/reading")).status_code == 404
    assert (await as_("mia").post(f"/api/v1/inbox/{ahead.id}/reading")).status_code == 404
    assert (await as_("mia").post(f"/api/v1/inbox/{uuid4()}/reading")).status_code == 404
    assert (await as_().get("/api/v1/inbox")).status_code == 401


async def test_the_timetable_sends_by_the_channels_of_the_settings(study, cast, now, capsys):
    due = await notice(cast, "mia", now - HOUR)
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=0, quiet_until=0)

    assert await send_notices(study, now) == 1

    assert [channel.name for channel in study.channels] == ["console"]
    assert f"notice {due.id} to account {cast.mia.id}: Diary: how was this week?" in capsys.readouterr().out


async def test_the_timetable_plans_by_the_protocol_of_this_study(study, cast):
    sunday_at_six = datetime(2027, 5, 9, 16, tzinfo=UTC)

    assert await plan_notices(study, sunday_at_six) > 0

    asked = await Notice.filter(kind=NoticeKind.CHECK_IN_DUE, slot="2027-05-09").values_list("account_id", flat=True)
    assert set(asked) == {cast.mia.id, cast.eve.id}


@pytest.mark.parametrize(("url", "sender", "names"), [
    ("", "diary@localhost", ["console"]), ("smtp://mail:25", "diary@example.org", ["email"]),
])
def test_without_a_mail_server_notices_are_printed(url, sender, names):
    assert [channel.name for channel in channels(Settings(smtp_url=url, mail_from=sender))] == names


def test_an_unusable_mail_server_is_found_at_the_start_without_showing_its_password():
    with pytest.raises(SettingsError, match="SMTP_URL or MAIL_FROM can't be used") as refusal:
        channels(Settings(smtp_url="smtp://mailer:secret@mail:port", mail_from="diary@example.org"))

    assert "secret" not in str(refusal.value)
