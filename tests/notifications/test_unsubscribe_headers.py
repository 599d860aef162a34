"""Reminder mails can be turned off with one click (RFC 8058): two headers, each on one line, and only on reminders."""

import dataclasses
import hashlib
import re
from datetime import UTC, datetime
from uuid import UUID

import aiosmtplib
import pytest

from backend.access.seal import Seal
from backend.accounts.mails import queue_mail, send_mails_due
from backend.reach.unsubscribe_address import account_named, unsubscribe_address
from models import Account, DataQuery, Notice, NoticeAttempt
from models.vocabulary import AttemptState, MailKind, NoticeKind
from notifications.channels.base import ChannelError, Parcel
from notifications.channels.email import EmailChannel
from notifications.channels.mail_form import as_html
from notifications.sending.sender import send_due
from tests.mail_server import MailServer, running
from tests.models.rows import entry

NOTICE, MIA = UUID("018f0000-0000-7000-8000-000000000001"), UUID("018f0000-0000-7000-8000-00000000000a")
SEAL = Seal("a secret key that is used in tests only")
LONG = "https://a-very-long-name-of-a-hospital-and-its-department.diary.region-of-a-country.example.org"
PARCEL = Parcel(NOTICE, "mia@example.org", "Diary: hur var veckan åäö?", "En fråga väntar.\n\nHälsningar\n",
                datetime(2026, 5, 10, 16, tzinfo=UTC), kind="check_in_due", account_id=MIA)
SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post")


def channel(port: int, public_url: str = LONG) -> EmailChannel:
    return EmailChannel(f"smtp://localhost:{port}", "diary@clinic.example", "Diary",
                        unsubscribe=unsubscribe_address(SEAL, public_url))


async def received(parcel: Parcel, public_url: str = LONG) -> bytes:
    """What came over the wire, byte by byte."""
    server = MailServer()
    async with running(server) as port:
        await channel(port, public_url).send(parcel)
    return server.mails[0][0].content


def relaxed(raw: bytes) -> str:
    """The hash that a DKIM signature covers: chosen headers, unfolded, in the form "relaxed" (RFC 6376 3.4.2)."""
    head = re.sub(rb"\r\n(?=[ \t])", b"", raw.partition(b"\r\n\r\n")[0])
    lines = {line.partition(b":")[0].lower(): line.partition(b":")[2] for line in head.split(b"\r\n")}
    chosen = [name + b":" + re.sub(rb"[ \t]+", b" ", lines[name]).strip() for name in SIGNED]
    return hashlib.sha256(b"\r\n".join(chosen)).hexdigest()


async def test_both_headers_stand_on_one_line_each_however_long_our_name_is():
    head = (await received(PARCEL)).partition(b"\r\n\r\n")[0].decode("ascii")

    lines = [line for line in head.split("\r\n") if line.startswith("List-")]
    address = re.fullmatch(r"List-Unsubscribe: <(https://\S+)>", lines[0])[1]
    assert lines[1:] == ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    assert len(lines[0]) > 78, "long enough to be folded"
    assert address.startswith(f"{LONG}/u/")
    assert account_named(SEAL, address.rpartition("/")[2]) == MIA
    assert "Auto-Submitted: auto-generated" in head


async def test_a_signature_over_the_headers_survives_the_next_server():
    """A server that reads and writes the mail anew leaves what is signed as it was."""
    raw = await received(PARCEL)
    server = MailServer()
    async with running(server) as port:
        await aiosmtplib.send(raw, sender="diary@clinic.example", recipients=["mia@example.org"], hostname="localhost",
                              port=port, start_tls=False)

    assert relaxed(server.mails[0][0].content) == relaxed(raw)
    assert relaxed(raw.replace(b"One-Click", b"Two-Click")) != relaxed(raw)


async def test_text_and_html_say_the_same_and_load_nothing():
    server = MailServer()
    async with running(server) as port:
        await channel(port).send(PARCEL)

    mail = server.mails[0][1]
    page = mail.get_body(["html"]).get_content()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert re.sub(r"<[^>]+>", " ", page).split() == mail.get_body(["plain"]).get_content().split()
    assert not re.search(r"<(img|script|link|style|iframe)|src=|url\(", page)


@pytest.mark.parametrize("changes", [{"account_id": None}, {"public_url": "http://localhost:8000"}])
async def test_without_account_or_https_there_is_no_such_header(changes):
    public_url = changes.pop("public_url", LONG)
    values = {name: getattr(PARCEL, name) for name in PARCEL.__dataclass_fields__} | changes

    assert b"List-" not in await received(Parcel(**values), public_url)


def test_an_address_in_a_text_can_be_opened_and_nothing_else_becomes_html():
    page = as_html("Hello <b>you</b> & me\nhttps://x.example/app/#a=1&b=2.\n\n\n\n\"Bye\" http://y.example/")

    assert "<p>Hello &lt;b&gt;you&lt;/b&gt; &amp; me<br>" in page
    assert '<a href="https://x.example/app/#a=1&amp;b=2">https://x.example/app/#a=1&amp;b=2</a>.</p>' in page
    assert page.count("<p>") == 2


async def test_mails_about_an_account_itself_have_no_such_header(cast, study, now):
    server = MailServer()
    await queue_mail(cast.mia.account, MailKind.PASSWORD_CHANGED, now)
    async with running(server) as port:
        await send_mails_due(dataclasses.replace(study, channels=(channel(port),)), lambda: now)

    assert len(server.mails) == 1
    assert b"List-" not in server.mails[0][0].content


async def told(cast, now, server: MailServer) -> NoticeAttempt:
    query = await DataQuery.create(
        entry=await entry(cast.leo), participant=cast.leo, seq=2, field="", question="?", state="open",
        entry_version=1, opened_by=cast.nora.account, opened_at=now,
    )
    one = await Notice.create(
        account=cast.mia.account, participant=cast.leo, kind=NoticeKind.QUERY_WAITING, subject_id=query.id,
        slot="opened", due_at=now, created_at=now,
    )
    async with running(server) as port:
        await send_due([channel(port)], "Diary", lambda: now)
    return await NoticeAttempt.get(notice_id=one.id)


async def test_a_notice_can_be_turned_off_by_its_reader(cast, study, now):
    server = MailServer()

    attempt = await told(cast, now, server)

    head = server.mails[0][0].content.partition(b"\r\n\r\n")[0].decode()
    token = re.search(r"^List-Unsubscribe: <\S+/u/(\S+)>\r$", head, re.MULTILINE)[1]
    assert attempt.state is AttemptState.ACCEPTED
    assert account_named(SEAL, token) == cast.mia.id


@pytest.mark.parametrize(("answer", "refused"), [
    ("550 5.1.1 no such mailbox", True), ("550 5.7.1 we don't like your server", False), ("451 later", False),
    ("552 5.2.2 full", False),
])
async def test_an_address_that_takes_nothing_is_noted_and_left_alone(cast, study, now, answer, refused):
    await told(cast, now, MailServer(RCPT=answer))

    account = await Account.get(id=cast.mia.id)
    assert (account.mail_refused_at is not None) is refused


async def test_a_hard_bounce_is_an_error_for_good_and_never_quotes_the_address():
    async with running(MailServer(RCPT="550 5.1.1 mia@example.org is no more")) as port:
        with pytest.raises(ChannelError) as refusal:
            await channel(port).send(PARCEL)

    assert (str(refusal.value), refusal.value.permanent) == ("recipient_refused 550", True)
