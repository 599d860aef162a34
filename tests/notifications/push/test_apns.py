"""iPhones: Apple over one HTTP/2 connection, its provider token and its table of errors, row by row."""

import asyncio
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from models.vocabulary import PushEnvironment
from notifications.channels.apns import APNS, Apns
from notifications.channels.push_answers import Fate, PushRefused
from tests.notifications.push.conftest import START, apns_to
from tests.push_fakes.apple import Apple, refusal
from tests.push_fakes.hosting import Said, hosted


async def test_iphone_gets_words_tag_and_an_opaque_id(apns, apple, iphone, parcel, clock):
    answer = await apns.send(await iphone(), parcel())

    (shown,) = apple.taken
    assert (answer.fate, answer.provider_id) == (Fate.TAKEN, shown.headers["apns-id"])
    assert shown.payload == {
        "aps": {"alert": {"title": "Diary", "body": "Reminder: an appointment tomorrow"}, "mutable-content": 1,
                "sound": "default"},
        "kind": "visit_ahead", "notice": "018f0000-0000-7000-8000-000000000001",
    }
    assert shown.headers["apns-collapse-id"] == "abcdefghij-_ABCDEFGHIJ"
    assert int(shown.headers["apns-expiration"]) == int((clock.now + timedelta(days=1)).timestamp())
    assert shown.headers["apns-priority"] == "10"


async def test_retry_has_the_same_id_and_another_phone_another(apns, apple, iphone, parcel):
    one, two = await iphone("a"), await iphone("b")
    for phone in (one, one, two):
        await apns.send(phone, parcel())

    ids = [shown.headers["apns-id"] for shown in apple.taken]
    assert ids[0] == ids[1] != ids[2]


async def test_apple_keeps_nothing_longer_than_it_is_of_use(apns, apple, iphone, parcel, clock):
    phone = await iphone()
    for until in (clock.now + timedelta(hours=3), clock.now - timedelta(hours=1)):
        await apns.send(phone, parcel(until=until))

    ends = [int(shown.headers["apns-expiration"]) for shown in apple.taken]
    assert ends == [int((START + timedelta(hours=3)).timestamp()), 0]


async def test_what_takes_the_place_of_another_makes_no_sound(apns, apple, iphone, parcel):
    await apns.send(await iphone(), parcel(silent=True))

    (shown,) = apple.taken
    assert shown.payload["aps"]["interruption-level"] == "passive"
    assert "sound" not in shown.payload["aps"]
    assert shown.headers["apns-priority"] == "5"


async def test_trial_shows_nothing(apns, apple, iphone, parcel):
    await apns.send(await iphone(), parcel(), trial=True)

    (shown,) = apple.taken
    assert shown.headers["apns-push-type"] == "background"
    assert shown.payload["aps"] == {"content-available": 1}


async def test_all_messages_share_one_connection(apns, apple, iphone, parcel):
    phones = [await iphone(digit) for digit in "abcdef0123"]
    answers = await asyncio.gather(*(apns.send(phone, parcel()) for phone in phones for _ in range(5)))

    assert {answer.fate for answer in answers} == {Fate.TAKEN}
    assert (len(apple.taken), len(apple.connections), len(apple.provider_tokens)) == (50, 1, 1)


@pytest.mark.full  # the stand-in lets go of its connection after half a minute
async def test_connection_that_apple_ended_is_opened_anew(clock, tokens, device, parcel):
    apple = Apple(clock, devices={"a" * 64})
    phone = await device("apns", "a" * 64)
    async with hosted(apple.handle) as apple.port:
        apns = apns_to(apple, tokens, clock)
        await apns.send(phone, parcel())
    async with hosted(apple.handle, apple.port):
        assert (await apns.send(phone, parcel())).fate is Fate.TAKEN
        await apns.close()

    assert (len(apple.taken), len(apple.connections), apple.faults) == (2, 2, [])


async def test_provider_token_is_remade_after_fifty_minutes_and_never_sooner(apns, apple, iphone, parcel, clock):
    phone = await iphone()
    made = []
    for _ in range(11):
        assert (await apns.send(phone, parcel())).fate is Fate.TAKEN
        made.append(len(apple.provider_tokens))
        clock.pass_by(minutes=10)

    assert made == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3]


async def test_processes_of_one_team_show_one_provider_token(apns, apple, iphone, parcel, tokens, clock, seal):
    phone = await iphone()
    others = [apns_to(apple, type(tokens)(seal, clock), clock) for _ in range(3)]
    for minutes in (0, 51, 51):
        clock.pass_by(minutes=minutes)
        await asyncio.gather(*(one.send(phone, parcel()) for one in [apns, *others]))
    for other in others:
        await other.close()

    assert (len(apple.taken), len(apple.provider_tokens)) == (12, 3)


