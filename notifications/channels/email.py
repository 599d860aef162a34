"""E-mail by SMTP: a text and the same as plain HTML, encrypted whenever the server offers it."""

import contextlib
import ssl
from collections.abc import Callable
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import aiosmtplib

from models import AccountMail
from notifications.channels.base import ChannelError, Parcel, Reach, Receipt
from notifications.channels.mail_form import ONE_LINE, as_html

SECONDS = 15.0
"""Per step of the conversation; the sender has a total deadline besides."""
GOODBYE_SECONDS = 2.0
HERE = ("localhost", "127.0.0.1", "::1")


class EmailChannel:
    """`smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…` (TLS from the start)."""

    name = "email"
    replaces = False

    def __init__(
        self, url: str, sender: str, app_name: str, trust: ssl.SSLContext | None = None,
        unsubscribe: Callable[[UUID], str | None] = lambda _account_id: None,
    ) -> None:
        """`unsubscribe`: the https address at which one click turns this account's reminder mails off.

        Raises ValueError, without showing the URL, when URL or sender can't be used.
        """
        self._server = _server(url)
        self._trust = trust
        self._sender = _address(sender)
        self._unsubscribe = unsubscribe
        self._from = Address(_one_line(app_name), addr_spec=self._sender)

    def address_of(self, reach: Reach) -> str | None:
        """A reminder goes to an address of which we know that its owner reads it."""
        account = reach.account
        return account.email if account.email_verified_at and not account.mail_refused_at else None

    def mail_address(self, mail: AccountMail) -> str | None:
        return mail.address

    async def send(self, parcel: Parcel) -> Receipt:
        mail = self._mail(parcel)
        client = self._client()
        try:
            await client.connect()
            await client.send_message(mail, sender=self._sender, recipients=[parcel.address])
            await _say_goodbye(client)
        except aiosmtplib.SMTPException as failure:
            raise _channel_error(failure) from failure
        except OSError as failure:
            raise ChannelError("connection_failed") from failure
        finally:
            client.close()
        return Receipt(str(mail["Message-ID"]))

    async def close(self) -> None:
        """Nothing is held open."""

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        user = unquote(server.username) if server.username else None
        encrypted = server.scheme == "smtps"
        # A password never travels in the clear: with one, a server elsewhere must offer STARTTLS.
        starttls = False if encrypted else True if user and server.hostname not in HERE else None
        return aiosmtplib.SMTP(
            hostname=server.hostname, port=server.port or (465 if encrypted else 25), timeout=SECONDS,
            username=user, password=unquote(server.password or "") if user else None,
            use_tls=encrypted, start_tls=starttls, tls_context=self._trust,
            local_hostname=self._sender.rpartition("@")[2],
        )

    def _mail(self, parcel: Parcel) -> EmailMessage:
        try:
            mail = EmailMessage(policy=ONE_LINE)
            mail["From"] = self._from
            mail["To"] = Address(addr_spec=_address(parcel.address))
            mail["Subject"] = _one_line(parcel.subject)
            mail["Date"] = format_datetime(parcel.at)
            # The same for every try: a mail sent again after a crash is recognised as the same one.
            mail["Message-ID"] = f"<{parcel.id}@{self._sender.rpartition('@')[2]}>"
            mail["Auto-Submitted"] = "auto-generated"
            if parcel.account_id and (address := self._unsubscribe(parcel.account_id)):
                mail["List-Unsubscribe"] = f"<{address}>"
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            mail.set_content(parcel.body, charset="utf-8", cte="quoted-printable")
            mail.add_alternative(as_html(parcel.body), subtype="html", charset="utf-8", cte="quoted-printable")
        except (ValueError, MessageError) as fault:
            raise ChannelError("address_unusable", permanent=True) from fault
        return mail


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """The mail is accepted by now; how the conversation ends changes nothing."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE_SECONDS)


def _server(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("SMTP_URL is neither smtp://host:port nor smtps://host:port")
    return parts


def _address(text: str) -> str:
    """Raises ValueError for what could become a second header or a second recipient."""
    name, at, domain = text.rpartition("@")
    if not (name and at and domain) or not text.isprintable() or any(sign in text for sign in ' ,;:<>"()[]\\'):
        raise ValueError("not one plain e-mail address")
    return text


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _recipient_error(refusal: aiosmtplib.SMTPRecipientRefused) -> ChannelError:
    """RFC 3463: 5.7 is what they think of us, not of the address; 5.2.2 is a full mailbox, which is emptied again."""
    if refusal.message.startswith("5.7."):
        return ChannelError(f"policy_refused {refusal.code}", ours=True)
    full = refusal.message.startswith("5.2.2")
    return ChannelError(f"recipient_refused {refusal.code}", permanent=refusal.code >= 500 and not full)


def _channel_error(failure: aiosmtplib.SMTPException) -> ChannelError:
    """Refused for good are only this recipient and this content; all else may be our own set-up, so we try again."""
    if isinstance(failure, aiosmtplib.SMTPRecipientsRefused):
        return _recipient_error(failure.recipients[0])
    if isinstance(failure, aiosmtplib.SMTPDataError):
        return ChannelError(f"content_refused {failure.code}", permanent=failure.code >= 500)
    if isinstance(failure, aiosmtplib.SMTPNotSupported):
        return ChannelError("not_supported", permanent=False)
    if isinstance(failure, aiosmtplib.SMTPResponseException):
        return ChannelError(f"smtp_refused {failure.code}")
    return ChannelError("connection_failed")
