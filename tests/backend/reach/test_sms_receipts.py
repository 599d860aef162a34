"""What providers tell of an SMS: believed only from them, the same however often it is told."""

import asyncio
from datetime import datetime

import pytest

from backend.clock import utc_now
from models import AuditEvent, Notice, NoticeAttempt, NoticePreference
from models.fields import new_id
from models.vocabulary import AttemptState, DeliveryState, NoticeKind
from notifications.channels.base import Parcel
from tests.sms_providers import Elks46, TwilioApi

NUMBER = "+46701740605"
S = AttemptState


@pytest.fixture(params=["46elks", "twilio"])
def provider(request):
    return Elks46() if request.param == "46elks" else TwilioApi()


@pytest.fixture
async def sent(reaching, cast, provider) -> str:
    """An SMS to Mia that the provider took; what it calls it."""
    return await send(reaching(provider), cast)


async def send(wiring, cast, *, noted: bool = True) -> str:
    now = utc_now()
    notice = await Notice.create(
        account=cast.mia.account, participant=cast.leo, kind=NoticeKind.QUERY_WAITING, subject_id=new_id(),
        slot="opened", due_at=now, created_at=now, state=DeliveryState.QUEUED,
    )
    receipt = await wiring.channels[0].send(Parcel(notice.id, NUMBER, "Diary: a question", "…", now, kind="x"))
    if noted:
        await NoticeAttempt.create(notice=notice, channel="sms", state=S.ACCEPTED, at=now, segments=receipt.segments,
                                   provider_id=receipt.provider_id)
    return receipt.provider_id


async def told(provider, client, name: str, status: str, code: str = "") -> int:
    if isinstance(provider, Elks46):
        return (await provider.report(client, name, status))[-1]
    return await provider.report(client, name, status, code)


async def test_an_sms_that_arrived_is_delivered(as_, provider, sent):
    for _ in range(3):
        assert await told(provider, as_(), sent, "delivered") == 204

    attempt = await NoticeAttempt.get()
    assert attempt.state is S.DELIVERED
    assert isinstance(attempt.delivered_at, datetime)


@pytest.mark.parametrize(("status", "code", "error"), [
    ("failed", "", "undelivered"), ("undelivered", "30003", "undelivered 30003"),
    ("undelivered", "30006", "undelivered 30006"), ("failed", "21610", "stopped"),
    ("failed", "30005; +46701740605", "undelivered"),
])
async def test_an_sms_that_was_lost_has_failed_with_its_reason(as_, provider, sent, status, code, error):
    if isinstance(provider, Elks46):
        status, error = "failed", "undelivered"

    assert await told(provider, as_(), sent, status, code) == 204
    assert await told(provider, as_(), sent, status, code) == 204

    attempt = await NoticeAttempt.get()
    assert (attempt.state, attempt.error) == (S.FAILED, error)


async def test_who_answers_stop_wants_no_sms_any_more(as_, cast, reaching):
    provider = TwilioApi()
    name = await send(reaching(provider), cast)
    await NoticePreference.create(account_id=cast.mia.id, sms_on=True)

    for _ in range(2):
        assert await provider.report(as_(), name, "undelivered", "21610") == 204

    assert not (await NoticePreference.get(account_id=cast.mia.id)).sms_on
    assert await AuditEvent.filter(action="preferences.change", reason="stopped_by_sms").count() == 1


async def test_steps_on_the_way_change_nothing_and_a_late_failure_undoes_nothing(as_, provider, sent):
    for status in ("sent", "queued", "something new"):
        assert await told(provider, as_(), sent, status) == 204
    assert (await NoticeAttempt.get()).state is S.ACCEPTED

    await asyncio.gather(*(told(provider, as_(), sent, "delivered") for _ in range(3)))
    await told(provider, as_(), sent, "failed")
    assert (await NoticeAttempt.get()).state is S.DELIVERED


async def test_a_receipt_that_is_quicker_than_our_own_note_is_told_again(as_, cast, reaching):
    provider = Elks46()
    name = await send(reaching(provider), cast, noted=False)
    assert await provider.report(as_(), name, "delivered") == [404] * 5

    await NoticeAttempt.create(notice=await Notice.get(), channel="sms", state=S.ACCEPTED, at=utc_now(),
                               provider_id=name)
    assert await provider.report(as_(), name, "delivered") == [204]


async def test_nobody_else_tells_receipts_of_46elks(as_, cast, reaching):
    provider = Elks46()
    name = await send(reaching(provider), cast)
    for secret in ("x", "", "0" * 43, "é"):
        answer = await as_().post(f"/sms-receipts/46elks/{secret}", data={"id": name, "status": "delivered"})
        assert answer.status_code in (404, 405)

    assert (await NoticeAttempt.get()).state is S.ACCEPTED


async def test_nobody_else_tells_receipts_of_twilio(as_, cast, reaching):
    provider = TwilioApi()
    name = await send(reaching(provider), cast)
    told = {"MessageSid": name, "MessageStatus": "delivered"}

    answers = [await as_().post("/sms-receipts/twilio", data=told, headers={"X-Twilio-Signature": shown.encode()})
               for shown in ("", "x", "é", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert await provider.report(as_(), name, "delivered", token="another account's") == 404
    assert (await NoticeAttempt.get()).state is S.ACCEPTED


async def test_only_the_provider_that_is_set_up_is_heard(as_, cast, reaching):
    elks, twilio = Elks46(), TwilioApi()
    by_elks = await send(reaching(elks), cast)
    await Notice.all().update(slot="another")
    by_twilio = await send(reaching(twilio), cast)

    assert await elks.report(as_(), by_elks, "delivered", tries=1) == [404]
    reaching(elks)
    assert await twilio.report(as_(), by_twilio, "delivered") == 404
    reaching(None)
    assert await elks.report(as_(), by_elks, "delivered", tries=1) == [404]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(100)), b"id=%00&status=failed",
                                  b"", b"{}", b"id=%ff&status=delivered"])
async def test_what_is_no_form_is_refused_and_never_a_bug(as_, cast, reaching, body):
    provider = Elks46()
    await send(reaching(provider), cast)
    address = provider.sent[0][1]["whendelivered"].removeprefix("https://diary.example.org")

    for path in (address, "/sms-receipts/twilio"):
        answer = await as_().post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code in (400, 204, 404), answer.text
    assert (await NoticeAttempt.get()).state is S.ACCEPTED
