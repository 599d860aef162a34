"""The duty roster: who answers for a site, and when nobody does."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import record
from backend.errors import DoesNotFit, IllegalState, NotFound
from backend.safety.roster import ANSWERING, Cover, cover_of, holders
from backend.safety.schemas import GapView, NewShift, PersonNamed, Roster, ShiftView
from models import Account, DutyShift, Site
from models.fields import new_id
from models.transaction import atomic

LONGEST = timedelta(days=366)


@atomic
async def plan_shift(actor: Actor, wanted: NewShift, now: datetime) -> ShiftView:
    """Shifts may overlap: everybody whose shift runs is told. Raises NotFound or DoesNotFit."""
    site = await scope.site_for(actor, wanted.site)
    if not (now < wanted.ends_at and wanted.starts_at < wanted.ends_at and _is_near(wanted, now)):
        raise DoesNotFit(errors=[{"pointer": "/ends_at", "detail": "shift_reversed"}])
    people = {account.id: account for account in await holders(site.id, ANSWERING, now)}
    if wanted.account_id not in people:
        raise DoesNotFit(errors=[{"pointer": "/account_id", "detail": "shift_not_eligible"}])
    shift = await DutyShift.create(
        id=new_id(), site_id=site.id, account_id=wanted.account_id, starts_at=wanted.starts_at,
        ends_at=wanted.ends_at, phone=wanted.phone.strip(), recorded_by_id=actor.account, recorded_at=now,
    )
    await record(actor, actor.action, shift, now, changes={
        "site": [None, site.code], "account": [None, str(shift.account_id)],
        "starts_at": [None, shift.starts_at.isoformat()], "ends_at": [None, shift.ends_at.isoformat()],
    })
    return _view(shift, site, people[wanted.account_id])


@atomic
async def end_shift(actor: Actor, shift_id: UUID, now: datetime) -> ShiftView:
    """A running shift ends now; one to come never begins. Raises NotFound or IllegalState."""
    found = await DutyShift.get_or_none(id=shift_id).select_related("site", "account")
    if found is None or not await scope.sites_of(actor).filter(id=found.site_id).exists():
        raise NotFound
    if found.ends_at <= now:
        raise IllegalState("The shift is over", state="over")
    before, found.ends_at = found.ends_at, max(now, found.starts_at)
    await found.save(update_fields=["ends_at"])
    changes = {"ends_at": [before.isoformat(), found.ends_at.isoformat()]}
    await record(actor, actor.action, found, now, changes=changes)
    return _view(found, found.site, found.account)


async def rosters(actor: Actor, now: datetime, *, site: str | None = None) -> list[Roster]:
    """Of every site of the actor, or of one. Raises NotFound."""
    chosen = scope.sites_of(actor).filter(code=site) if site else scope.sites_of(actor)
    sites = await chosen.order_by("code")
    if site and not sites:
        raise NotFound
    return [await _roster(cover, now) for cover in await cover_of(sites, now)]


async def _roster(cover: Cover, now: datetime) -> Roster:
    site = cover.site
    shifts = DutyShift.filter(site_id=site.id, ends_at__gt=now).order_by("starts_at", "id")
    coming = [shift for shift in await shifts.select_related("account") if shift.ends_at > shift.starts_at]
    return Roster(
        site.code, [_named(account) for account in cover.on_duty],
        [_view(shift, site, shift.account) for shift in coming],
        [GapView(starts, ends) for starts, ends in cover.gaps], cover.has_participants,
        [_named(account) for account in await holders(site.id, ANSWERING, now)],
    )


def _is_near(wanted: NewShift, now: datetime) -> bool:
    """It begins within a year and is over within another (and so on the calendar)."""
    return wanted.starts_at - now <= LONGEST and wanted.ends_at - wanted.starts_at <= LONGEST


def _view(shift: DutyShift, site: Site, account: Account) -> ShiftView:
    return ShiftView(shift.id, site.code, _named(account), shift.starts_at, shift.ends_at, shift.phone)


def _named(account: Account) -> PersonNamed:
    return PersonNamed(account.id, account.display_name)
