"""How one wants to be told: what is chosen stays, what is left out stays too, and what doesn't fit is said."""

import asyncio
from datetime import date, timedelta

import pytest

from models import Account, AuditEvent, NoticePreference, PushDevice
from models.actions import Action
from models.vocabulary import NoticeKind, PushProvider
from notifications.wishes import channels_wanted

ME = "/api/v1/me/preferences"
DEFAULTS = {
    "push_on": True, "email_on": True, "sms_on": False, "by_kind": {}, "fallback": [], "quiet_from": 20,
    "quiet_until": 8, "hour": None, "weekday": None, "digest_weekday": None, "away_from": None, "away_until": None,
    "changed_at": None, "reach": {"email": "proved", "phone_proved": False, "push_devices": 0},
}


async def findings(client, **body) -> list[tuple[str, str]]:
    answer = await client.put(ME, json=body)
    assert answer.status_code == 422, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


async def test_quiet_hours_are_eight_to_eight_until_one_chooses(as_, cast):
    assert (await as_("mia").get(ME)).json() == DEFAULTS


async def test_guardian_chooses_everything_and_reads_it_again(as_, cast, now):
    await Account.filter(id=cast.mia.id).update(phone="+46701740605")
    chosen = {
        "push_on": False, "email_on": False, "sms_on": True,
        "by_kind": {"check_in_due": ["sms"], "digest": []}, "fallback": ["sms", "push", "email"],
        "quiet_from": 21, "quiet_until": 7, "hour": 18, "weekday": 7, "digest_weekday": 1,
        "away_from": now.date().isoformat(), "away_until": (now.date() + timedelta(days=9)).isoformat(),
    }

    answer = await as_("mia").put(ME, json=chosen)

    told = answer.json()
    assert {name: told[name] for name in chosen} == chosen
    assert told["changed_at"] is not None
    assert (await as_("mia").get(ME)).json() == told
    assert (await as_("ben").get(ME)).json() == DEFAULTS


async def test_planner_reads_what_was_chosen(as_, cast):
    await as_("mia").put(ME, json={"by_kind": {"check_in_due": ["push"]}, "fallback": ["email", "push", "sms"]})

    preference = await NoticePreference.get(account_id=cast.mia.id)
    assert channels_wanted(preference, NoticeKind.CHECK_IN_DUE) == ["push"]
    assert channels_wanted(preference, NoticeKind.VISIT_AHEAD) == ["email", "push"]


async def test_a_phone_that_knows_less_undoes_nothing(as_, cast):
    await as_("mia").put(ME, json={"push_on": False, "hour": 18, "weekday": 3})

    answer = await as_("mia").put(ME, json={"email_on": False, "quiet_from": 21, "quiet_until": 7})

    told = answer.json()
    assert (answer.status_code, told["push_on"], told["hour"], told["weekday"]) == (200, False, 18, 3)
    assert (told["email_on"], told["quiet_from"], told["quiet_until"]) == (False, 21, 7)


async def test_null_takes_a_wish_back(as_, cast):
    await as_("mia").put(ME, json={"hour": 18, "digest_weekday": 1})

    told = (await as_("mia").put(ME, json={"hour": None, "digest_weekday": None})).json()

    assert (told["hour"], told["digest_weekday"]) == (None, None)


async def test_each_change_stands_in_the_trail_once(as_, cast):
    client = as_("mia")
    first = (await client.put(ME, json={"email_on": False, "hour": 18})).json()["changed_at"]
    again = (await client.put(ME, json={"email_on": False, "hour": 18})).json()["changed_at"]

    event = await AuditEvent.get(action=Action.PREFERENCES_CHANGE)
    assert event.changes == {"email_on": [True, False], "hour": [None, 18]}
    assert again == first, "nothing changed, so nothing is planned anew"


async def test_of_many_changes_at_once_none_is_lost(as_, cast):
    bodies = [{"hour": 18}, {"weekday": 2}, {"digest_weekday": 3}, {"email_on": False}]

    answers = await asyncio.gather(*(as_("mia").put(ME, json=body) for body in bodies))

    assert {answer.status_code for answer in answers} == {200}
    told = (await as_("mia").get(ME)).json()
    assert (told["hour"], told["weekday"], told["digest_weekday"], told["email_on"]) == (18, 2, 3, False)


