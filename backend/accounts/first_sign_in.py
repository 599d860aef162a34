"""A member of staff's first sign-in, by one-time link, in two steps: choose a password and set up the
authenticator; then prove with a code that the authenticator works. Only then is the link used up.
"""

import secrets
from datetime import datetime

import pyotp
import segno

from backend.access.actor import Actor
from backend.access.credentials import count_proof, matching_step, recovery_hash
from backend.access.limits import count_attempt
from backend.access.passwords import hash_password, require_strong
from backend.access.seal import Seal, secret_hash
from backend.accounts.staff_schemas import AuthenticatorSetup, FirstSignIn, RecoveryCodes
from backend.audit import record
from backend.errors import DoesNotFit, LinkRefused, SignInFailed
from backend.wiring import Wiring
from models import Account, FirstSignInLink, RecoveryCode
from models.actions import Action
from models.transaction import atomic

TRIES_PER_ADDRESS = 30
RECOVERY_CODES = 10
LETTERS = "23456789CDFGHJKMNPQRTVWXY"


async def first_sign_in(
    wiring: Wiring, shown: FirstSignIn, address: str, now: datetime
) -> AuthenticatorSetup | RecoveryCodes:
    """Raises LinkRefused, WeakPassword, SignInFailed (wrong code), DoesNotFit or TooManyAttempts."""
    if (shown.password is None) == (shown.code is None):
        raise DoesNotFit(errors=[{"pointer": "", "detail": "needs either password or code"}])
    await count_attempt(wiring.seal, "first_sign_in_address", address, TRIES_PER_ADDRESS, now)
    link = await _living_link(shown.token, now)
    if shown.code is not None:
        await count_proof(wiring.seal, link.account.id, now)
        return RecoveryCodes(await _confirm(wiring.seal, link, shown.code, now))
    return await _choose(wiring, link, shown.password or "", now)


async def _living_link(token: str, now: datetime) -> FirstSignInLink:
    link = await FirstSignInLink.filter(
        token_hash=secret_hash(token), used_at__isnull=True, expires_at__gt=now, account__disabled_at__isnull=True
    ).select_related("account").first()
    if link is None:
        raise LinkRefused
    return link


async def _choose(wiring: Wiring, link: FirstSignInLink, password: str, now: datetime) -> AuthenticatorSetup:
    account = link.account
    await require_strong(password, names=(account.email, account.display_name, wiring.settings.app_name))
    secret = pyotp.random_base32()
    await _keep(link, await hash_password(password), wiring.seal.close(secret), now)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=wiring.settings.app_name)
    return AuthenticatorSetup(secret, uri, segno.make(uri, error="m").svg_inline(scale=4))


@atomic
async def _keep(link: FirstSignInLink, password_hash: str, sealed_secret: str, now: datetime) -> None:
    """May be repeated until the link is used; the last choice counts."""
    unused = FirstSignInLink.filter(id=link.id, used_at__isnull=True)
    if not await unused.update(expires_at=link.expires_at):  # an update that changes nothing but takes the row lock
        raise LinkRefused
    await Account.filter(id=link.account.id).update(password_hash=password_hash, totp_secret=sealed_secret)
    actor = _owner(link.account)
    await record(actor, actor.action, link.account, now, changes={"password": [None, "set"]})


@atomic
async def _confirm(seal: Seal, link: FirstSignInLink, code: str, now: datetime) -> list[str]:
    """The code proves the authenticator; the link proves the address. The account can sign in from now on."""
    if await FirstSignInLink.filter(id=link.id, used_at__isnull=True).update(used_at=now) != 1:
        raise LinkRefused
    account = await Account.get(id=link.account.id)  # again: the first step may have been repeated just now
    step = matching_step(seal.open(account.totp_secret), code, now) if account.totp_secret else None
    if step is None:
        raise SignInFailed
    await Account.filter(id=account.id).update(
        totp_last_step=step, email_verified_at=now, mail_refused_at=None, wrong_codes=0
    )
    codes = ["-".join(_group() for _ in range(3)) for _ in range(RECOVERY_CODES)]
    await RecoveryCode.filter(account_id=account.id, used_at__isnull=True).update(used_at=now)
    await RecoveryCode.bulk_create(
        [RecoveryCode(account_id=account.id, code_hash=recovery_hash(seal, code)) for code in codes]
    )
    actor = _owner(account)
    await record(actor, actor.action, account, now, changes={"authenticator": [None, "confirmed"]})
    return codes


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(4))


def _owner(account: Account) -> Actor:
    """Who holds the link acts for the account, without a session yet."""
    return Actor(account_id=account.id, session_id=None, action=Action.ACCOUNT_CHANGE)
