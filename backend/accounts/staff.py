"""Members of staff are added by an administrator (the first by the operator) and get a one-time link; another one
when they have lost their authenticator or password. An administrator of one site gives and resets roles there only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.credentials import new_sign_in_name
from backend.access.permissions import sites_for
from backend.access.scope import locked_account
from backend.access.seal import new_secret, secret_hash
from backend.access.sessions import end_sessions
from backend.accounts.mailed_links import living_links, take_back_change
from backend.audit import record
from backend.errors import AlreadyExists, DoesNotFit, NotFound
from backend.wiring import Wiring
from models import Account, FirstSignInLink, RecoveryCode, Site, StaffRole
from models.actions import Action
from models.spans import not_over
from models.transaction import atomic
from models.vocabulary import STAFF_ROLES, Role

LINK_LIFETIME = timedelta(hours=72)
RESET = "staff_reset"
Roles = list[tuple[Role, str | None]]
"""Role and code of the site; without a site it holds for the whole study."""


@dataclass(frozen=True, slots=True)
class AddedStaff:
    account_id: UUID
    link: str
    expires_at: datetime


async def add_staff(
    actor: Actor, wiring: Wiring, *, email: str, display_name: str, roles: Roles, now: datetime
) -> AddedStaff:
    """A new account with these roles, and the link for its first sign-in.

    An address that has an account is refused (AlreadyExists): a parent's open sessions, made without a second
    factor, must not become a member of staff's. Raises DoesNotFit for an address, role or site that can't be.
    """
    given = await at_sites(actor, roles)
    account = Account(
        email=new_sign_in_name(email), display_name=display_name.strip(), created_at=now,
        **(await _home_of(given)),
    )
    try:
        return await _add(actor, wiring, account, given, now)
    except IntegrityError as taken:
        if await Account.exists(email=account.email):
            raise AlreadyExists from taken
        raise


@atomic
async def _add(
    actor: Actor, wiring: Wiring, account: Account, given: list[tuple[Role, Site | None]], now: datetime
) -> AddedStaff:
    await account.save()
    for role, site in given:
        await StaffRole.create(account=account, role=role, site=site, starts_at=now)
    shown = [f"{role}@{site.code if site else '*'}" for role, site in given]
    await record(actor, Action.STAFF_ADD, account, now, changes={"roles": [[], shown]})
    return await _with_link(wiring, account, now)


@atomic
async def reset_staff(actor: Actor, wiring: Wiring, account_id: UUID, now: datetime) -> AddedStaff:
    """Back to the first sign-in: password, authenticator, recovery codes, sessions and older links end at once.

    Raises NotFound: no member of staff, or one with a role where the actor is no administrator.
    """
    account = await locked_colleague(actor, account_id, now)
    if account.disabled_at is not None:
        raise NotFound
    had = [account.email_verified_at is not None, False]
    account.password_hash = account.totp_secret = account.email_verified_at = None
    account.wrong_codes = 0
    await account.save(update_fields=["password_hash", "totp_secret", "email_verified_at", "wrong_codes"])
    await RecoveryCode.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    await FirstSignInLink.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
    await living_links(account).update(used_at=now)
    await take_back_change(account, now)
    ended = await end_sessions(account_id, RESET, now)
    await record(actor, Action.STAFF_RESET, account, now, changes={"authenticator": had, "sessions": [ended, 0]})
    return await _with_link(wiring, account, now)


async def locked_colleague(actor: Actor, account_id: UUID, now: datetime) -> Account:
    """The account under lock: whoever signs in at this moment has the row and a session that can be ended, or waits.

    Raises NotFound: no member of staff, or one with a role where the actor is no administrator.
    """
    account = await locked_account(account_id)
    held: set[UUID | None] = set(
        await living_roles(now).filter(account_id=account_id).values_list("site_id", flat=True)  # type: ignore[arg-type]
    )
    sites = sites_for(actor)
    if account is None or not held or not (sites is None or held <= sites):
        raise NotFound
    return account


def living_roles(now: datetime) -> QuerySet[StaffRole]:
    """Also those that begin later."""
    return StaffRole.filter(not_over(now))


async def _with_link(wiring: Wiring, account: Account, now: datetime) -> AddedStaff:
    secret = new_secret()
    link = await FirstSignInLink.create(
        account=account, token_hash=secret_hash(secret), expires_at=now + LINK_LIFETIME
    )
    # After the #, a browser keeps it to itself: no log on the way ever sees it.
    address = f"{wiring.settings.public_url.rstrip('/')}/first-sign-in#{secret}"
    return AddedStaff(account.id, address, link.expires_at)


async def at_sites(actor: Actor, roles: Roles, pointer: str = "/roles/{}") -> list[tuple[Role, Site | None]]:
    """Raises DoesNotFit for a role or site that the actor can't give; `pointer` leads to each in the body."""
    own = sites_for(actor)
    sites = {site.code: site for site in await Site.all() if own is None or site.id in own}
    faults = []
    for number, (role, code) in enumerate(roles):
        here = pointer.format(number)
        if role not in STAFF_ROLES:
            faults.append({"pointer": f"{here}/role", "detail": "is not a role of staff"})
        if code is not None and code not in sites:
            faults.append({"pointer": f"{here}/site", "detail": "is not a site of this study"})
        if code is None and own is not None:
            faults.append({"pointer": f"{here}/site", "detail": "is required: you administer single sites"})
    if not roles:
        faults.append({"pointer": "/roles", "detail": "must name at least one role"})
    if faults:
        raise DoesNotFit(errors=faults)
    return [(role, sites[code] if code else None) for role, code in roles]


async def _home_of(given: list[tuple[Role, Site | None]]) -> dict[str, str]:
    """Staff live where their first site is; the column's default otherwise."""
    site = next((site for _, site in given if site), None)
    return {"language": site.language, "timezone": site.timezone} if site else {}
