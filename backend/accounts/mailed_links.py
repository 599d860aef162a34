"""The one-time links in mails: made when a mail leaves, shown once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.queryset import QuerySet

from backend.access.actor import SYSTEM
from backend.access.credentials import is_staff
from backend.access.scope import locked_account
from backend.access.seal import new_secret, secret_hash
from backend.audit import record
from backend.errors import LinkRefused
from backend.wiring import Wiring
from models import Account, AccountMail, MailedLink
from models.actions import Action
from models.delivery import finish
from models.transaction import atomic
from models.vocabulary import DeliveryState, LinkPurpose, MailKind

RESETS_PER_DAY = 3
"""Mails to one account, in any 24 hours."""
PURPOSE = {
    MailKind.VERIFY_EMAIL: LinkPurpose.VERIFY_EMAIL, MailKind.CHANGE_EMAIL: LinkPurpose.CHANGE_EMAIL,
    MailKind.RESET_PASSWORD: LinkPurpose.RESET_PASSWORD,
}
STAFF_PAGE = {MailKind.STAFF_PAGE_WAITS: "console/"}
"""Mails that lead to a page behind its sign-in; no secret."""
ONE_LIVES = {MailKind.CHANGE_EMAIL, MailKind.RESET_PASSWORD}
"""The newest link ends the older ones. (Those to verify an address all prove the same, and all work.)"""
PAGE = {
    LinkPurpose.VERIFY_EMAIL: "verify-email", LinkPurpose.CHANGE_EMAIL: "verify-email",
    LinkPurpose.RESET_PASSWORD: "reset-password",
}
ASKED = {
    LinkPurpose.VERIFY_EMAIL: Action.EMAIL_VERIFY, LinkPurpose.CHANGE_EMAIL: Action.EMAIL_CHANGE,
    LinkPurpose.RESET_PASSWORD: Action.PASSWORD_RESET,
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom a mail goes, and the link it carries."""

    account: Account
    link: str | None


@atomic
async def prepare(wiring: Wiring, mail: AccountMail, now: datetime) -> Envelope | None:
    """What a claimed mail needs to leave; None: there is nobody or nothing to tell any more, and it has ended."""
    account = await _addressee(mail)
    if account is None:
        await AccountMail.filter(id=mail.id, fence=mail.fence).delete()  # a stranger's address is not kept
        return None
    if reason := await _moot(mail, account, now):
        await finish(mail, mail.fence, state=DeliveryState.CANCELLED, last_error=reason, sealed_link=None,
                     account_id=account.id)
        return None
    if mail.kind not in PURPOSE:
        path = STAFF_PAGE.get(mail.kind)
        return Envelope(account, f"{wiring.settings.public_url.rstrip('/')}/{path}" if path else None)
    if mail.sealed_link is not None:  # tried before: the same mail carries the same link
        return Envelope(account, wiring.seal.open(mail.sealed_link))
    return await _with_link(wiring, mail, account, now)


async def _addressee(mail: AccountMail) -> Account | None:
    """Under lock: of several mails to one person, one is prepared after the other."""
    if mail.account_id:
        return await locked_account(mail.account_id)
    found = await Account.get_or_none(email=mail.address)
    return await locked_account(found.id) if found else None


async def _moot(mail: AccountMail, account: Account, now: datetime) -> str | None:
    if mail.useless_after is not None and mail.useless_after <= now:
        return "too_late"
    if account.disabled_at is not None:
        return "disabled"
    if mail.kind == MailKind.VERIFY_EMAIL and (_is_proved(account) or account.email != mail.address):
        return "done"
    if mail.kind == MailKind.CHANGE_EMAIL and await Account.exists(email=mail.address):
        return "taken"
    if mail.kind == MailKind.RESET_PASSWORD and not await may_reset(account, now):
        return "no_password"
    if mail.kind == MailKind.RESET_PASSWORD and mail.sealed_link is None and await _has_had_enough(account, now):
        return "too_many"
    if mail.kind in ONE_LIVES and mail.sealed_link is None and await _is_replaced(mail, account):
        return "replaced"
    return None


