"""SMS: the subject line through either provider, each refusal as what it means, and never more than the month's cap."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from models import Account, NoticePreference
from models.vocabulary import MailKind, NoticeKind
from notifications.channels.base import ChannelError, Parcel, Reach
from notifications.channels.segments import plainer, segments
from notifications.channels.sms import SmsChannel
from notifications.channels.sms_46elks import Elks
from notifications.channels.sms_budget import used
from notifications.channels.sms_twilio import Twilio, signature
from notifications.words.languages import LANGUAGES, translated
from notifications.words.messages import MESSAGES, phone_code_text
from tests.sms_providers import ACCOUNT, PASSWORD, SERVICE, USER, Elks46, TwilioApi

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
NOTICE = UUID("018f0000-0000-7000-8000-000000000001")
NUMBER = "+46701740605"
RECEIPTS = "https://diary.example.org/sms-receipts/46elks/secret"
TWILIO_RECEIPTS = "https://diary.example.org/sms-receipts/twilio"


def parcel(subject: str = "Diary: a short question", **changes) -> Parcel:
    values = {"kind": NoticeKind.CHECK_IN_DUE, "link": "https://diary.example.org/app/#notice=1"} | changes
    return Parcel(NOTICE, values.pop("address", NUMBER), subject, "A longer text.\n", NOON, **values)


@pytest.fixture(params=["46elks", "twilio"])
def provider(request):
    return Elks46() if request.param == "46elks" else TwilioApi()


def channel(api, cap: int = 100, password: str = PASSWORD, sender: str = "Diary") -> SmsChannel:
    if isinstance(api, Elks46):
        return SmsChannel(Elks(USER, password, sender, RECEIPTS, api.transport), cap)
    return SmsChannel(Twilio(ACCOUNT, (USER, password), sender, TWILIO_RECEIPTS, api.transport), cap)


async def refused(sms: SmsChannel, sent: Parcel) -> ChannelError:
    with pytest.raises(ChannelError) as refusal:
        await sms.send(sent)
    await sms.close()
    return refusal.value


async def test_an_sms_is_the_subject_line_and_nothing_else(study, provider):
    sms = channel(provider)

    receipt = await sms.send(parcel("Diary – a question"))
    await sms.close()

    [(name, form)] = provider.sent
    assert (receipt.provider_id, receipt.segments) == (name, 1)
    assert provider.texts == ["Diary - a question"]
    assert "notice=1" not in str(form)
    assert "longer" not in str(form)


async def test_46elks_is_asked_to_keep_no_text_and_told_where_to_report():
    provider = Elks46()

    await Elks(USER, PASSWORD, "Diary", RECEIPTS, provider.transport).send(NUMBER, "Hej", None, told_back=True)

    assert provider.sent[0][1] == {"from": "Diary", "to": NUMBER, "message": "Hej", "dontlog": "message",
                                   "whendelivered": RECEIPTS}


@pytest.mark.parametrize(("left", "kept"), [(timedelta(minutes=10), "600"), (timedelta(seconds=-3), "1"),
                                            (timedelta(days=2), None)])
async def test_twilio_keeps_nothing_longer_than_it_is_of_use(left, kept):
    provider = TwilioApi()
    twilio = Twilio(ACCOUNT, (USER, PASSWORD), SERVICE, TWILIO_RECEIPTS, provider.transport)

    await twilio.send(NUMBER, "Hej", left, told_back=True)

    form = provider.sent[0][1]
    assert form.get("ValidityPeriod") == kept
    assert (form["MessagingServiceSid"], form["StatusCallback"]) == (SERVICE, TWILIO_RECEIPTS)


async def test_what_is_no_notice_is_not_reported_on(study, provider):
    await channel(provider).send(parcel("Diary: 123456", kind=""))

    assert provider.sent[0][1].keys() & {"whendelivered", "StatusCallback"} == set()


async def test_a_number_the_provider_does_not_know_is_not_tried_again_nor_paid_for(study, provider):
    failure = await refused(channel(provider), parcel(address="46701740605"))

    assert failure.permanent
    assert not failure.ours
    assert str(failure) in ("number_refused 400", "number_invalid")
    assert await used(NOON) == 0


@pytest.mark.parametrize(("code", "error"), [
    (21610, "stopped"), (21614, "number_no_mobile"), (21211, "number_invalid"), (21612, "number_unreachable"),
])
async def test_who_said_stop_or_has_no_mobile_is_left_alone(study, code, error):
    provider = TwilioApi()
    provider.answers = [provider.refused(400, code)]

    failure = await refused(channel(provider), parcel())

    assert (str(failure), failure.permanent, failure.ours) == (error, True, False)


@pytest.mark.parametrize(("status", "error", "ours"), [
    (429, "too_many 429", False), (503, "provider_down 503", False), (500, "provider_down 500", False),
    (401, "refused 401", True), (403, "refused 403", True), (302, "refused 302", True),
])
async def test_everything_else_is_tried_again_and_our_own_faults_are_called_so(study, provider, status, error, ours):
    provider.answers = [httpx.Response(status, text="<html>", headers={"Retry-After": "90", "Location": "https://x"})]

    failure = await refused(channel(provider), parcel())

    assert (str(failure), failure.permanent, failure.ours) == (error, False, ours)
    assert failure.retry_after == (None if ours else timedelta(seconds=90))
    assert provider.asked == 1
    assert await used(NOON) == 0


@pytest.mark.parametrize("wait", ["soon", "", "-1", "٣", "9" * 40])
async def test_a_strange_retry_after_hurts_nobody(study, provider, wait):
    provider.answers = [httpx.Response(429, headers={"Retry-After": wait.encode()})]

    failure = await refused(channel(provider), parcel())

    assert failure.retry_after in (None, timedelta(hours=6))


async def test_twilios_own_limit_waits_as_long_as_it_says(study):
    provider = TwilioApi()
    provider.answers = [provider.refused(400, 21611), provider.refused(429, 20429, Retry_After="7")]

    assert str(await refused(channel(provider), parcel())) == "too_many 21611"
    assert (await refused(channel(provider), parcel())).retry_after == timedelta(seconds=7)


async def test_wrong_password_or_sender_is_our_own_fault_and_no_answer_is_quoted(study, provider):
    password = await refused(channel(provider, password="wrong"), parcel())
    sender = await refused(channel(provider, sender="NameThatIsTooLong"), parcel())

    assert (str(password), password.ours, password.permanent) == ("refused 401", True, False)
    assert (str(sender), sender.ours, sender.permanent) == ("refused 400", True, False)


@pytest.mark.parametrize(("failure", "error", "counted"), [
    (httpx.ConnectError("x"), "connection_failed", 0), (httpx.ReadTimeout("x"), "no_answer", 1),
    (httpx.RemoteProtocolError("x"), "no_answer", 1),
])
async def test_a_provider_that_is_down_for_an_hour_is_tried_again(study, provider, failure, error, counted):
    provider.answers = [failure]

    told = await refused(channel(provider), parcel())

    assert (str(told), told.permanent) == (error, False)
    assert await used(NOON) == counted, "what may have left may have to be paid for"


@pytest.mark.parametrize("body", ["", "[]", "null", '{"id": 5, "sid": 5}', '{"id": "", "sid": ""}', "<html>"])
async def test_an_answer_that_says_yes_and_not_to_what_is_no_receipt(study, provider, body):
    provider.answers = [httpx.Response(200 if isinstance(provider, Elks46) else 201, text=body)]

    assert str(await refused(channel(provider), parcel())) == "answer_unusable"


async def test_nobody_gets_more_than_the_months_cap_also_when_many_are_sent_at_once(study, provider):
    sms = channel(provider, cap=3)

    ended = await asyncio.gather(*(sms.send(parcel()) for _ in range(8)), return_exceptions=True)

    refusals = [end for end in ended if isinstance(end, ChannelError)]
    assert len(provider.sent) == 3
    assert {(str(one), one.permanent, one.ours) for one in refusals} == {("sms_cap", True, True)}
    assert await used(NOON) == 3
    later = Parcel(NOTICE, NUMBER, "Diary: a question", "…", NOON + timedelta(days=12), kind="check_in_due")
    assert (await sms.send(later)).segments == 1, "a new month"


async def test_a_long_subject_counts_as_often_as_it_is_paid_for(study):
    provider = Elks46()
    sms = channel(provider, cap=2)

    assert str(await refused(sms, parcel("ж" * 200))) == "sms_cap"
    assert (await channel(provider, cap=2).send(parcel("ж" * 71))).segments == 2
    assert await used(NOON) == 2


@pytest.mark.parametrize(("text", "count"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("åäöÅÄÖß" * 22, 1), ("€" * 80, 1),
    ("€" * 81, 2), ("ж" * 70, 1), ("ж" * 71, 2), ("ж" * 134, 2), ("ж" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2),
    ("a" * 152 + "€" + "a" * 152, 3),  # a sign of two places is not cut in two
])
def test_segments_are_counted_as_networks_do(text, count):
    assert segments(text) == count


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_and_code_fits_into_one_sms(language):
    words = {"app": "Kalender 24", "date": "donnerstag, 24. september 2026"}
    for message in MESSAGES.values():
        assert segments(plainer(translated(message.subject, language).format_map(words))) == 1
    assert segments(plainer(phone_code_text(language, "Kalender 24", "123456"))) == 1


def test_only_a_proved_number_is_reached_and_no_account_mail_goes_there():
    account = Account(email="mia@example.org", display_name="Mia", created_at=NOON)
    sms = channel(Elks46())

    assert sms.address_of(Reach(account, NoticePreference(account_id=account.id))) is None
    account.phone = NUMBER
    assert sms.address_of(Reach(account, NoticePreference(account_id=account.id))) == NUMBER
    assert [sms.mail_address(kind) for kind in MailKind] == [None] * len(MailKind)


@pytest.mark.parametrize(("caller", "wanted"), [
    ("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
])
def test_twilios_published_examples_are_signed_as_twilio_signs_them(caller, wanted):
    fields = [("CallSid", "CA1234567890ABCDE"), ("From", caller), ("To", "+18005551212"), ("Caller", caller),
              ("Digits", "1234")]

    assert signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", fields) == wanted
