"""A real SMTP server for tests: what it takes is kept, and it refuses what it is told to refuse."""

import asyncio
import email
import email.policy
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, AuthResult


class MailServer:
    """Keeps each mail with its envelope; `answers` maps a command to what it says instead of yes."""

    def __init__(self, **answers: str) -> None:
        self.mails, self.answers, self.tls, self.users = [], answers, [], []

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        if "DATA" not in self.answers:
            self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)))
            self.tls.append(session.ssl is not None)
        return self.answers.get("DATA", "250 OK")

    def authenticate(self, server, session, envelope, mechanism, data):
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"p@ss")


@asynccontextmanager
async def running(box: MailServer, **options):
    loop = asyncio.get_running_loop()
    wrapped = options.pop("tls_from_the_start", None)
    server = await loop.create_server(
        lambda: SMTP(box, loop=loop, hostname="mail.test", **options), "127.0.0.1", 0, ssl=wrapped
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0)
