"""Signing in: who it is must be proved, guessing is limited and leaves its trace, and a session begins."""

from datetime import datetime

from backend.access.actor import SYSTEM
from backend.access.credentials import account_with_password, require_second_factor, sign_in_name
from backend.access.limits import count_attempt
from backend.access.seal import Seal
from backend.access.sessions import Device, StartedSession, start_session
from backend.accounts.schemas import Credentials
from backend.audit import record
from backend.errors import SignInFailed
from backend.wiring import Wiring
from models import Account
from models.actions import Action
from models.transaction import atomic

TRIES_PER_ADDRESS = 200
"""A hospital or a school may share one address."""


async def sign_in(wiring: Wiring, shown: Credentials, address: str, now: datetime) -> StartedSession:
    """Start a session for whoever proves to be the account's owner.

    Raises SignInFailed, TotpRequired or TooManyAttempts. Attempts are counted before anything else and stay
    counted, so no part of this but the last runs in a transaction.
    """
    await count_attempt(wiring.seal, "sign_in_address", address, TRIES_PER_ADDRESS, now)
    try:
        account = await account_with_password(wiring.seal, shown.email, shown.password, now)
        return await _enter(wiring.seal, account, shown, now)
    except SignInFailed:
        await _note_refusal(wiring.seal, shown.email, now)
        raise


@atomic
async def _enter(seal: Seal, account: Account, shown: Credentials, now: datetime) -> StartedSession:
    """The second factor is used up exactly when a session begins."""
    await require_second_factor(seal, account, shown.code, now)
    device = Device(shown.kind, shown.device_name.strip(), shown.app_version.strip())
    return await start_session(seal, account, device, now)


async def _note_refusal(seal: Seal, email: str, now: datetime) -> None:
    """Into the trail, for an account there is. For one there is not, another write that takes as long."""
    account = await Account.get_or_none(email=sign_in_name(email))
    if account is None:
        await count_attempt(seal, "sign_in_nobody", email, TRIES_PER_ADDRESS, now)
    else:
        await _record_refusal(account, now)


@atomic
async def _record_refusal(account: Account, now: datetime) -> None:
    await record(SYSTEM, Action.SESSION_REFUSE, account, now, reason="sign_in.failed")
