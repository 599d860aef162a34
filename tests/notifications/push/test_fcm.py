"""Android: Google's OAuth and FCM, row by row of its table of errors."""

import json
from datetime import timedelta

import msgspec
import pytest

from notifications.channels.fcm import Fcm
from notifications.channels.push_answers import Fate, PushRefused
from tests.push_fakes.google import BAD_REQUEST, Google, refusal
from tests.push_fakes.hosting import Said


async def test_android_gets_words_tag_and_an_opaque_id(fcm, google, android, parcel):
    answer = await fcm.send(await android(), parcel(urgent=True))

    assert (answer.fate, answer.error) == (Fate.TAKEN, None)
    assert answer.provider_id.startswith("projects/")
    (message,) = google.taken
    assert message.data == {"kind": "visit_ahead", "notice": "018f0000-0000-7000-8000-000000000001"}
    assert message.android.collapse_key == message.android.notification.tag == "abcdefghij-_ABCDEFGHIJ"
    assert message.apns.headers["apns-collapse-id"] == message.webpush.headers["Topic"] == "abcdefghij-_ABCDEFGHIJ"
    assert (message.android.priority, message.android.ttl) == ("HIGH", "86400s")
    assert message.webpush.headers["Urgency"] == "high"
    assert message.webpush.fcm_options["link"].endswith("/app/#notice=018f0000-0000-7000-8000-000000000001")


async def test_google_keeps_nothing_longer_than_it_is_of_use(fcm, google, android, parcel, clock):
    phone = await android()
    for until in (clock.now + timedelta(hours=3), clock.now - timedelta(hours=1), clock.now + timedelta(days=90)):
        await fcm.send(phone, parcel(until=until))

    assert [message.android.ttl for message in google.taken] == ["10800s", "0s", "2419200s"]


async def test_what_takes_the_place_of_another_makes_no_sound(fcm, google, android, parcel):
    await fcm.send(await android(), parcel(silent=True))

    (message,) = google.taken
    assert (message.android.priority, message.android.notification.channel_id) == ("NORMAL", "quiet")
    assert "sound" not in message.apns.payload["aps"]


async def test_trial_shows_nothing(fcm, google, android, parcel):
    answer = await fcm.send(await android(), parcel(), trial=True)

    assert answer.fate is Fate.TAKEN
    assert (len(google.validated), google.taken) == (1, [])


async def test_access_token_is_kept_until_five_minutes_before_its_end(fcm, google, android, parcel, clock):
    phone = await android()
    for minutes in (0, 54, 1):
        clock.pass_by(minutes=minutes)
        await fcm.send(phone, parcel())

    assert (google.assertions, len(google.taken)) == (2, 3)


async def test_access_token_that_google_forgot_is_replaced_once(fcm, google, android, parcel):
    phone = await android()
    await fcm.send(phone, parcel())
    google.access.clear()

    assert (await fcm.send(phone, parcel())).fate is Fate.TAKEN
    assert google.assertions == 2


async def test_access_token_is_not_replaced_for_ever(fcm, google, android, parcel):
    phone = await android()
    google.plan = lambda _token, _nth: refusal(401, "UNAUTHENTICATED")
    answer = await fcm.send(phone, parcel())

    assert (answer.fate, answer.error, answer.ours) == (Fate.LATER, "fcm_refused 401", True)
    assert (google.assertions, len(google.tried)) == (2, 2)


