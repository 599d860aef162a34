"""Proving who one is: e-mail and password, and for staff a code of the authenticator or a recovery code.

Whatever is wrong, the words and the time are the same.
"""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.fernet import InvalidToken

from backend.access.known_devices import known_device
from backend.access.limits import count_guess, give_back
from backend.access.passwords import verify_password
from backend.access.seal import Seal
from backend.errors import DoesNotFit, SignInFailed, TotpRequired
from models import Account, RecoveryCode, StaffRole
from models.mail_address import normal_address
from models.spans import not_over

STEP_SECONDS = 30


def sign_in_name(email: str) -> str:
    """The address as accounts have it; for what can't be one, what no account has."""
    return normal_address(email) or email.strip().lower()


def new_sign_in_name(email: str) -> str:
    """Of an account that is made, or an address that is to take another's place. Raises DoesNotFit."""
    name = normal_address(email)
    if name is None:
        raise DoesNotFit(errors=[{"pointer": "/email", "detail": "is not one plain e-mail address"}])
    return name


async def device_at(seal: Seal, email: str, device_token: str | None) -> UUID | None:
    """The known device of the account with this address, if the token shown is of one."""
    if not device_token:
        return None
    return known_device(seal, await Account.get_or_none(email=sign_in_name(email)), device_token)


async def account_with_password(
    seal: Seal, email: str, password: str, now: datetime, device_id: UUID | None = None
) -> Account:
    """The account whose password this is. Outside of any transaction: a wrong try counts whatever happens.

    A known device has tries of its own; all others share the account's. Raises SignInFailed or TooManyAttempts.
    """
    name = sign_in_name(email)
    key = await count_guess(seal, "sign_in", f"{name} {device_id}" if device_id else name, now)
    account = await Account.get_or_none(email=name)
    is_right = await verify_password(account.password_hash if account else None, password)
    if account is None or not is_right or account.disabled_at is not None:
        raise SignInFailed
    await give_back(key)
    return account


async def count_proof(seal: Seal, account_id: UUID, now: datetime, device_id: UUID | None = None) -> str:
    """Count a try by somebody who has the password or a session already: at a code, or at proving it once more.

    Outside of any transaction. Returns the key for `give_back`. Raises TooManyAttempts.
    """
    return await count_guess(seal, "proof", f"{account_id} {device_id}" if device_id else str(account_id), now)


async def require_second_factor(seal: Seal, account: Account, code: str | None, now: datetime) -> None:
    """Staff prove a second thing. Raises TotpRequired (nothing sent) or SignInFailed.

    Where a session begins by it, the caller holds the account's row: nobody becomes staff between this and that.
    """
    if not await is_staff(account, now):
        return
    if account.totp_secret is None or account.email_verified_at is None:
        raise SignInFailed  # the first sign-in was not finished
    if not code:
        raise TotpRequired
    if not await use_totp(seal, account, code, now) and not await use_recovery_code(seal, account, code, now):
        raise SignInFailed


async def is_staff(account: Account, now: datetime) -> bool:
    """Also with a role that begins later: no session may grow into it without a second factor."""
    return await StaffRole.filter(not_over(now), account_id=account.id).exists()


async def use_totp(seal: Seal, account: Account, code: str, now: datetime) -> bool:
    """Whether it is the code of this half minute or a neighbour's; each works once (RFC 6238 §5.2)."""
    if account.totp_secret is None:
        return False
    try:
        step = matching_step(seal.open(account.totp_secret), code, now)
    except InvalidToken:  # sealed under a SECRET_KEY that is lost: `staff reset`
        step = None
    if step is None:
        return False
    # The secret again: it may have been reset since the account was read.
    unused = Account.filter(id=account.id, totp_secret=account.totp_secret, totp_last_step__lt=step)
    return await unused.update(totp_last_step=step) == 1


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    typed = _typed(code).encode()
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            return step
    return None


async def use_recovery_code(seal: Seal, account: Account, code: str, now: datetime) -> bool:
    unused = RecoveryCode.filter(
        account_id=account.id, code_hash=recovery_hash(seal, code), used_at__isnull=True
    )
    return await unused.update(used_at=now) >= 1


def recovery_hash(seal: Seal, code: str) -> str:
    return seal.keyed_hash("recovery:" + _typed(code))


def _typed(code: str) -> str:
    """As people type it: spaces, dashes and lower case don't matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
