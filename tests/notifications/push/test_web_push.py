"""Browsers: sealed for one of them alone, signed by us, and sent to nobody but a push service."""

import asyncio
import socket
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from notifications.channels.push_answers import Fate, PushRefused
from notifications.channels.web_push import WebPush
from notifications.channels.web_push_seal import lettered, new_own_key, own_key, public_letters, sealed, unlettered
from tests.push_fakes.browser_maker import Browser
from tests.push_fakes.hosting import Said

# RFC 8291, appendix A
SENT = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru" \
       "3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
SENDER, SALT = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "DGv6ra1nlYgDCS1FRnbzlw"
RECEIVER, AUTH = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
TEXT = b"When I grow up, I want to be a watermelon"


def test_seal_is_that_of_the_rfc_letter_by_letter():
    assert lettered(sealed(TEXT, P256DH, AUTH, own=own_key(SENDER), salt=unlettered(SALT))) == SENT


def test_fake_browser_opens_the_example_of_the_rfc():
    browser = Browser(own_key(RECEIVER), unlettered(AUTH))
    assert browser.keys == {"p256dh": P256DH, "auth": AUTH}
    assert browser.opened(unlettered(SENT)) == TEXT


def test_no_two_seals_are_alike_and_no_other_browser_opens_one():
    one, other = Browser(), Browser()
    first, second = (sealed(TEXT, **one.keys) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert one.opened(second) == TEXT
    with pytest.raises(InvalidTag):
        other.opened(first)


async def test_browser_shows_a_declarative_notification(web_push, maker, browser, parcel):
    answer = await web_push.send(await browser(), parcel(urgent=True))

    assert answer.fate is Fate.TAKEN
    (shown,) = maker.taken
    assert shown.payload == {"web_push": 8030, "notification": {
        "title": "Diary", "body": "Reminder: an appointment tomorrow", "tag": "abcdefghij-_ABCDEFGHIJ",
        "navigate": "https://diary.example.org/app/#notice=018f0000-0000-7000-8000-000000000001",
        "data": {"kind": "visit_ahead", "notice": "018f0000-0000-7000-8000-000000000001"},
    }}
    assert (shown.headers["ttl"], shown.headers["urgency"], shown.headers["topic"]) == (
        "86400", "high", "abcdefghij-_ABCDEFGHIJ")


async def test_what_takes_the_place_of_another_makes_no_sound(web_push, maker, browser, parcel, clock):
    await web_push.send(await browser(), parcel(silent=True, until=clock.now + timedelta(minutes=5)))

    (shown,) = maker.taken
    assert shown.payload["notification"]["silent"] is True
    assert (shown.headers["ttl"], shown.headers["urgency"]) == ("300", "normal")


async def test_we_stay_signed_for_a_year(web_push, maker, browser, parcel, clock):
    chrome = await browser()
    for hours in (0, 5, 8, 24 * 365):
        clock.pass_by(hours=hours)
        assert (await web_push.send(chrome, parcel())).fate is Fate.TAKEN

    tokens = [shown.headers["authorization"] for shown in maker.taken]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3


ROWS = [
    (Said(404), Fate.GONE, "web_push_gone 404", False, None),
    (Said(410), Fate.GONE, "web_push_gone 410", False, None),
    (Said(413), Fate.REFUSED, "web_push_too_large", True, None),
    (Said(429), Fate.LATER, "web_push_too_many", False, 60),
    (Said(429, headers=(("retry-after", "35"),)), Fate.LATER, "web_push_too_many", False, 35),
    (Said(400), Fate.LATER, "web_push_refused 400", True, 60),
    (Said(401), Fate.LATER, "web_push_refused 401", True, 60),
    (Said(403, b"the key in the authorization header"), Fate.LATER, "web_push_refused 403", True, 60),
    (Said(500), Fate.LATER, "web_push_away 500", False, 10),
    (Said(503, headers=(("retry-after", "120"),)), Fate.LATER, "web_push_away 503", False, 120),
    (Said(307, headers=(("location", "http://127.0.0.1/inside"),)), Fate.LATER, "web_push_away 307", False, 10),
    (Said(201, b"x" * 1_000_000), Fate.TAKEN, None, False, None),
]


@pytest.mark.parametrize(("said", "fate", "error", "ours", "wait"), ROWS)
async def test_every_answer_is_read_as_it_is_meant(said, fate, error, ours, wait, web_push, maker, browser, parcel):
    maker.plan = lambda _browser, _nth: said

    answer = await web_push.send(await browser(), parcel())

    assert (answer.fate, answer.error, answer.ours) == (fate, error, ours)
    assert answer.retry_after == (timedelta(seconds=wait) if wait else None)
    assert len(maker.tried) == 1


async def test_text_over_4096_bytes_never_leaves(web_push, maker, browser, parcel):
    answer = await web_push.send(await browser(), parcel(link="https://diary.example.org/" + "x" * 5000))

    assert (answer.fate, answer.error) == (Fate.REFUSED, "web_push_too_large")
    assert maker.tried == []


KEYS = Browser().keys
ENDPOINTS = [
    "https://fcm.googleapis.com/fcm/send/abc", "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://wns2-par02p.notify.windows.com/w/?token=abc", "https://web.push.apple.com/abc",
    "https://FCM.googleapis.com:443/fcm/send/abc", "https://push.own.example:8443/abc",
]
NO_ENDPOINTS = [
    "http://fcm.googleapis.com/fcm/send/abc", "https://fcm.googleapis.com:8443/abc", "https://evil.example/abc",
    "https://fcm.googleapis.com.evil.example/abc", "https://fcm.googleapis.com@evil.example/abc",
    "https://user@fcm.googleapis.com/abc", "https://evilpush.apple.com/abc", "https://push.apple.com/abc",
    "https://.push.apple.com/abc", "https://a..push.apple.com/abc", "https://127.0.0.1/abc", "https://[::1]/abc",
    "https://localhost/abc", "https://push.own.example/abc", "https://fcm.googleapis.com/abc#x", "ftp://x", "", "abc",
    "https://", "https://fcm.googleapis.com\\@evil.example/", "https://2130706433/abc",
]


def with_own_host() -> WebPush:
    return WebPush(new_own_key()[0], "https://clinic.example", None, more_hosts=("push.own.example:8443",))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_push_services_of_browser_makers_and_named_ones_are_spoken_to(endpoint):
    assert with_own_host().fault_of(endpoint, KEYS) is None


@pytest.mark.parametrize("endpoint", NO_ENDPOINTS)
def test_nobody_else_is(endpoint):
    assert with_own_host().fault_of(endpoint, KEYS) == "/token"


@pytest.mark.parametrize("keys", [
    {}, {"p256dh": KEYS["p256dh"]}, {**KEYS, "auth": "short"}, {**KEYS, "p256dh": KEYS["auth"]},
    {**KEYS, "p256dh": "B" + "A" * 86}, {**KEYS, "more": "x"}, {**KEYS, "auth": "ä" * 22},
])
def test_keys_that_are_none_are_refused(keys):
    assert with_own_host().fault_of(ENDPOINTS[0], keys) == "/keys"


async def test_name_of_a_push_service_that_leads_inside_is_not_followed(
    web_push, device, parcel, monkeypatch
):
    async def inside(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", port))]

    phone = await device("web_push", "https://web.push.apple.com/abc", keys=KEYS)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", inside)
    with pytest.raises(PushRefused) as refused:
        await web_push.send(phone, parcel())

    assert refused.value.answer.error == "web_push_address_refused"


async def test_host_that_is_allowed_no_more_ends_its_tokens(web_push, device, parcel):
    phone = await device("web_push", "https://push.gone.example/abc", keys=KEYS)

    assert (await web_push.send(phone, parcel())).fate is Fate.GONE


@pytest.mark.parametrize(("key", "subject"), [
    ("", "mailto:a@b.example"), ("AAAA", "mailto:a@b.example"), ("A" * 43, "mailto:a@b.example"),
    ("_" * 42 + "8", "mailto:a@b.example"), (SENDER, "http://clinic.example"), ("ä" * 43, "mailto:a@b.example"),
])
def test_key_or_subject_that_is_none_is_refused_without_showing_it(key, subject):
    with pytest.raises(ValueError, match=r"^(not 32 bytes|subject is)") as refused:
        WebPush(key, subject, None)
    assert not key or key not in str(refused.value)


def test_new_key_is_read_back():
    private, public = new_own_key()
    assert public_letters(own_key(private)) == public
    assert len(unlettered(public)) == 65
