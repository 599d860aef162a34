"""Staff see how reminders reach a family: by relation, channel by channel, and what went wrong, with nothing lost."""

from datetime import timedelta

import pytest

from models import Account, Notice, NoticeAttempt, NoticePreference, PushDevice
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, PushProvider

DAY = timedelta(days=1)


@pytest.fixture
def tried(cast, now):
    """`await tried("mia", "email", "failed", 3, error="550")`: three days ago a notice of hers got so far by e-mail."""

    async def attempt(who, channel, state, days, of=None, **more):
        at = now - days * DAY
        notice = await Notice.create(
            account=cast.people[who].account, participant=of or cast.leo, kind=NoticeKind.CHECK_IN_DUE,
            subject_id=(of or cast.leo).id, slot=f"{days}-{channel}-{state}", due_at=at, created_at=at, told_at=at,
            state=DeliveryState.DEAD if state == "failed" else DeliveryState.DELIVERED)
        await NoticeAttempt.create(notice=notice, channel=channel, state=AttemptState(state), at=at, **more)

    return attempt


async def reach(as_, cast, who="nora"):
    answer = await as_(who).get(f"/api/v1/participants/{cast.leo.id}/reach")
    assert answer.status_code == 200, answer.text
    return {person["relation"]: {**person, **{one["channel"]: one for one in person["channels"]}}
            for person in answer.json()["guardians"]}


async def test_each_channel_says_when_it_last_worked_and_what_failed_since(as_, cast, now, tried):
    await tried("mia", "push", "failed", 5, error="UNREGISTERED 404")
    await tried("mia", "email", "opened", 4, opened_at=now - 3 * DAY)
    await tried("mia", "email", "failed", 2, error="smtp 550")
    await tried("mia", "email", "failed", 1, error="connection_failed")
    await tried("mia", "sms", "superseded", 6)

    mia = (await reach(as_, cast))["mother"]

    assert (mia["push"]["error"], mia["push"]["failures"], mia["push"]["told_at"]) == ("UNREGISTERED 404", 1, None)
    mail = mia["email"]
    assert (mail["wanted"], mail["works"], mail["error"], mail["failures"]) == (True, True, "connection_failed", 2)
    assert mail["told_at"].startswith(f"{now - 4 * DAY:%Y-%m-%d}")
    assert mail["opened_at"].startswith(f"{now - 3 * DAY:%Y-%m-%d}")
    assert (mia["sms"]["wanted"], mia["sms"]["works"], mia["sms"]["error"]) == (False, False, None)
    assert mia["sms"]["told_at"] is not None
    assert mia["waiting"] == 5, "the inbox keeps them all"


async def test_broken_ways_and_a_holiday_are_seen(as_, cast, now):
    await Account.filter(id=cast.ben.id).update(mail_refused_at=now - DAY)
    await PushDevice.create(
        account=cast.ben.account, installation_id="i", service=PushProvider.APNS, token="t", registered_at=now,
        last_seen_at=now, ended_at=now - 2 * DAY, end_reason="apns_unregistered", last_error="apns_unregistered")
    await NoticePreference.create(
        account_id=cast.ben.id, away_from=(now - 2 * DAY).date(), away_until=(now + 9 * DAY).date())
    await PushDevice.create(
        account=cast.mia.account, session_id=cast.mia.session.id, installation_id="j", service=PushProvider.FCM,
        token="t", registered_at=now, last_seen_at=now)

    family = await reach(as_, cast)

    assert family["father"]["unreached"]
    assert family["father"]["away_until"] == f"{now + 9 * DAY:%Y-%m-%d}"
    assert family["father"]["email"]["refused_at"] is not None
    assert (family["father"]["push"]["devices"], family["father"]["push"]["error"]) == (0, "apns_unregistered")
    assert not family["mother"]["unreached"]
    assert (family["mother"]["push"]["works"], family["mother"]["push"]["devices"]) == (True, 1)
    assert family["mother"]["last_seen_at"] is not None
    assert "grandparent" not in family, "she is asked for nothing"


async def test_what_another_child_is_told_of_is_not_shown(as_, cast, tried):
    await tried("mia", "email", "failed", 1, of=cast.tom, error="connection_failed")

    assert (await reach(as_, cast))["mother"]["email"]["error"] is None


async def test_names_and_addresses_are_nowhere_and_strangers_find_nothing(as_, cast):
    answer = await as_("max").get(f"/api/v1/participants/{cast.leo.id}/reach")

    assert answer.status_code == 200
    for word in ("Mia", "Ben", "@", str(cast.mia.id)):
        assert word not in answer.text
    statuses = {who: (await as_(who).get(f"/api/v1/participants/{cast.leo.id}/reach")).status_code
                for who in ("otto", "mia", "eve", "bea")}
    assert statuses == {"otto": 404, "mia": 403, "eve": 403, "bea": 403}
    assert (await as_("nora").get(f"/api/v1/participants/{cast.tom.id}/reach")).status_code == 404
