"""Step-up: before what weighs most, whoever is signed in proves once more who they are; it holds for ten minutes."""

from datetime import datetime

from backend.access.actor import STEP_UP_LASTS, Actor
from backend.access.credentials import count_proof, require_second_factor
from backend.access.limits import give_back
from backend.access.passwords import verify_password
from backend.access.scope import locked_account
from backend.access.seal import Seal
from backend.accounts.exposed_password import forget_wrong_codes, note_wrong_code, require_unexposed
from backend.audit import record
from backend.errors import SignInFailed, TotpRequired
from backend.wiring import Wiring
from models import Account, Session
from models.actions import Action
from models.transaction import atomic

REFUSED = "step_up.failed"


async def prove_again(actor: Actor, wiring: Wiring, password: str, code: str | None, now: datetime) -> datetime:
    """Until when it holds. Raises SignInFailed, PasswordExposed, TotpRequired or TooManyAttempts."""
    account = await Account.get(id=actor.account)
    key = await count_proof(wiring.seal, account.id, now)
    try:
        if not await verify_password(account.password_hash, password):
            raise SignInFailed
        require_unexposed(account, is_known=True)
        await _keep_or_count(actor, wiring.seal, account, code, now)
    except SignInFailed:
        await note_refusal(actor, now)
        raise
    except TotpRequired:
        await give_back(key)
        raise
    await give_back(key)
    return now + STEP_UP_LASTS


async def _keep_or_count(actor: Actor, seal: Seal, account: Account, code: str | None, now: datetime) -> None:
    try:
        await _keep(actor, seal, account, code, now)
    except SignInFailed:
        if code:
            await note_wrong_code(actor.acting(Action.SESSION_REFUSE), account, now)
        raise


@atomic
async def _keep(actor: Actor, seal: Seal, account: Account, code: str | None, now: datetime) -> None:
    """The second factor is used up exactly when the proof is noted."""
    await locked_account(account.id)
    await require_second_factor(seal, account, code, now)
    if code:
        await forget_wrong_codes(account)
    session = await Session.get(id=actor.session_id)
    before = session.proved_at.isoformat() if session.proved_at else None
    session.proved_at = now
    await session.save(update_fields=["proved_at"])
    await record(actor, actor.action, session, now, changes={"proved_at": [before, now.isoformat()]})


@atomic
async def note_refusal(actor: Actor, now: datetime) -> None:
    """Somebody signed in did not know the password: into the trail, with the device."""
    account = await Account.get(id=actor.account)
    await record(actor.acting(Action.SESSION_REFUSE), Action.SESSION_REFUSE, account, now, reason=REFUSED)