def _is_proved(account: Account) -> bool:
    """Whoever's address has refused a mail since proves it anew."""
    return account.email_verified_at is not None and account.mail_refused_at is None


async def may_reset(account: Account, now: datetime) -> bool:
    """Staff whose first sign-in is not finished have the link for that."""
    if account.password_hash is None or account.disabled_at is not None:
        return False
    return account.email_verified_at is not None or not await is_staff(account, now)


async def _has_had_enough(account: Account, now: datetime) -> bool:
    """Whoever asks is told nothing of it: strangers can't fill a mailbox, nor learn whose it is."""
    since = MailedLink.filter(
        account_id=account.id, purpose=LinkPurpose.RESET_PASSWORD, created_at__gt=now - timedelta(days=1)
    )
    return await since.count() >= RESETS_PER_DAY


async def _is_replaced(mail: AccountMail, account: Account) -> bool:
    """Whether somebody has asked again meanwhile and has been answered."""
    return await MailedLink.exists(
        account_id=account.id, purpose=PURPOSE[mail.kind], created_at__gt=mail.created_at
    )


async def _with_link(wiring: Wiring, mail: AccountMail, account: Account, now: datetime) -> Envelope | None:
    purpose, secret = PURPOSE[mail.kind], new_secret()
    # The host is the setting's, never the request's. After the #, a browser keeps the secret to itself.
    link = f"{wiring.settings.public_url.rstrip('/')}/{PAGE[purpose]}#{secret}"
    mine = AccountMail.filter(id=mail.id, fence=mail.fence, state=DeliveryState.QUEUED)
    if not await mine.update(sealed_link=wiring.seal.close(link), account_id=account.id):
        return None
    if mail.kind in ONE_LIVES:
        await living_links(account).filter(purpose=purpose).update(used_at=now)
    made = await MailedLink.create(
        account=account, purpose=purpose, email=mail.address, token_hash=secret_hash(secret),
        created_at=mail.created_at, expires_at=mail.useless_after,
    )
    await record(SYSTEM, ASKED[purpose], made, now, reason="link_mailed")
    return Envelope(account, link)


def living_links(account: Account) -> QuerySet[MailedLink]:
    return MailedLink.filter(account_id=account.id, used_at__isnull=True)


async def take_back_change(account: Account, now: datetime) -> None:
    """A wish for another address ends with what lets everybody else out: one of them may have made it.

    The caller holds the account's row.
    """
    await living_links(account).filter(purpose=LinkPurpose.CHANGE_EMAIL).update(used_at=now)
    queued = AccountMail.filter(account_id=account.id, kind=MailKind.CHANGE_EMAIL, state=DeliveryState.QUEUED)
    await queued.update(state=DeliveryState.CANCELLED, last_error="taken_back", sealed_link=None)


async def link_shown(token: str, purposes: tuple[LinkPurpose, ...], now: datetime) -> tuple[MailedLink, Account]:
    """The living link behind a token, and its account. Raises LinkRefused, in the same words for whatever is wrong."""
    link = await MailedLink.filter(
        token_hash=secret_hash(token), purpose__in=purposes, used_at__isnull=True, expires_at__gt=now,
        account__disabled_at__isnull=True,
    ).select_related("account").first()
    if link is None or (link.purpose != LinkPurpose.CHANGE_EMAIL and link.email != link.account.email):
        raise LinkRefused
    return link, link.account


async def use_up(link: MailedLink, now: datetime) -> Account:
    """Of several who show it at once, one gets through; the account's row is locked. Raises LinkRefused."""
    account = await locked_account(link.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkRefused
    if await MailedLink.filter(id=link.id, used_at__isnull=True).update(used_at=now) != 1:
        raise LinkRefused
    return account
