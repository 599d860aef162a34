"""Mails about an account itself: a room queues one in its own transaction, the worker sends it.

A link is made by the worker just before it leaves, so whoever asks learns nothing from words or time, and its secret
stands in no row longer than the mail needs.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from backend.accounts.mailed_links import Envelope, prepare
from backend.clock import utc_now
from backend.wiring import Wiring
from models import Account, AccountMail, StudyProtocol
from models.delivery import back_off, claim_due, finish
from models.vocabulary import DeliveryState, MailKind
from notifications.channels.base import ChannelError, Parcel
from notifications.sending.writing import ADDRESS_REFUSED
from notifications.words.messages import LIFETIME, mail_text
from notifications.words.privacy import ClinicalContent, refuse_clinical_content

AT_ONCE = 10
DEADLINE = 30.0
"""Seconds for one mail: well inside the lease."""
GIVE_UP_AFTER = timedelta(days=2)
log = logging.getLogger("backend.accounts")


async def queue_mail(
    account: Account | None, kind: MailKind, now: datetime, *, address: str | None = None,
    useless_after: datetime | None = None,
) -> AccountMail:
    """Queue a mail; call it inside the use case's own transaction. A kind that carries a link gets it when it leaves.

    Without an account (password reset) the worker looks whether somebody has the address.
    """
    if useless_after is None and kind in LIFETIME:
        useless_after = now + LIFETIME[kind]
    return await AccountMail.create(
        account=account, kind=kind, address=address or (account.email if account else ""), useless_after=useless_after,
        due_at=now, created_at=now,
    )


async def send_account_mails(wiring: Wiring, now: datetime) -> int:
    """What the timetable calls; reads the clock for every mail anew, because a round may take minutes."""
    del now
    return await send_mails_due(wiring, utc_now)


async def send_mails_due(wiring: Wiring, now_fn: Callable[[], datetime]) -> int:
    """How many mails left."""
    left = 0
    codes: frozenset[str] | None = None
    while claimed := await claim_due(AccountMail, now_fn(), AT_ONCE):
        if codes is None:
            codes = frozenset(await StudyProtocol.all().values_list("code", flat=True))  # type: ignore[arg-type]
        left += sum(await asyncio.gather(*(_send(wiring, mail, codes, now_fn) for mail in claimed)))
    return left


async def _send(wiring: Wiring, mail: AccountMail, codes: frozenset[str], now_fn: Callable[[], datetime]) -> bool:
    """One mail to its end; whatever goes wrong with it stays with it."""
    try:
        envelope = await prepare(wiring, mail, now_fn())
        if envelope is None:
            return False
        await _hand_over(wiring, mail, envelope, codes, now_fn())
    except ClinicalContent as refusal:
        log.error("mail=%s kind=%s not sent: its text contains a %s", mail.id, mail.kind, refusal)
        await _end(mail, DeliveryState.DEAD, now_fn(), "clinical_content")
    except ChannelError as failure:
        await _failed(mail, str(failure), now_fn(), permanent=failure.permanent)
        if failure.permanent and str(failure).split()[0] in ADDRESS_REFUSED:  # the app says so, and reminders stop
            await Account.filter(email=mail.address).update(mail_refused_at=now_fn())
    except TimeoutError:
        await _failed(mail, "deadline", now_fn())
    except Exception as bug:
        log.error("mail=%s bug=%s", mail.id, type(bug).__name__)
        await _failed(mail, "bug", now_fn())
    else:
        await _end(mail, DeliveryState.DELIVERED, now_fn())
        return True
    return False


async def _hand_over(
    wiring: Wiring, mail: AccountMail, envelope: Envelope, codes: frozenset[str], now: datetime
) -> None:
    text = mail_text(mail.kind, envelope.account.language, wiring.settings.app_name)
    for part in (text.subject, text.body, text.footer):  # not the link: chance may write anything into a secret
        refuse_clinical_content(part, codes)
    parts = [text.body, envelope.link, text.footer] if envelope.link else [text.body, text.footer]
    for channel in wiring.channels:
        if address := channel.mail_address(mail):
            async with asyncio.timeout(DEADLINE):
                await channel.send(
                    Parcel(mail.id, address, text.subject, "\n\n".join(parts) + "\n", now, link=envelope.link)
                )
            return
    raise ChannelError("no_channel")


async def _failed(mail: AccountMail, error: str, now: datetime, *, permanent: bool = False) -> None:
    if permanent or now - mail.created_at > GIVE_UP_AFTER:
        await _end(mail, DeliveryState.DEAD, now, error)
    elif not await finish(mail, mail.fence, due_at=back_off(mail.attempts, now), last_error=error):
        log.warning("mail=%s was taken over", mail.id)


async def _end(mail: AccountMail, state: DeliveryState, now: datetime, error: str | None = None) -> None:
    delivered_at = now if state == DeliveryState.DELIVERED else None
    changes = {"state": state, "delivered_at": delivered_at, "last_error": error, "sealed_link": None}
    if not await finish(mail, mail.fence, **changes):
        log.warning("mail=%s was taken over", mail.id)