async def test_token_that_apple_calls_expired_is_remade_once_it_is_old_enough(apns, apple, iphone, parcel, clock):
    phone = await iphone()
    await apns.send(phone, parcel())
    clock.pass_by(minutes=30)
    apple.plan = lambda _device, nth: refusal(403, "ExpiredProviderToken") if nth == 2 else None

    assert (await apns.send(phone, parcel())).fate is Fate.TAKEN
    assert (len(apple.provider_tokens), len(apple.tried)) == (2, 3)


async def test_token_that_apple_calls_expired_too_soon_is_not_remade(apns, apple, iphone, parcel, clock):
    phone = await iphone()
    apple.plan = lambda _device, _nth: refusal(403, "ExpiredProviderToken")

    with pytest.raises(PushRefused) as refused:
        await apns.send(phone, parcel())

    assert refused.value.answer.ours
    assert refused.value.answer.retry_after == timedelta(minutes=20)
    assert (len(apple.provider_tokens), len(apple.tried)) == (1, 1)


def milliseconds(**before: float) -> int:
    return int((START - timedelta(**before)).timestamp() * 1000)


ROWS = [
    (refusal(410, "Unregistered", timestamp=milliseconds(hours=1)), Fate.GONE, "apns_unregistered", False, None),
    (refusal(410, "ExpiredToken", timestamp=milliseconds(hours=1)), Fate.GONE, "apns_unregistered", False, None),
    (refusal(410, "Unregistered", timestamp=milliseconds(days=2)), Fate.LATER, "apns_unregistered_before", False, 60),
    (refusal(410, "Unregistered"), Fate.LATER, "apns_unregistered_before", False, 60),
    (refusal(400, "BadDeviceToken"), Fate.GONE, "apns_bad_device_token", False, None),
    (refusal(400, "DeviceTokenNotForTopic"), Fate.GONE, "apns_bad_device_token", False, None),
    (refusal(400, "TopicDisallowed"), Fate.LATER, "apns_refused 400", True, 60),
    (refusal(403, "InvalidProviderToken"), Fate.LATER, "apns_refused 403", True, 60),
    (refusal(413, "PayloadTooLarge"), Fate.REFUSED, "apns_too_large", True, None),
    (refusal(429, "TooManyRequests"), Fate.LATER, "apns_too_many_requests", False, 60),
    (refusal(429, "TooManyRequests", (("retry-after", "7"),)), Fate.LATER, "apns_too_many_requests", False, 7),
    (refusal(429, "TooManyProviderTokenUpdates"), Fate.LATER, "apns_too_many_tokens", True, 1200),
    (refusal(500, "InternalServerError"), Fate.LATER, "apns_away 500", False, 10),
    (refusal(503, "ServiceUnavailable", (("retry-after", "90"),)), Fate.LATER, "apns_away 503", False, 90),
    (Said(503, b"not JSON"), Fate.LATER, "apns_away 503", False, 10),
]


@pytest.mark.parametrize(("said", "fate", "error", "ours", "wait"), ROWS)
async def test_every_answer_of_apple_is_read_as_it_is_meant(
    said, fate, error, ours, wait, apns, apple, iphone, parcel, clock
):
    apple.plan = lambda _device, _nth: said

    answer = await apns.send(await iphone(registered_at=clock.now - timedelta(days=1)), parcel())

    assert (answer.fate, answer.error, answer.ours) == (fate, error, ours)
    assert answer.retry_after == (timedelta(seconds=wait) if wait else None)


async def test_text_over_4096_bytes_never_leaves(apns, apple, iphone, parcel):
    answer = await apns.send(await iphone(), parcel(kind="x" * 5000))

    assert (answer.fate, answer.error) == (Fate.REFUSED, "apns_too_large")
    assert apple.tried == []


def test_apple_keeps_two_environments_apart():
    assert APNS[PushEnvironment.SANDBOX] == "https://api.sandbox.push.apple.com"
    assert APNS[PushEnvironment.PRODUCTION] == "https://api.push.apple.com"


def test_key_that_is_none_is_refused_without_showing_it():
    wrong = [rsa.generate_private_key(public_exponent=65537, key_size=2048), ec.generate_private_key(ec.SECP384R1())]
    for text in ["no key at all", *(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode() for key in wrong)]:
        with pytest.raises(ValueError, match=r"^not an? ") as refused:
            Apns(text, "ABC123DEFG", "DEF123GHIJ", "org.example.diary", None, None)
        assert "BEGIN" not in str(refused.value)
