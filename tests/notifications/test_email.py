"""E-mail: a real SMTP conversation with a real server."""

import ssl
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aiosmtplib import SMTPException
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models import Account, NoticePreference
from notifications.channels import CHANNELS
from notifications.channels.base import ChannelError, Parcel, Reach
from notifications.channels.email import EmailChannel
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due
from notifications.words.privacy import refuse_clinical_content
from tests.mail_server import MailServer, running

NOTICE = UUID("018f0000-0000-7000-8000-000000000001")
PARCEL = Parcel(NOTICE, "mia@example.org", "Diary: hur var veckan?", "En fråga väntar – åäö.\n",
                datetime(2026, 5, 10, 16, tzinfo=UTC))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(server's context, context of a client that trusts it) for localhost."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    cert = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    folder = tmp_path_factory.mktemp("tls")
    pem = cert.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


def channel(port: int, url: str = "smtp://localhost:{port}", trust: ssl.SSLContext | None = None) -> EmailChannel:
    return EmailChannel(url.format(port=port), "diary@clinic.example", "Diary", trust)


def text_of(mail) -> str:
    return mail.get_body(["plain"]).get_content()


async def test_mail_is_a_real_smtp_conversation_and_says_nothing_about_health(cast, study, now):
    await plan_reminders(study.protocol, now)
    server = MailServer()

    async with running(server) as port:
        sent = await send_due([EmailChannel(f"smtp://localhost:{port}", "diary@example.org", "Diary")], "Diary",
                              lambda: now)

    assert sent == 2
    assert {e.rcpt_tos[0] for e, _ in server.mails} == {"mia@example.org", "eve@example.org"}
    for envelope, mail in server.mails:
        assert envelope.mail_from == "diary@example.org"
        assert mail["From"] == "Diary <diary@example.org>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_content_type() == "multipart/alternative"
        refuse_clinical_content(mail["Subject"], ["BOOSTB4", "SE01-001"])
        for part in mail.iter_parts():
            refuse_clinical_content(part.get_content(), ["BOOSTB4", "SE01-001", "Leo", "Stockholm"])


async def test_letters_of_all_languages_arrive_and_the_message_id_names_the_notice():
    server = MailServer()

    async with running(server) as port:
        await channel(port).send(PARCEL)
        await channel(port).send(PARCEL)

    mail = server.mails[0][1]
    assert text_of(mail).strip() == "En fråga väntar – åäö."
    assert "<p>En fråga väntar – åäö.</p>" in mail.get_body(["html"]).get_content()
    assert mail["Date"].datetime == PARCEL.at
    assert {m["Message-ID"] for _, m in server.mails} == {f"<{NOTICE}@clinic.example>"}
    assert server.tls == [False, False]


async def test_mail_is_encrypted_when_the_server_offers_it(certificate):
    server = MailServer()

    async with running(server, tls_context=certificate[0]) as port:
        await channel(port, trust=certificate[1]).send(PARCEL)

    assert server.tls == [True]


async def test_mail_is_not_sent_to_a_server_with_a_certificate_nobody_trusts(certificate):
    server = MailServer()

    async with running(server, tls_context=certificate[0]) as port:
        with pytest.raises(ChannelError, match="connection_failed") as refusal:
            await channel(port).send(PARCEL)

    assert not refusal.value.permanent
    assert server.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the test server does not see the TLS around it
async def test_smtps_is_encrypted_from_the_start_and_signs_in(certificate):
    server = MailServer()
    url = "smtps://mailer%40x:p%40ss@localhost:{port}"

    async with running(server, tls_from_the_start=certificate[0], authenticator=server.authenticate,
                       auth_required=True, auth_require_tls=False) as port:
        await channel(port, url, certificate[1]).send(PARCEL)

    assert (len(server.mails), server.users) == (1, ["mailer@x"])


@pytest.mark.parametrize(("answers", "error", "permanent"), [
    ({"RCPT": "550 no such mailbox mia@example.org"}, "recipient_refused 550", True),
    ({"RCPT": "451 greylisted"}, "recipient_refused 451", False),
    ({"DATA": "554 spam"}, "content_refused 554", True), ({"DATA": "452 full"}, "content_refused 452", False),
    ({"MAIL": "550 who are you"}, "smtp_refused 550", False),
    ({"RCPT": "550 5.1.1 no such mailbox"}, "recipient_refused 550", True),
    ({"RCPT": "552 5.2.2 mailbox full"}, "recipient_refused 552", False),
    ({"RCPT": "550 5.7.1 your server is on a list"}, "policy_refused 550", False),
])
async def test_a_refusal_is_told_as_a_code_and_only_that_address_for_good(answers, error, permanent):
    server = MailServer(**answers)

    async with running(server) as port:
        with pytest.raises(ChannelError) as refusal:
            await channel(port).send(PARCEL)

    assert (str(refusal.value), refusal.value.permanent) == (error, permanent)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # a server that would take a password in the clear
async def test_a_password_never_travels_in_the_clear():
    server = MailServer()
    elsewhere = EmailChannel("smtp://mailer:secret@mail.example:25", "diary@example.org", "Diary")._client()
    async with running(server, authenticator=server.authenticate, auth_require_tls=False) as port:
        elsewhere.hostname, elsewhere.port = "127.0.0.1", port  # a server elsewhere that offers no encryption
        with pytest.raises(SMTPException, match="STARTTLS"):
            await elsewhere.connect()

    assert server.users == []


async def test_no_server_is_tried_again_later():
    async with running(MailServer()) as port:
        pass

    with pytest.raises(ChannelError, match="connection_failed") as refusal:
        await channel(port).send(PARCEL)

    assert not refusal.value.permanent


async def test_a_line_break_in_a_subject_or_name_makes_no_header():
    server = MailServer()
    odd = Parcel(NOTICE, "mia@example.org", "Hello\r\nBcc: eve@example.org\x00", "Text\r\n.\r\nMAIL FROM:<x@y>\r\n",
                 PARCEL.at)

    async with running(server) as port:
        await EmailChannel(f"smtp://localhost:{port}", "diary@example.org", "Di\nary\r\nBcc: eve@example.org").send(odd)

    envelope, mail = server.mails[0]
    assert len(server.mails) == 1
    assert envelope.rcpt_tos == ["mia@example.org"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: eve@example.org"
    assert "MAIL FROM" in text_of(mail)


@pytest.mark.parametrize("address", ["mia@example.org\r\nRCPT TO:<eve@example.org>", "a@b, eve@example.org", "mia", "",
                                     "<mia@example.org>", "mia @example.org", "\"mia\"@example.org"])
async def test_an_address_that_is_not_one_plain_address_is_refused_before_any_conversation(address):
    with pytest.raises(ChannelError) as refusal:
        await channel(1).send(Parcel(NOTICE, address, "Hello", "Text", PARCEL.at))

    assert (str(refusal.value), refusal.value.permanent) == ("address_unusable", True)


@pytest.mark.parametrize(("url", "sender"), [
    ("http://mail", "a@b.se"), ("smtp://", "a@b.se"), ("smtp://mail:0", "a@b.se"), ("smtp://mail:x", "a@b.se"),
    ("smtp://mail", "nobody"), ("smtp://mail", "a@b.se\nBcc: c@d.se"),
])
def test_a_server_or_sender_that_cannot_be_used_is_found_at_the_start(url, sender):
    with pytest.raises(ValueError, match=r"SMTP_URL|address") as refusal:
        EmailChannel(url, sender, "Diary")

    assert "mail:" not in str(refusal.value)


def test_only_an_address_that_is_read_is_reached():
    account = Account(email="mia@example.org", email_verified_at=PARCEL.at, display_name="", created_at=PARCEL.at)
    reach = Reach(account, NoticePreference(account_id=account.id))

    assert channel(25).address_of(reach) == "mia@example.org"
    account.mail_refused_at = PARCEL.at
    assert channel(25).address_of(reach) is None
    account.mail_refused_at = account.email_verified_at = None
    assert channel(25).address_of(reach) is None


async def test_console_shows_the_text_and_no_address(capsys):
    account = Account(email="mia@example.org", display_name="Mia", created_at=PARCEL.at)
    console = CHANNELS["console"]()
    address = console.address_of(Reach(account, NoticePreference(account_id=account.id)))

    await console.send(Parcel(NOTICE, address, "Diary: one question is waiting", "…", PARCEL.at))

    printed = capsys.readouterr().out
    assert "Diary: one question is waiting" in printed
    assert "example.org" not in printed


def test_every_channel_is_registered_under_its_own_name():
    assert all(found.name == name for name, found in CHANNELS.items())
