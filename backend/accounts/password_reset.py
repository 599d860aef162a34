"""A forgotten password: a link by mail, for ten minutes and once. Whoever asks learns nothing about who has an account.

The request only notes the address, whosever it is; the worker looks whether there is an account (`mailed_links`).
"""

from datetime import datetime

from backend.access.actor import Actor
from backend.access.credentials import is_staff, sign_in_name
from backend.access.known_devices import device_token
from backend.access.limits import count_attempt
from backend.access.passwords import hash_password, require_strong
from backend.access.sessions import end_sessions
from backend.accounts.mailed_links import link_shown, living_links, take_back_change, use_up
from backend.accounts.mails import queue_mail
from backend.audit import record
from backend.errors import LinkRefused
from backend.wiring import Wiring
from models import Account, MailedLink
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import LinkPurpose, MailKind

REQUESTS_PER_ADDRESS = 30
REQUESTS_PER_EMAIL = 5
TRIES_PER_ADDRESS = 30
RESET = "password_reset"


async def ask_for_reset(wiring: Wiring, email: str, address: str, now: datetime) -> None:
    """The same row for an account, for none, and for one that may not. Raises TooManyAttempts, equally for all."""
    await count_attempt(wiring.seal, "password_reset_address", address, REQUESTS_PER_ADDRESS, now)
    await count_attempt(wiring.seal, "password_reset", sign_in_name(email), REQUESTS_PER_EMAIL, now)
    await queue_mail(None, MailKind.RESET_PASSWORD, now, address=sign_in_name(email))


async def reset_password(wiring: Wiring, token: str, password: str, address: str, now: datetime) -> str:
    """Returns the device token of whoever chose it, so that no guesser can lock them out; all older ones are over.

    Raises LinkRefused, TooManyAttempts, or WeakPassword, which leaves the link as it was.
    """
    await count_attempt(wiring.seal, "mailed_link_address", address, TRIES_PER_ADDRESS, now)
    link, account = await link_shown(token, (LinkPurpose.RESET_PASSWORD,), now)
    await require_strong(password, names=(account.email, account.display_name, wiring.settings.app_name))
    return device_token(wiring.seal, await _set(link, await hash_password(password), now))


@atomic
async def _set(link: MailedLink, password_hash: str, now: datetime) -> Account:
    """Every device is signed out, every other link is over, and the address is proved: its mail was read.

    Staff show their authenticator as before.
    """
    account = await use_up(link, now)
    if account.email != link.email:
        raise LinkRefused
    account.password_hash, account.wrong_codes = password_hash, 0
    if not await is_staff(account, now):
        account.email_verified_at, account.mail_refused_at = account.email_verified_at or now, None
    await account.save(update_fields=["password_hash", "wrong_codes", "email_verified_at", "mail_refused_at"])
    await living_links(account).update(used_at=now)
    await take_back_change(account, now)
    ended = await end_sessions(account.id, RESET, now)
    reader = Actor(account_id=account.id, session_id=None, action=Action.PASSWORD_RESET)
    await record(reader, reader.action, account, now, changes={"password": ["set", "set"], "sessions": [ended, 0]})
    await queue_mail(account, MailKind.PASSWORD_CHANGED, now)
    return account
