"""Redeeming a linking code: whoever holds it may speak for the participant from now on. It works once."""

from datetime import datetime

from tortoise.exceptions import IntegrityError

from backend.access.actor import Actor
from backend.access.credentials import account_with_password, new_sign_in_name, require_second_factor
from backend.access.limits import count_attempt, count_guess
from backend.access.passwords import hash_password, require_strong
from backend.access.scope import locked_account
from backend.access.sessions import Device, StartedSession, start_session
from backend.accounts.mails import queue_mail
from backend.audit import record
from backend.border.text_types import require_timezone
from backend.errors import LinkingCodeRefused
from backend.participants.code_alphabet import as_typed
from backend.participants.linking import link_account, redeemable
from backend.participants.linking_codes import code_hash
from backend.participants.schemas import Redemption
from backend.wiring import Wiring
from models import Account, Guardianship
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import MailKind

TRIES = 20
"""Per address and quarter of an hour; a code has 46 random bits. Those signed in have ten tries per account besides."""


async def redeem(wiring: Wiring, shown: Redemption, address: str, now: datetime) -> StartedSession:
    """By somebody not signed in: into a new account, or into the one with this address if the password is right.

    Only who holds a living code learns anything about an address. Raises LinkingCodeRefused, SignInFailed,
    TotpRequired (staff: sign in first), WeakPassword, DoesNotFit, InvitationRefused or TooManyAttempts.
    """
    await count_attempt(wiring.seal, "linking_code_address", address, TRIES, now)
    hashed = _hash_of(wiring, shown.code)
    if not await redeemable(hashed, now).exists():
        raise LinkingCodeRefused
    require_timezone(shown.timezone)
    await require_strong(
        shown.password, names=(shown.email, shown.display_name, wiring.settings.app_name)
    )
    if await Account.exists(email=new_sign_in_name(shown.email)):
        return await _enter(wiring, await _existing(wiring, shown, now), shown, now)
    try:
        return await _enter(wiring, await _newcomer(shown, now), shown, now)
    except IntegrityError:  # the account was made by another request at the same moment
        return await _enter(wiring, await _existing(wiring, shown, now), shown, now)


async def redeem_own(actor: Actor, wiring: Wiring, typed: str, address: str, *, now: datetime) -> Guardianship:
    """By somebody signed in, for the own account. Raises LinkingCodeRefused, InvitationRefused or TooManyAttempts."""
    await count_attempt(wiring.seal, "linking_code_address", address, TRIES, now)
    await count_guess(wiring.seal, "linking_code", str(actor.account), now)
    return await link_account(actor, _hash_of(wiring, typed), now)


async def _existing(wiring: Wiring, shown: Redemption, now: datetime) -> Account:
    account = await account_with_password(wiring.seal, shown.email, shown.password, now)
    await require_second_factor(wiring.seal, account, None, now)
    return account


async def _newcomer(shown: Redemption, now: datetime) -> Account:
    """Takes as long as checking a password."""
    return Account(
        email=new_sign_in_name(shown.email), display_name=shown.display_name.strip(), created_at=now,
        password_hash=await hash_password(shown.password), language=shown.language, timezone=shown.timezone,
    )


@atomic
async def _enter(wiring: Wiring, account: Account, shown: Redemption, now: datetime) -> StartedSession:
    """Account, guardianship and session: all or none."""
    actor = Actor(account_id=account.id, session_id=None, action=Action.LINKING_CODE_REDEEM)
    is_new = not account._saved_in_db
    if is_new:
        await account.save()
    await link_account(actor, _hash_of(wiring, shown.code), now)
    if not is_new:  # once more, under lock: they may have become staff since the password was checked
        await locked_account(account.id)
        await require_second_factor(wiring.seal, account, None, now)
    if is_new:
        await record(actor, Action.ACCOUNT_CREATE, account, now)
        await queue_mail(account, MailKind.VERIFY_EMAIL, now)
    device = Device(shown.kind, shown.device_name.strip(), shown.app_version.strip())
    return await start_session(wiring.seal, account, device, now)


def _hash_of(wiring: Wiring, typed: str) -> str:
    """What can't be a code hashes to what no code hashes to."""
    return code_hash(wiring, as_typed(typed) or "")
