"""The e-mail address of an account: it is the sign-in name, and counts once a link mailed to it was opened."""

from contextlib import suppress
from datetime import datetime

from tortoise.exceptions import IntegrityError

from backend.access.actor import Actor
from backend.access.credentials import is_staff, new_sign_in_name
from backend.access.limits import count_attempt
from backend.accounts.mailed_links import link_shown, living_links, use_up
from backend.accounts.mails import queue_mail
from backend.accounts.own_account import KEPT_OUT_OF_THE_TRAIL
from backend.audit import record
from backend.errors import EmailUnverified, LinkRefused, TooManyAttempts
from backend.wiring import Wiring
from models import Account, MailedLink
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import LinkPurpose, MailKind

TRIES_PER_ADDRESS = 30
MAILS_PER_ACCOUNT = 3
"""Per quarter of an hour: nobody's mailbox is filled through us."""


async def prove_address(wiring: Wiring, token: str, address: str, now: datetime) -> None:
    """Whoever shows the token has read the mail: the address counts from now on.

    Raises LinkRefused or TooManyAttempts.
    """
    await count_attempt(wiring.seal, "mailed_link_address", address, TRIES_PER_ADDRESS, now)
    link, _ = await link_shown(token, (LinkPurpose.VERIFY_EMAIL, LinkPurpose.CHANGE_EMAIL), now)
    if link.purpose == LinkPurpose.VERIFY_EMAIL:
        await _confirm(link, now)
        return
    try:
        await _adopt(link, now)
    except IntegrityError:  # somebody else's address by now
        raise LinkRefused from None


@atomic
async def _confirm(link: MailedLink, now: datetime) -> None:
    account = await use_up(link, now)
    if account.email != link.email:
        raise LinkRefused
    had, account.email_verified_at, account.mail_refused_at = account.email_verified_at, now, None
    await account.save(update_fields=["email_verified_at", "mail_refused_at"])
    await living_links(account).filter(purpose=LinkPurpose.VERIFY_EMAIL).update(used_at=now)
    reader = _reader(account, Action.EMAIL_VERIFY)
    await record(reader, reader.action, account, now, changes={"email_verified": [had is not None, True]})


@atomic
async def _adopt(link: MailedLink, now: datetime) -> None:
    """The new address is the sign-in name; links to the old one are over, and whoever reads it is told."""
    account = await use_up(link, now)
    former = account.email if account.email_verified_at else None
    account.email, account.email_verified_at, account.mail_refused_at = link.email, now, None
    await account.save(update_fields=["email", "email_verified_at", "mail_refused_at"])
    await living_links(account).update(used_at=now)
    reader = _reader(account, Action.EMAIL_CHANGE)
    await record(reader, reader.action, account, now, changes={"email": [KEPT_OUT_OF_THE_TRAIL, KEPT_OUT_OF_THE_TRAIL]})
    if former:
        await queue_mail(account, MailKind.EMAIL_CHANGED, now, address=former)


def _reader(account: Account, action: Action) -> Actor:
    """Who holds the link acts for the account, whether signed in or not."""
    return Actor(account_id=account.id, session_id=None, action=action)


async def ask_again(actor: Actor, wiring: Wiring, now: datetime) -> None:
    """Another verification mail; none for an address that is verified and takes mail. Raises TooManyAttempts."""
    await count_attempt(wiring.seal, "verification_mail", str(actor.account), MAILS_PER_ACCOUNT, now)
    await _mail_link(actor, now)


async def require_verified(wiring: Wiring, account: Account, now: datetime) -> None:
    """For whoever gave the right password. Raises EmailUnverified, with a fresh link on its way.

    The device on which the linking code was redeemed is signed in and stays so. (Staff: see the first sign-in.)
    """
    if account.email_verified_at is not None or await is_staff(account, now):
        return
    with suppress(TooManyAttempts):  # there are some on their way
        await count_attempt(wiring.seal, "verification_mail", str(account.id), MAILS_PER_ACCOUNT, now)
        await _mail_link(_reader(account, Action.EMAIL_VERIFY), now)
    raise EmailUnverified


@atomic
async def _mail_link(actor: Actor, now: datetime) -> None:
    account = await Account.get(id=actor.account)
    if account.email_verified_at is None or account.mail_refused_at is not None:
        await record(actor, actor.action, account, now, reason="link_asked_for")
        await queue_mail(account, MailKind.VERIFY_EMAIL, now)


async def ask_for_change(actor: Actor, wiring: Wiring, email: str, now: datetime) -> None:
    """A link to the new address. Whether it is somebody's is seen only when the mail would leave: nobody learns it.

    Raises DoesNotFit or TooManyAttempts.
    """
    await count_attempt(wiring.seal, "email_change", str(actor.account), MAILS_PER_ACCOUNT, now)
    await _mail_change(actor, new_sign_in_name(email), now)


@atomic
async def _mail_change(actor: Actor, email: str, now: datetime) -> None:
    account = await Account.get(id=actor.account)
    await record(actor, actor.action, account, now, reason="link_asked_for")
    await queue_mail(account, MailKind.CHANGE_EMAIL, now, address=email)
