"""Phones and browsers that are pushed to: registered at each start, moved at sign-in, gone with the session."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from backend.clock import utc_now
from backend.housekeeping import clear_what_is_over
from backend.wiring import wire
from models import AuditEvent, PushDevice
from models.actions import Action
from notifications.channels.push import PushChannel
from notifications.channels.push_answers import Fate, PushAnswer
from notifications.channels.web_push_seal import new_own_key
from notifications.sending.living_devices import living_devices
from tests.push_fakes.apple import pem
from tests.push_fakes.browser_maker import Browser
from tests.push_fakes.google import Google

HERE = "installation-of-mia-0001"
URL = f"/api/v1/me/push-devices/{HERE}"
TOKEN = "f" * 40 + ":APA91b"
ANDROID = {"service": "fcm", "token": TOKEN}
IPHONE = {"service": "apns", "token": "ab" * 32, "environment": "sandbox"}


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(
        settings, fcm_service_account=Google(utc_now).service_account(), apns_key=pem(), apns_key_id="ABC123DEFG",
        apns_team_id="DEF123GHIJ", apns_topic="org.example.diary", web_push_private_key=new_own_key()[0],
        web_push_subject="mailto:it@clinic.example",
    )


def browser(**changes):
    keys = Browser().keys
    return {"service": "web_push", "token": "https://web.push.apple.com/abc", **keys, **changes}


async def trail(action: Action) -> list[AuditEvent]:
    return await AuditEvent.filter(action=action).order_by("seq")


async def test_family_registers_a_phone_and_no_token_ever_comes_out(as_, cast):
    mia = as_("mia")
    answer = await mia.put(URL, json=ANDROID)
    shown = (await mia.get("/api/v1/me/push-devices")).json()["items"]

    assert answer.status_code == 200
    assert shown == [answer.json()]
    assert (shown[0]["installation_id"], shown[0]["service"], shown[0]["this_device"]) == (HERE, "fcm", True)
    (event,) = await trail(Action.PUSH_DEVICE_KEEP)
    assert TOKEN not in f"{answer.text}{event.changes}"
    assert (await PushDevice.get()).session_id == cast.mia.session.id


async def test_each_start_says_it_is_still_there_and_the_trail_is_not_filled(as_):
    mia = as_("mia")
    await mia.put(URL, json=ANDROID)
    await PushDevice.all().update(last_seen_at=utc_now() - timedelta(days=30), last_ok_at=utc_now())
    await mia.put(URL, json=ANDROID)

    device = await PushDevice.get()
    assert utc_now() - device.last_seen_at < timedelta(minutes=1)
    assert device.last_ok_at is not None
    assert len(await trail(Action.PUSH_DEVICE_KEEP)) == 1


async def test_new_token_of_the_same_installation_begins_anew(as_):
    mia = as_("mia")
    await mia.put(URL, json=ANDROID)
    await PushDevice.all().update(ended_at=utc_now(), end_reason="fcm_unregistered", last_error="fcm_unregistered")
    await mia.put(URL, json={**ANDROID, "token": "g" * 40})

    device = await PushDevice.get()
    assert (device.token, device.ended_at, device.last_error) == ("g" * 40, None, None)
    assert len(await trail(Action.PUSH_DEVICE_KEEP)) == 2


async def test_phone_moves_with_whoever_signs_in_on_it(as_, cast):
    await as_("mia").put(URL, json=ANDROID)
    await as_("ben").put(URL, json=ANDROID)

    device = await PushDevice.get()
    assert (device.account_id, device.session_id) == (cast.ben.id, cast.ben.session.id)
    assert (await as_("mia").get("/api/v1/me/push-devices")).json()["items"] == []
    event = (await trail(Action.PUSH_DEVICE_KEEP))[-1]
    assert event.changes["account"] == [cast.mia.id.hex, cast.ben.id.hex]


async def test_two_who_register_one_phone_at_once_meet_in_one_row(as_, cast):
    clients = [as_(name) for name in ("mia", "ben", "mia", "ben")]
    answers = await asyncio.gather(*(client.put(URL, json=ANDROID) for client in clients))

    assert {answer.status_code for answer in answers} == {200}
    assert (await PushDevice.get()).account_id in (cast.mia.id, cast.ben.id)


async def test_token_under_another_installation_leaves_whoever_had_it(as_, cast):
    await as_("mia").put(URL, json=ANDROID)
    await as_("ben").put("/api/v1/me/push-devices/installed-anew-by-ben", json=ANDROID)

    old = await PushDevice.get(account_id=cast.mia.id)
    assert old.end_reason == "registered_anew"
    assert len(await trail(Action.PUSH_DEVICE_END)) == 1
    assert len((await as_("ben").get("/api/v1/me/push-devices")).json()["items"]) == 1


@pytest.mark.parametrize("how", ["", "/current"])
async def test_signing_out_ends_what_is_pushed_without_a_further_call(how, as_, cast):
    mia = as_("mia")
    await mia.put(URL, json=ANDROID)
    assert cast.mia.id in await living_devices([cast.mia.id], utc_now())

    assert (await mia.delete(f"/api/v1/sessions{how}")).status_code == 204

    assert await living_devices([cast.mia.id], utc_now()) == {}
    assert (await PushDevice.get()).ended_at is None


async def test_owner_ends_a_device_and_nobody_elses(as_):
    await as_("mia").put(URL, json=ANDROID)

    assert (await as_("ben").delete(URL)).status_code == 404
    assert (await as_("mia").delete(URL)).status_code == 204
    assert (await as_("mia").delete(URL)).status_code == 404
    assert (await PushDevice.get()).end_reason == "ended_by_owner"


@pytest.mark.parametrize(("wanted", "pointer"), [
    ({**ANDROID, "environment": "sandbox"}, "/environment"), ({**ANDROID, "token": "short"}, "/token"),
    ({**ANDROID, "token": "f" * 40 + " x"}, "/token"), ({**ANDROID, "p256dh": "x"}, "/p256dh"),
    ({**IPHONE, "token": "AB" * 32}, "/token"), ({**IPHONE, "token": "ab" * 31}, "/token"),
    (browser(token="https://evil.example/abc"), "/token"), (browser(token="https://10.0.0.5/abc"), "/token"),
    (browser(auth="x"), "/p256dh"),
])
async def test_what_can_never_be_pushed_to_is_refused(wanted, pointer, as_):
    answer = await as_("mia").put(URL, json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (422, "body.does_not_fit")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert wanted["token"] not in answer.text
    assert not await PushDevice.exists()


@pytest.mark.parametrize("wanted", [IPHONE, browser()])
async def test_iphones_and_browsers_are_registered(wanted, as_):
    assert (await as_("mia").put(URL, json=wanted)).status_code == 200


@pytest.mark.parametrize("name", ["short", "x" * 65, "with%20space-and-long-enough", "ä" * 20])
async def test_installation_names_itself_unguessably(name, as_):
    assert (await as_("mia").put(f"/api/v1/me/push-devices/{name}", json=ANDROID)).status_code == 400


async def test_service_that_is_not_set_up_takes_no_device(as_, study, app):
    mia = as_("mia")
    app.state.wiring = wire(msgspec.structs.replace(
        study.settings, fcm_service_account="", apns_key="", apns_key_id="", apns_team_id="", apns_topic=""))
    answer = await mia.put(URL, json=ANDROID)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/service")
    assert (await mia.get("/api/v1/push-services")).json()["services"] == ["web_push"]

    app.state.wiring = wire(msgspec.structs.replace(app.state.wiring.settings, web_push_private_key=""))
    assert (await mia.get("/api/v1/push-services")).json() == {"services": [], "web_push_key": None}
    assert (await mia.put(URL, json=browser())).status_code == 422


async def test_browser_learns_the_key_with_which_it_subscribes(as_):
    services = (await as_("mia").get("/api/v1/push-services")).json()

    assert services["services"] == ["apns", "fcm", "web_push"]
    assert len(services["web_push_key"]) == 87


async def test_one_device_too_many_ends_the_most_silent(as_, cast):
    mia = as_("mia")
    for number in range(21):
        url = f"/api/v1/me/push-devices/installation-number-{number:03}"
        assert (await mia.put(url, json={**ANDROID, "token": f"{number:040}"})).status_code == 200

    assert (await PushDevice.get(end_reason="too_many")).installation_id == "installation-number-000"
    assert len((await mia.get("/api/v1/me/push-devices")).json()["items"]) == 20


async def test_phone_that_nobody_opens_is_forgotten(as_, study):
    await as_("mia").put(URL, json=ANDROID)
    await PushDevice.all().update(last_seen_at=utc_now() - timedelta(days=61))
    assert (await as_("mia").get("/api/v1/me/push-devices")).json()["items"] == []

    await clear_what_is_over(study, utc_now())
    assert not await PushDevice.exists()


class Carrier:
    """A service that answers as it is told, and keeps what it was given."""

    service = "fcm"

    def __init__(self, answer):
        self.answer, self.trials = answer, []

    async def send(self, device, parcel, *, trial=False):
        self.trials.append((device.token, parcel.subject, parcel.body, trial))
        return self.answer


@pytest.mark.parametrize(("answer", "shown"), [
    (PushAnswer(Fate.TAKEN), {"accepted": True, "error": None}),
    (PushAnswer(Fate.GONE, "fcm_unregistered"), {"accepted": False, "error": "fcm_unregistered"}),
])
async def test_owner_tries_a_device_out(answer, shown, as_, app, study):
    mia, carrier = as_("mia"), Carrier(answer)
    await mia.put(URL, json=ANDROID)
    app.state.wiring = pushing_by(study, PushChannel([carrier], "https://diary.example.org"))

    said = await mia.post(f"{URL}/test")

    assert (said.status_code, said.json()) == (200, shown)
    assert carrier.trials == [(TOKEN, "Diary", "", True)]
    assert ((await PushDevice.get()).ended_at is None) is shown["accepted"]
    assert (await as_("ben").post(f"{URL}/test")).status_code == 404


async def test_trying_out_has_a_limit(as_, app, study):
    mia = as_("mia")
    await mia.put(URL, json=ANDROID)
    app.state.wiring = pushing_by(study, PushChannel([Carrier(PushAnswer(Fate.TAKEN))], "https://d.example"))

    answers = [(await mia.post(f"{URL}/test")).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def pushing_by(wiring, channel):
    return replace(wiring, channels=(channel, *wiring.channels[1:]))
