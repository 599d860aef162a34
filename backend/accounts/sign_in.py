"""Signing in: who it is must be proved, guessing is limited and leaves its trace, and a session begins."""

from datetime import datetime
from uuid import UUID

from backend.access.actor import SYSTEM
from backend.access.credentials import (
    account_with_password,
    count_proof,
    device_at,
    require_second_factor,
    sign_in_name,
)
from backend.access.limits import count_attempt, give_back
from backend.access.scope import locked_account
from backend.access.seal import Seal
from backend.access.sessions import Device, StartedSession, start_session
from backend.accounts.email_address import require_verified
from backend.accounts.exposed_password import forget_wrong_codes, note_wrong_code, require_unexposed
from backend.accounts.mails import queue_mail
from backend.accounts.schemas import Credentials
from backend.audit import record
from backend.errors import SignInFailed
from backend.wiring import Wiring
from models import Account
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import MailKind

TRIES_PER_ADDRESS = 100
"""Per quarter of an hour, so at most 200 in any 15 minutes. A hospital or a school may share one address."""


async def sign_in(wiring: Wiring, shown: Credentials, address: str, now: datetime) -> StartedSession:
    """Start a session for whoever proves to be the account's owner.

    Raises SignInFailed, EmailUnverified, PasswordExposed, TotpRequired or TooManyAttempts. Tries are counted before
    anything else and stay counted unless they were right, so no part of this but the last runs in a transaction.
    """
    known = await device_at(wiring.seal, shown.email, shown.device_token)
    # Known devices apart: who guesses beside them at the same address can't lock them out either.
    await count_attempt(wiring.seal, "sign_in_known" if known else "sign_in_address", address, TRIES_PER_ADDRESS, now)
    try:
        account = await account_with_password(wiring.seal, shown.email, shown.password, now, known)
        await require_verified(wiring, account, now)
        require_unexposed(account, is_known=known is not None)
        key = await count_proof(wiring.seal, account.id, now, known) if shown.code else None
        started = await _enter_or_count(wiring.seal, account, shown, known, now)
    except SignInFailed:
        await _note_refusal(wiring.seal, shown.email, now)
        raise
    if key:
        await give_back(key)
    return started


async def _enter_or_count(
    seal: Seal, account: Account, shown: Credentials, known: UUID | None, now: datetime
) -> StartedSession:
    try:
        return await _enter(seal, account, shown, known, now)
    except SignInFailed:
        if shown.code:
            await note_wrong_code(SYSTEM, account, now)
        raise


@atomic
async def _enter(
    seal: Seal, account: Account, shown: Credentials, known: UUID | None, now: datetime
) -> StartedSession:
    """The second factor is used up exactly when a session begins."""
    await locked_account(account.id)
    await require_second_factor(seal, account, shown.code, now)
    if shown.code:
        await forget_wrong_codes(account)
    device = Device(shown.kind, shown.device_name.strip(), shown.app_version.strip(), known)
    started = await start_session(seal, account, device, now)
    if known is None:
        await queue_mail(account, MailKind.NEW_DEVICE, now)
    return started


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
