"""Redeeming a linking code: whoever holds it may speak for the participant from now on. It works once."""

from dataclasses import replace
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend.access.actor import Actor, Guardian
from backend.access.credentials import account_with_password, require_second_factor, sign_in_name
from backend.access.limits import count_attempt
from backend.access.passwords import hash_password, require_strong
from backend.access.scope import locked_participant
from backend.access.sessions import Device, StartedSession, start_session
from backend.audit import record
from backend.border.text_types import require_timezone
from backend.errors import LinkingCodeRefused
from backend.participants.code_alphabet import as_typed
from backend.participants.linking_codes import code_hash
from backend.participants.schemas import Redemption
from backend.wiring import Wiring
from models import Account, Guardianship, LinkingCode
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import Capability, Role

TRIES = 20
"""Per address and, for those signed in, per account; a code has 46 random bits."""
CAPABILITIES = {
    Role.GUARDIAN: [Capability.LOG, Capability.SEE, Capability.ANSWER],
    Role.PARTICIPANT: [Capability.LOG, Capability.SEE, Capability.ANSWER],
    Role.CARER: [Capability.LOG],
}


async def redeem(wiring: Wiring, shown: Redemption, address: str, now: datetime) -> StartedSession:
    """By somebody not signed in: into a new account, or into the one with this address if the password is right.

    Only who holds a living code learns anything about an address. Raises LinkingCodeRefused, SignInFailed,
    TotpRequired (staff: sign in first), WeakPassword, InvalidBody or TooManyAttempts.
    """
    await count_attempt(wiring.seal, "linking_code_address", address, TRIES, now)
    hashed = _hash_of(wiring, shown.code)
    if not await _living(hashed, now).exists():
        raise LinkingCodeRefused
    require_timezone(shown.timezone)
    require_strong(shown.password, names=(shown.email, shown.email.partition("@")[0], shown.display_name))
    if await Account.exists(email=sign_in_name(shown.email)):
        return await _enter(wiring, await _existing(wiring, shown, now), shown, now)
    try:
        return await _enter(wiring, await _newcomer(shown, now), shown, now)
    except IntegrityError:  # the account was made by another request at the same moment
        return await _enter(wiring, await _existing(wiring, shown, now), shown, now)


async def redeem_own(actor: Actor, wiring: Wiring, typed: str, address: str, *, now: datetime) -> Guardianship:
    """By somebody signed in, for the own account. Raises LinkingCodeRefused or TooManyAttempts."""
    await count_attempt(wiring.seal, "linking_code_address", address, TRIES, now)
    await count_attempt(wiring.seal, "linking_code_account", str(actor.account), TRIES, now)
    return await _link(actor, _hash_of(wiring, typed), now)


async def _existing(wiring: Wiring, shown: Redemption, now: datetime) -> Account:
    account = await account_with_password(wiring.seal, shown.email, shown.password, now)
    await require_second_factor(wiring.seal, account, None, now)
    return account


async def _newcomer(shown: Redemption, now: datetime) -> Account:
    """Takes as long as checking a password."""
    return Account(
        email=sign_in_name(shown.email), display_name=shown.display_name.strip(), created_at=now,
        password_hash=await hash_password(shown.password), language=shown.language, timezone=shown.timezone,
    )


@atomic
async def _enter(wiring: Wiring, account: Account, shown: Redemption, now: datetime) -> StartedSession:
    """Account, guardianship and session: all or none."""
    actor = Actor(account_id=account.id, session_id=None, action=Action.LINKING_CODE_REDEEM)
    is_new = not account._saved_in_db
    if is_new:
        await account.save()
    await _link(actor, _hash_of(wiring, shown.code), now)
    if is_new:
        await record(actor, Action.ACCOUNT_CREATE, account, now)
    device = Device(shown.kind, shown.device_name.strip(), shown.app_version.strip())
    return await start_session(wiring.seal, account, device, now)


@atomic
async def _link(actor: Actor, hashed: str, now: datetime) -> Guardianship:
    """The guardianship that the code promises. Of several who try at once, one gets it.

    A living guardianship of the same account and participant ends: staff have decided anew.
    """
    row = await _living(hashed, now).select_related("participant").first()
    if row is None:
        raise LinkingCodeRefused
    actor = _as_promised(actor, row)
    participant = await locked_participant(actor, row.participant.id)
    if await _living(hashed, now).update(redeemed_at=now) != 1:
        raise LinkingCodeRefused
    former = Guardianship.filter(account_id=actor.account, participant_id=participant.id)
    ended = await former.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).update(ends_at=now)
    link = await Guardianship.create(
        account_id=actor.account, participant=participant, role=row.role, relation=row.relation,
        capabilities=CAPABILITIES[row.role], starts_at=now,
    )
    await record(
        actor, actor.action, link, now, participant=participant,
        changes={"role": [None, row.role], "relation": [None, row.relation], "former": [ended, 0]},
    )
    return link


def _as_promised(actor: Actor, row: LinkingCode) -> Actor:
    """The code itself puts the participant into its bearer's scope."""
    child = row.participant
    promised = Guardian(
        row.role, row.relation, frozenset(CAPABILITIES[row.role]), child.site_id, child.birth_month
    )
    return replace(actor, guardians={**actor.guardians, child.id: promised})


def _hash_of(wiring: Wiring, typed: str) -> str:
    """What can't be a code hashes to what no code hashes to."""
    return code_hash(wiring, as_typed(typed) or "")


def _living(hashed: str, now: datetime) -> QuerySet[LinkingCode]:
    return LinkingCode.filter(
        code_hash=hashed, redeemed_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
