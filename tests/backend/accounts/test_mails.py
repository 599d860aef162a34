"""Mails about an account: each leaves once, its link stands nowhere afterwards, and it says nothing about health."""

import asyncio
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from backend.access.authentication import is_secure
from backend.accounts.mails import queue_mail, send_mails_due
from backend.housekeeping import clear_what_is_over
from backend.settings import Settings
from backend.wiring import channels
from models import Account, AccountMail, MailedLink, NoticePreference
from models.delivery import LEASE, claim_due
from models.vocabulary import DeliveryState, MailKind
from notifications.channels.base import ChannelError, Reach
from notifications.channels.console import ConsoleChannel
from notifications.channels.email import EmailChannel
from notifications.words.languages import LANGUAGES
from notifications.words.messages import mail_text
from notifications.words.privacy import refuse_clinical_content


@pytest.fixture
async def mia(cast, signs_in):
    await signs_in("mia")
    return cast.mia.account


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_health_or_lacks_a_language(kind, language):
    text = mail_text(kind, language, "Diary")

    for part in (text.subject, text.body, text.footer):
        refuse_clinical_content(part, ["BOOSTB4"])
    assert "Diary" in text.subject
    assert language == "en" or text.body != mail_text(kind, "en", "Diary").body


async def test_mail_leaves_once_and_its_link_is_forgotten(mia, now, post):
    mia.language = "sv"
    await mia.save()
    mail = await queue_mail(mia, MailKind.RESET_PASSWORD, now)

    (parcel,) = await post.collect(now)

    assert (parcel.id, parcel.address) == (mail.id, "mia@example.org")
    assert parcel.link.startswith("http://localhost:8000/reset-password#")
    assert "lösenord" in parcel.subject
    await mail.refresh_from_db()
    assert (mail.state, mail.delivered_at, mail.sealed_link) == (DeliveryState.DELIVERED, now, None)
    assert await post.collect(now) == []


async def test_secret_of_a_link_stands_in_no_row_in_plain(mia, now, post):
    mail = await queue_mail(mia, MailKind.RESET_PASSWORD, now)
    post.refusals = [ChannelError("busy")]
    await post.collect(now)
    await mail.refresh_from_db()

    again = await post.collect(mail.due_at)

    assert mail.sealed_link
    assert "reset-password" not in mail.sealed_link
    assert again[0].link.partition("#")[2] not in str(await MailedLink.all().values()) + str(mail.__dict__)


async def test_mail_tried_again_is_the_same_mail_with_the_same_link(mia, now, post):
    mail = await queue_mail(mia, MailKind.RESET_PASSWORD, now)
    post.refusals = [ChannelError("busy")]

    assert await post.collect(now) == []
    await mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (DeliveryState.QUEUED, "busy")
    made = await MailedLink.get()
    (parcel,) = await post.collect(mail.due_at)

    assert parcel.id == mail.id  # and with it the Message-ID
    assert await MailedLink.all().values_list("token_hash", flat=True) == [made.token_hash]


async def test_sender_that_was_killed_after_making_the_link_leaves_it_to_the_next(mia, now, post, study):
    mail = await queue_mail(mia, MailKind.RESET_PASSWORD, now)
    await claim_due(AccountMail, now, 1)

    assert await post.collect(now) == []
    assert [parcel.id for parcel in await post.collect(now + LEASE)] == [mail.id]


async def test_two_workers_send_each_mail_once(cast, now, post):
    mails = [await queue_mail(cast.people[name].account, MailKind.PASSWORD_CHANGED, now) for name in ("mia", "ben")]

    await asyncio.gather(*(send_mails_due(post.wiring, lambda: now) for _ in range(4)))

    assert sorted(parcel.id for parcel in post.parcels) == sorted(mail.id for mail in mails)


async def test_mail_whose_link_is_over_is_not_sent_any_more(mia, now, post):
    mail = await queue_mail(mia, MailKind.RESET_PASSWORD, now)

    assert await post.collect(now + timedelta(minutes=10)) == []

    await mail.refresh_from_db()
    assert (mail.state, mail.last_error, mail.sealed_link) == (DeliveryState.CANCELLED, "too_late", None)


async def test_refused_address_is_not_tried_again(mia, now, post):
    mail = await queue_mail(mia, MailKind.VERIFY_EMAIL, now)
    await mia.update_from_dict({"email_verified_at": None}).save()
    post.refusals = [ChannelError("recipient_refused 550", permanent=True)]

    await post.collect(now)

    await mail.refresh_from_db()
    assert (mail.state, mail.last_error, mail.sealed_link) == (DeliveryState.DEAD, "recipient_refused 550", None)


async def test_mail_is_given_up_after_two_days(mia, now, post):
    mail = await queue_mail(mia, MailKind.PASSWORD_CHANGED, now)
    post.refusals = [ChannelError("busy")] * 2
    await post.collect(now)
    await post.collect(now + timedelta(days=2, minutes=1))

    await mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (DeliveryState.DEAD, "busy")


async def test_text_that_says_too_much_stays(mia, now, post):
    mail = await queue_mail(mia, MailKind.PASSWORD_CHANGED, now)
    settings = replace(post.wiring, settings=Settings(app_name="Fracture Diary", secret_key="x" * 32))

    assert await send_mails_due(settings, lambda: now) == 0

    await mail.refresh_from_db()
    assert (post.parcels, mail.state, mail.last_error) == ([], DeliveryState.DEAD, "clinical_content")


@pytest.mark.parametrize(("public_url", "shown"), [("http://localhost:8000", True), ("https://diary.example", False)])
async def test_console_shows_links_on_a_developers_own_machine_only(mia, now, post, study, public_url, shown):
    (console,) = channels(Settings(public_url=public_url))
    assert isinstance(console, ConsoleChannel)
    console.stream = io.StringIO()
    await queue_mail(mia, MailKind.RESET_PASSWORD, now)

    await send_mails_due(replace(study, channels=(console,)), lambda: now)

    printed = console.stream.getvalue()
    assert ("/reset-password#" in printed) is shown is not is_secure(public_url)
    assert "mia@example.org" not in printed


async def test_what_is_over_is_cleared_away_after_a_month(mia, now, post, study):
    await queue_mail(mia, MailKind.RESET_PASSWORD, now)
    await post.collect(now)

    await clear_what_is_over(study, now + timedelta(days=29))
    assert (await AccountMail.all().count(), await MailedLink.all().count()) == (1, 1)
    await clear_what_is_over(study, now + timedelta(days=31))
    assert (await AccountMail.all().count(), await MailedLink.all().count()) == (0, 0)


async def test_reminders_go_to_verified_addresses_only(mia):
    channel = EmailChannel("smtp://localhost", "diary@localhost", "Diary")
    reach = Reach(mia, NoticePreference(account_id=mia.id))

    assert channel.address_of(reach) == "mia@example.org"
    mia.email_verified_at = None
    assert channel.address_of(reach) is None


@pytest.mark.parametrize(("refusal", "refused"), [
    (ChannelError("recipient_refused 550", permanent=True), True), (ChannelError("content_refused 554", True), False),
    (ChannelError("recipient_refused 451"), False), (ChannelError("policy_refused 550", ours=True), False),
])
async def test_an_address_that_takes_nothing_is_noted_for_reminders_too(mia, now, post, refusal, refused):
    post.refusals = [refusal]
    await queue_mail(mia, MailKind.RESET_PASSWORD, now)
    await queue_mail(mia, MailKind.EMAIL_CHANGED, now, address="former@example.org")

    await post.collect(now)

    assert ((await Account.get(id=mia.id)).mail_refused_at is not None) is refused
