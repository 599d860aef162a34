"""Who works here, and as what: an administrator lists the staff, gives a role and ends one. It holds from the next
request on. Nobody gives themself a role, and the study keeps an administrator.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.access.scope import locked_account
from backend.access.sessions import end_sessions
from backend.accounts.staff import at_sites, living_roles
from backend.audit import record
from backend.errors import AlreadyExists, IllegalState, LastAdministrator, NotFound, OwnAccount
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Account, StaffRole
from models.statement import is_postgres
from models.transaction import atomic
from models.vocabulary import Role

ROLE_GIVEN = "role_given"


@dataclass(frozen=True, slots=True)
class Colleague:
    account: Account
    roles: list[StaffRole]
    """At the sites the actor administers, past ones too, oldest first."""


async def colleagues(actor: Actor, cursor: str | None, limit: int) -> Page[Colleague]:
    """Whoever has or had a role where the actor is administrator, in the order in which they were added."""
    chosen = Account.filter(id__in=Subquery(_roles_of(actor).values("account_id")))
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__gt=after[0])
    page = page_of(
        await chosen.order_by("id").limit(page_limit(limit) + 1), limit, lambda last: encode_cursor(last.id)
    )
    roles = await _roles_of(actor).filter(
        account_id__in=[account.id for account in page.items]
    ).order_by("starts_at", "id").select_related("site")
    return Page(
        [Colleague(account, [role for role in roles if role.account_id == account.id]) for account in page.items],
        page.next_cursor,
    )


async def colleague(actor: Actor, account_id: UUID) -> Colleague:
    """Raises NotFound: never had a role where the actor is administrator."""
    roles = await _roles_of(actor).filter(account_id=account_id).order_by("starts_at", "id").select_related(
        "account", "site"
    )
    if not roles:
        raise NotFound
    return Colleague(roles[0].account, roles)


@atomic
async def give_role(actor: Actor, account_id: UUID, role: Role, site_code: str | None, now: datetime) -> StaffRole:
    """Raises NotFound (never was staff where the actor administers), OwnAccount, InvalidBody or AlreadyExists.

    Who has had no role for a while signs in anew: a session from that time may have been made without a second factor.
    """
    account = await locked_account(account_id)
    if account is None or not await _roles_of(actor).filter(account_id=account_id).exists():
        raise NotFound
    if account_id == actor.account_id:
        raise OwnAccount
    ((_, site),) = await at_sites(actor, [(role, site_code)], pointer="")
    held = await living_roles(now).filter(account_id=account_id)
    if any(had.role == role and had.site_id == (site.id if site else None) for had in held):
        raise AlreadyExists
    given = await StaffRole.create(account=account, role=role, site=site, starts_at=now)
    ended = 0 if held else await end_sessions(account_id, ROLE_GIVEN, now)
    await record(
        actor, actor.action, account, now, changes={"role": [None, _shown(given)], "sessions": [ended, 0]}
    )
    return given


@atomic
async def end_role(actor: Actor, account_id: UUID, role_id: UUID, now: datetime) -> StaffRole:
    """Raises NotFound, IllegalState when it is over, or LastAdministrator."""
    await lock_administration(now)
    role = await _roles_of(actor).filter(id=role_id, account_id=account_id).select_related("account", "site").first()
    if role is None:
        raise NotFound
    if role.ends_at is not None and role.ends_at <= now:
        raise IllegalState(state="ended")
    role.ends_at = now
    await role.save(update_fields=["ends_at"])
    if _is_of_the_study(role):
        await require_administrator(now)
    await record(actor, actor.action, role.account, now, changes={"role": [_shown(role), None]})
    return role


async def lock_administration(now: datetime) -> None:
    """Of two administrators who remove each other at the same moment, the second sees what the first has done."""
    chosen = _administrators(now).order_by("id")
    await (chosen.select_for_update(no_key=True) if is_postgres() else chosen)


async def require_administrator(now: datetime) -> None:
    """Somebody must be left who administers the whole study. Raises LastAdministrator."""
    if not await _administrators(now).filter(starts_at__lte=now, account__disabled_at__isnull=True).exists():
        raise LastAdministrator


def _administrators(now: datetime) -> QuerySet[StaffRole]:
    return living_roles(now).filter(role=Role.ADMINISTRATOR, site_id__isnull=True)


def _is_of_the_study(role: StaffRole) -> bool:
    return role.role == Role.ADMINISTRATOR and role.site_id is None


def _roles_of(actor: Actor) -> QuerySet[StaffRole]:
    """Roles at the sites where the actor is administrator."""
    sites = sites_for(actor)
    return StaffRole.all() if sites is None else StaffRole.filter(site_id__in=list(sites))


def _shown(role: StaffRole) -> str:
    return f"{role.role}@{role.site.code if role.site else '*'}"
