"""One parcel to all devices of a person: accepted if any is, and no device ever harms another."""

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest

from models import NoticePreference, PushDevice
from models.vocabulary import PushProvider
from notifications.channels.base import ChannelError, Reach
from notifications.channels.push import PushChannel
from notifications.channels.push_answers import Fate, PushAnswer
from notifications.sending.living_devices import living_devices
from tests.push_fakes.apple import refusal as by_apple
from tests.push_fakes.google import refusal as by_google


async def test_all_devices_of_a_person_get_it_by_their_own_service(
    push, google, apple, maker, android, iphone, browser, parcel, clock
):
    devices = [await android(), await iphone(), await browser()]
    receipt = await push.send(parcel(*devices))

    assert (len(google.taken), len(apple.taken), len(maker.taken)) == (1, 1, 1)
    assert receipt.provider_id.startswith("projects/")
    for device in devices:
        await device.refresh_from_db()
        assert (device.last_ok_at, device.last_error, device.ended_at) == (clock.now, None, None)


async def test_link_of_a_push_leads_to_its_notice(push, maker, browser, parcel):
    await push.send(parcel(await browser(), link=None))

    assert maker.taken[0].payload["notification"]["navigate"] == (
        "https://diary.example.org/app/#notice=018f0000-0000-7000-8000-000000000001")


async def test_dead_token_ends_and_harms_no_other(push, google, apple, android, iphone, parcel, clock):
    dead, living = await android("d", known=False), await iphone()
    await push.send(parcel(dead, living))

    await dead.refresh_from_db()
    await living.refresh_from_db()
    assert (dead.ended_at, dead.end_reason) == (clock.now, "fcm_unregistered")
    assert (living.ended_at, len(apple.taken)) == (None, 1)


