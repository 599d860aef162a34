"""A new password of one's own choice: everybody else who is signed in with the old one is out at once."""

from datetime import datetime

from backend.access.actor import Actor
from backend.access.credentials import count_proof
from backend.access.known_devices import device_token
from backend.access.limits import give_back
from backend.access.passwords import hash_password, require_strong, verify_password
from backend.access.scope import locked_account
from backend.access.sessions import end_sessions
from backend.accounts.mailed_links import living_links, take_back_change
from backend.accounts.mails import queue_mail
from backend.accounts.proof import note_refusal
from backend.audit import record
from backend.errors import SignInFailed
from backend.wiring import Wiring
from models import Account
from models.transaction import atomic
from models.vocabulary import LinkPurpose, MailKind

CHANGED = "password_changed"


async def change_password(actor: Actor, wiring: Wiring, current: str, new: str, now: datetime) -> str:
    """Returns the device token that this device keeps from now on; the old password's are all over.

    Raises SignInFailed (the current one is wrong), WeakPassword or TooManyAttempts.
    """
    account = await Account.get(id=actor.account)
    key = await count_proof(wiring.seal, account.id, now)
    if not await verify_password(account.password_hash, current):
        await note_refusal(actor, now)
        raise SignInFailed
    await give_back(key)
    await require_strong(new, names=(account.email, account.display_name, wiring.settings.app_name))
    changed = await _keep(actor, account, await hash_password(new), now)
    return device_token(wiring.seal, changed)


@atomic
async def _keep(actor: Actor, checked: Account, password_hash: str, now: datetime) -> Account:
    account = await locked_account(checked.id)
    if account is None or account.password_hash != checked.password_hash:
        raise SignInFailed  # somebody was quicker
    account.password_hash, account.wrong_codes = password_hash, 0
    await account.save(update_fields=["password_hash", "wrong_codes"])
    await living_links(account).filter(purpose=LinkPurpose.RESET_PASSWORD).update(used_at=now)
    await take_back_change(account, now)
    ended = await end_sessions(account.id, CHANGED, now, except_for=actor.session_id)
    await record(actor, actor.action, account, now, changes={"password": ["set", "set"], "sessions": [ended, 0]})
    await queue_mail(account, MailKind.PASSWORD_CHANGED, now)
    return account
