"""Who gives the right password and wrong codes knows the password and nothing else. After twenty, without a right one
between them, the password lets nobody in any more until it was replaced; a device known before gets twenty more.
"""

from datetime import datetime

from backend.access.actor import Actor
from backend.access.scope import locked_account
from backend.accounts.mails import queue_mail
from backend.audit import record
from backend.errors import PasswordExposed
from models import Account
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import MailKind

WRONG_CODES = 20
WRONG_CODES_KNOWN = 40
"""On devices that were signed in before: the owner gets in while somebody else guesses elsewhere."""


def require_unexposed(account: Account, *, is_known: bool) -> None:
    """For whoever gave the right password. Raises PasswordExposed."""
    if account.wrong_codes >= (WRONG_CODES_KNOWN if is_known else WRONG_CODES):
        raise PasswordExposed


@atomic
async def note_wrong_code(actor: Actor, checked: Account, now: datetime) -> None:
    """The password was right and the code was not; the twentieth tells the owner."""
    account = await locked_account(checked.id)
    if account is None or account.password_hash != checked.password_hash:
        return  # it was replaced just now
    account.wrong_codes += 1
    await account.save(update_fields=["wrong_codes"])
    if account.wrong_codes == WRONG_CODES:
        await record(actor, Action.SESSION_REFUSE, account, now, reason=PasswordExposed.code,
                     changes={"wrong_codes": [0, WRONG_CODES]})
        await queue_mail(account, MailKind.PASSWORD_EXPOSED, now)


async def forget_wrong_codes(account: Account) -> None:
    """A right code came. Of a password that is known to somebody, it forgets nothing: only a new one does.

    The caller holds the account's row.
    """
    await Account.filter(id=account.id, wrong_codes__gt=0, wrong_codes__lt=WRONG_CODES).update(wrong_codes=0)