async def test_token_of_another_project_ends_and_staff_are_told_once(push, google, android, iphone, parcel, caplog):
    google.plan = lambda _token, _nth: by_google(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")
    phones = [await iphone(), *[await android(letter) for letter in "pqr"]]
    with caplog.at_level(logging.ERROR, "notifications.push"):
        await push.send(parcel(*phones))

    assert caplog.text.count("fcm_sender_id_mismatch") == 1
    assert await PushDevice.filter(end_reason="fcm_sender_id_mismatch").count() == 3


async def test_when_all_tokens_are_dead_it_is_given_up(push, apple, android, iphone, parcel):
    devices = [await android("d", known=False), await iphone("d", known=False)]

    with pytest.raises(ChannelError) as refused:
        await push.send(parcel(*devices))

    assert (refused.value.permanent, refused.value.ours) == (True, False)
    assert await PushDevice.filter(ended_at__isnull=True).count() == 0


async def test_when_one_may_work_later_it_is_tried_again_as_soon_as_that(
    push, google, apple, android, iphone, browser, parcel
):
    google.plan = lambda _token, _nth: by_google(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", retry_after="45")
    apple.plan = lambda _device, _nth: by_apple(503, "Shutdown", (("retry-after", "30"),))
    devices = [await android(), await iphone()]

    with pytest.raises(ChannelError) as refused:
        await push.send(parcel(*devices))

    assert (str(refused.value), refused.value.permanent) == ("apns_away 503", False)
    assert refused.value.retry_after == timedelta(seconds=30)
    await devices[0].refresh_from_db()
    assert (devices[0].last_error, devices[0].ended_at) == ("fcm_quota_exceeded", None)


async def test_wrong_key_of_ours_is_said_to_be_ours(push, google, android, parcel):
    google.plan = lambda _token, _nth: by_google(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")

    with pytest.raises(ChannelError) as refused:
        await push.send(parcel(await android()))

    assert (refused.value.ours, refused.value.permanent) == (True, False)


async def test_provider_that_is_down_for_an_hour_gets_it_then_and_once(push, google, android, parcel, clock):
    phone, up_again = await android(), clock.now + timedelta(hours=1)
    google.plan = lambda _token, _nth: by_google(503, "UNAVAILABLE") if clock.now < up_again else None
    waits = 0
    while True:
        try:
            await push.send(parcel(phone))
            break
        except ChannelError:
            clock.pass_by(minutes=9)
            waits += 1

    await phone.refresh_from_db()
    assert (waits, len(google.taken), phone.ended_at, phone.last_error) == (7, 1, None, None)
    assert google.taken[0].android.collapse_key == parcel().tag


async def test_token_told_anew_while_a_push_was_under_way_is_not_ended(push, google, android, parcel, clock):
    phone = await android()
    google.plan = lambda _token, _nth: by_google(404, "NOT_FOUND", "UNREGISTERED")
    await PushDevice.filter(id=phone.id).update(registered_at=clock.now + timedelta(seconds=1))
    with pytest.raises(ChannelError):
        await push.send(parcel(phone))

    await phone.refresh_from_db()
    assert (phone.ended_at, phone.last_error) == (None, None)


async def test_success_is_noted_once_a_day_unless_there_was_an_error(push, android, parcel, clock):
    phone = await android()
    noted = []
    for hours in (0, 5, 20):
        clock.pass_by(hours=hours)
        await phone.refresh_from_db()
        await push.send(parcel(phone))
        await phone.refresh_from_db()
        noted.append(phone.last_ok_at)
    await PushDevice.filter(id=phone.id).update(last_error="fcm_away 503")
    clock.pass_by(minutes=1)
    await phone.refresh_from_db()
    await push.send(parcel(phone))
    await phone.refresh_from_db()

    assert noted[0] == noted[1] < noted[2] < phone.last_ok_at
    assert phone.last_error is None


class Falls:
    """A service that can't be reached, or with which something else goes wrong."""

    service = PushProvider.FCM

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure

    async def send(self, _device: PushDevice, _parcel: object, *, trial: bool = False) -> PushAnswer:
        raise self.failure


@pytest.mark.parametrize(("failure", "error"), [
    (httpx.ConnectError("refused"), "fcm_connection_failed"), (TimeoutError(), "fcm_deadline"),
    (httpx.ReadTimeout("slow"), "fcm_deadline"), (OSError("no name"), "fcm_connection_failed"),
    (UnicodeError("label"), "fcm_connection_failed"), (KeyError("p256dh"), "bug"),
])
async def test_whatever_goes_wrong_with_one_service_stays_with_it(failure, error, apns, apple, android, iphone, parcel):
    push = PushChannel([Falls(failure), apns], "https://diary.example.org")  # type: ignore[list-item]
    phone, other = await android(known=False), await iphone()
    await push.send(parcel(phone, other))
    assert len(apple.taken) == 1

    with pytest.raises(ChannelError) as refused:
        await push.send(parcel(phone))
    assert (str(refused.value), refused.value.permanent) == (error, False)


async def test_service_that_is_not_set_up_is_passed_over(google, fcm, android, iphone, parcel, cast):
    push = PushChannel([fcm], "https://diary.example.org")
    reach = [Reach(cast.mia.account, NoticePreference(), (device,)) for device in (await android(), await iphone())]

    assert push.services == ["fcm"]
    assert [push.address_of(one) for one in reach] == [str(cast.mia.id), None]
    with pytest.raises(ChannelError) as refused:
        await push.send(parcel(*reach[1].devices))
    assert (str(refused.value), refused.value.permanent) == ("no_device", True)


async def test_devices_are_tried_at_the_same_time(parcel, device, clock):
    begun = asyncio.Barrier(3)

    class Slow(Falls):
        async def send(self, _device, _parcel, *, trial=False):
            await begun.wait()
            return PushAnswer(Fate.TAKEN)

    push = PushChannel([Slow(OSError())], "https://diary.example.org")  # type: ignore[list-item]
    async with asyncio.timeout(10):
        await push.send(parcel(*[await device(PushProvider.FCM, letter * 60) for letter in "abc"]))


async def test_device_lives_as_long_as_its_session(cast, android, clock):
    await android()
    later = clock.now + timedelta(days=1)
    assert len((await living_devices([cast.mia.id, cast.ben.id], later))[cast.mia.id]) == 1

    cast.mia.session.ended_at = later
    await cast.mia.session.save()
    assert await living_devices([cast.mia.id], later) == {}


@pytest.mark.parametrize("end", ["expired", "disabled", "silent", "ended", "of_another", "none"])
async def test_nothing_else_lives(end, cast, android, clock):
    phone, now = await android(), clock.now + timedelta(days=1)
    if end == "expired":
        await type(cast.mia.session).filter(id=cast.mia.session.id).update(expires_at=now)
    elif end == "disabled":
        await type(cast.mia.account).filter(id=cast.mia.id).update(disabled_at=now)
    elif end == "silent":
        now = clock.now + timedelta(days=60)
    elif end == "ended":
        await PushDevice.filter(id=phone.id).update(ended_at=now)
    else:
        other = cast.ben.session.id if end == "of_another" else None
        await PushDevice.filter(id=phone.id).update(session_id=other)

    assert await living_devices([cast.mia.id], now) == {}