@pytest.mark.parametrize("body", [
    {"quiet_from": 24}, {"quiet_until": -1}, {"email_on": "yes"}, {"quiet_from": "20"}, {"hour": 24}, {"weekday": 0},
    {"weekday": 8}, {"digest_weekday": 7.5}, {"by_kind": {"check_in_due": ["pigeon"]}}, {"by_kind": {"weather": []}},
    {"by_kind": {"check_in_due": ["console"]}}, {"fallback": ["push", "push", "push", "push"]}, {"push_on": None},
    {"away_from": "2026-02-30"}, {"changed_at": "2026-11-20T14:35:00Z"}, {"reach": {}}, {"unknown": 1}, [],
])
async def test_odd_preferences_are_refused(as_, cast, body):
    assert (await as_("mia").put(ME, json=body)).status_code == 400
    assert await NoticePreference.all().count() == 0


async def test_what_does_not_fit_together_is_said_by_field(as_, cast, now):
    mia, today = as_("mia"), now.date()
    yesterday, week = today - timedelta(days=2), today + timedelta(days=7)

    assert await findings(mia, sms_on=True) == [("phone_not_proved", "/sms_on")]
    assert await findings(mia, hour=6) == [("hour_in_quiet_hours", "/hour")]
    assert await findings(mia, hour=12, quiet_from=10, quiet_until=14) == [("hour_in_quiet_hours", "/hour")]
    assert await findings(mia, fallback=["push"]) == [("order_incomplete", "/fallback")]
    assert await findings(mia, fallback=["push", "push", "sms"]) == [("order_incomplete", "/fallback")]
    assert await findings(mia, by_kind={"digest": ["push", "push"]}) == [("channel_twice", "/by_kind/digest")]
    assert await findings(mia, away_from=str(today)) == [("away_incomplete", "/away_until")]
    assert await findings(mia, away_until=str(today)) == [("away_incomplete", "/away_from")]
    assert await findings(mia, away_from=str(week), away_until=str(today)) == [("away_reversed", "/away_until")]
    assert await findings(mia, away_from=str(date(2020, 1, 1)), away_until=str(yesterday)) == [
        ("away_over", "/away_until")]
    assert await findings(mia, away_from=str(today), away_until=str(today + timedelta(days=92))) == [
        ("away_too_long", "/away_until")]
    assert await NoticePreference.all().count() == 0


async def test_quiet_hours_chosen_later_move_the_chosen_hour_and_refuse_nothing(as_, cast):
    await as_("mia").put(ME, json={"hour": 19})

    answer = await as_("mia").put(ME, json={"quiet_from": 18})

    assert (answer.status_code, answer.json()["hour"]) == (200, 19)


async def test_no_quiet_hours_let_any_hour_be_chosen(as_, cast):
    assert (await as_("mia").put(ME, json={"hour": 3, "quiet_from": 8, "quiet_until": 8})).status_code == 200


async def test_a_number_forgotten_later_keeps_no_phone_from_changing_the_rest(as_, cast):
    await NoticePreference.create(account_id=cast.mia.id, sms_on=True)

    assert (await as_("mia").put(ME, json={"sms_on": True, "hour": 18})).status_code == 200


async def test_guardian_reads_by_what_they_can_be_reached(as_, cast, now):
    for name, installation, ended_at in (("mia", "a", None), ("mia", "b", now), ("ben", "c", None)):
        person = cast.people[name]
        await PushDevice.create(
            account_id=person.id, session_id=person.session.id, installation_id=installation, ended_at=ended_at,
            service=PushProvider.WEB_PUSH, token="https://push.example", registered_at=now, last_seen_at=now)
    await Account.filter(id=cast.mia.id).update(phone="+46701740605", mail_refused_at=now)
    await Account.filter(id=cast.ben.id).update(email_verified_at=None)

    async def reach(name):
        return (await as_(name).get(ME)).json()["reach"]

    assert await reach("mia") == {"email": "refused", "phone_proved": True, "push_devices": 1}
    assert await reach("ben") == {"email": "unproved", "phone_proved": False, "push_devices": 1}
    assert "+4670" not in (await as_("mia").get(ME)).text