NAMES_TOKEN = {"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.token", "description": "Invalid"}]}
NAMES_ELSE = {"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.data[0].key", "description": "no"}]}
SAYS_TOKEN = "The registration token is not a valid FCM registration token"
ROWS = [
    (refusal(404, "NOT_FOUND", "UNREGISTERED"), Fate.GONE, "fcm_unregistered", False, None),
    (refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", NAMES_TOKEN), Fate.GONE, "fcm_invalid_token", False, None),
    (refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", say=SAYS_TOKEN), Fate.GONE, "fcm_invalid_token", False, None),
    (refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", NAMES_ELSE), Fate.REFUSED, "fcm_invalid_argument", True,
     None),
    (refusal(400, "INVALID_ARGUMENT"), Fate.REFUSED, "fcm_invalid_argument", True, None),
    (refusal(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), Fate.GONE, "fcm_sender_id_mismatch", True, None),
    (refusal(403, "PERMISSION_DENIED"), Fate.LATER, "fcm_refused 403", True, 10),
    (refusal(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), Fate.LATER, "fcm_third_party_auth", True, 10),
    (refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), Fate.LATER, "fcm_quota_exceeded", False, 60),
    (refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", retry_after="17"), Fate.LATER, "fcm_quota_exceeded", False,
     17),
    (refusal(503, "UNAVAILABLE", "UNAVAILABLE"), Fate.LATER, "fcm_away 503", False, 10),
    (refusal(503, "UNAVAILABLE", "UNAVAILABLE", retry_after="120"), Fate.LATER, "fcm_away 503", False, 120),
    (refusal(503, "UNAVAILABLE", retry_after="86400"), Fate.LATER, "fcm_away 503", False, 3600),
    (refusal(503, "UNAVAILABLE", retry_after="Sun, 10 May 2026 16:05:00 GMT"), Fate.LATER, "fcm_away 503", False, 300),
    (refusal(503, "UNAVAILABLE", retry_after="soon"), Fate.LATER, "fcm_away 503", False, 10),
    (refusal(500, "INTERNAL", "INTERNAL"), Fate.LATER, "fcm_away 500", False, 10),
    (Said(502, b"<html>Bad gateway</html>"), Fate.LATER, "fcm_away 502", False, 10),
    (refusal(404, "NOT_FOUND"), Fate.LATER, "fcm_refused 404", True, 10),
    (Said(400, b'{"error": ["not", "an", "object"]}'), Fate.LATER, "fcm_refused 400", True, 10),
]


@pytest.mark.parametrize(("said", "fate", "error", "ours", "wait"), ROWS)
async def test_every_answer_of_google_is_read_as_it_is_meant(
    said, fate, error, ours, wait, fcm, google, android, parcel
):
    google.plan = lambda _token, _nth: said

    answer = await fcm.send(await android(), parcel())

    assert (answer.fate, answer.error, answer.ours) == (fate, error, ours)
    assert answer.retry_after == (timedelta(seconds=wait) if wait else None)
    assert len(google.tried) == 1


@pytest.mark.parametrize(("said", "error", "ours"), [
    (Said(400, b'{"error": "invalid_grant"}'), "fcm_no_access 400", True),
    (Said(503, b""), "fcm_no_access 503", False),
    (Said(200, b'{"token_type": "Bearer"}'), "fcm_no_access", False),
])
async def test_without_access_nothing_is_sent(said, error, ours, fcm, google, android, parcel):
    google.oauth = lambda _nth: said

    with pytest.raises(PushRefused) as refused:
        await fcm.send(await android(), parcel())

    assert (refused.value.answer.fate, refused.value.answer.error, refused.value.answer.ours) == (
        Fate.LATER, error, ours)
    assert google.tried == []


async def test_text_over_4096_bytes_never_leaves(fcm, google, android, parcel):
    answer = await fcm.send(await android(), parcel(link="https://diary.example.org/" + "x" * 5000))

    assert (answer.fate, answer.error) == (Fate.REFUSED, "fcm_too_large")
    assert google.tried == []


@pytest.mark.parametrize("changes", [
    {"private_key": "-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----"}, {"token_uri": "http://evil.example"},
    {"project_id": "../other"}, {"client_email": 7},
])
def test_service_account_that_is_none_is_refused_without_showing_it(changes, clock):
    account = json.loads(Google(clock).service_account()) | changes
    with pytest.raises(ValueError, match="not a service account") as refused:
        Fcm(json.dumps(account), None, None)
    assert "BEGIN" not in str(refused.value)


async def test_nothing_but_the_parcel_and_the_token_reaches_google(fcm, google, android, parcel):
    phone, sent = await android(), parcel()
    await fcm.send(phone, sent)

    leaves = set(_leaves(msgspec.to_builtins(google.taken[0])))
    ours = {phone.token, sent.subject, sent.body, sent.kind, str(sent.id), sent.tag, sent.link}
    plain = {"HIGH", "86400s", "86400", "reminders", "PRIVATE", "alert", "10", "normal", "default", 1}
    assert leaves - ours - plain == {str(int(sent.at.timestamp()) + 86400)}


def _leaves(value):
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return [value]
