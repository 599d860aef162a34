"""Who is told of a case, and when somebody answers for a site.

On duty is whose shift runs; while nobody's does, every duty person of the site.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

from backend.access.permissions import PERMISSIONS
from models import Account, DutyShift, Participant, Site, StaffRole
from models.actions import Action
from models.participation import ENDINGS
from models.protocol import TOLD_ROLES
from models.spans import holds
from models.vocabulary import Role

AHEAD = timedelta(days=7)
"""So far ahead a gap in the roster is shown."""
ANSWERING = frozenset(role for role, actions in PERMISSIONS.items() if Action.SAFETY_ACKNOWLEDGE in actions)
"""Who may acknowledge a case, and so may be on duty."""
Gap = tuple[datetime, datetime]


@dataclass(frozen=True)
class Cover:
    """Whether a site has somebody on duty, now and in the next seven days."""

    site: Site
    has_participants: bool
    on_duty: list[Account]
    gaps: list[Gap]

    @property
    def is_faulty(self) -> bool:
        """Families write, and nobody would be told."""
        return self.has_participants and bool(self.gaps or not self.on_duty)


async def people_to_tell(tell: str, site_id: UUID, now: datetime) -> list[Account]:
    """The people of one step of the ladder, each once."""
    found = await on_duty(site_id, now) if tell in ("on_duty", "everybody") else []
    if tell != "on_duty":
        found += await holders(site_id, TOLD_ROLES[tell], now)
    return list({account.id: account for account in found}.values())


async def on_duty(site_id: UUID, now: datetime) -> list[Account]:
    answering = {account.id for account in await holders(site_id, ANSWERING, now)}
    shifts = await DutyShift.filter(holds(now), site_id=site_id).order_by("starts_at", "id").select_related("account")
    found = {shift.account_id: shift.account for shift in shifts if shift.account_id in answering}
    return list(found.values()) or await holders(site_id, {Role.DUTY_PERSON}, now)


async def holders(site_id: UUID, roles: Iterable[Role], now: datetime) -> list[Account]:
    """Whoever has one of these roles there, or everywhere, and can sign in."""
    held = StaffRole.filter(
        holds(now), Q(site_id=site_id) | Q(site_id__isnull=True), role__in=list(roles),
        account__disabled_at__isnull=True,
    )
    found = await held.order_by("starts_at", "id").select_related("account")
    return list({role.account_id: role.account for role in found}.values())


async def cover_of(sites: Iterable[Site], now: datetime) -> list[Cover]:
    lived_in = set(await _sites_with_participants())
    return [await _cover(site, site.id in lived_in, now) for site in sites]


async def uncovered(now: datetime) -> list[Cover]:
    """Sites with participants at which nobody is on duty, now or some time in the next seven days."""
    return [cover for cover in await cover_of(await Site.all().order_by("code"), now) if cover.is_faulty]


async def _sites_with_participants() -> list[UUID]:
    taking_part = Participant.exclude(state__in=list(ENDINGS))
    return await taking_part.distinct().values_list("site_id", flat=True)  # type: ignore[return-value]


async def _cover(site: Site, has_participants: bool, now: datetime) -> Cover:
    until = now + AHEAD
    if await holders(site.id, {Role.DUTY_PERSON}, now):
        return Cover(site, has_participants, await on_duty(site.id, now), [])
    answering = {account.id for account in await holders(site.id, ANSWERING, now)}
    shifts = await DutyShift.filter(site_id=site.id, starts_at__lt=until, ends_at__gt=now)
    spans = [(shift.starts_at, shift.ends_at) for shift in shifts if shift.account_id in answering]
    return Cover(site, has_participants, await on_duty(site.id, now), gaps_between(spans, now, until))


def gaps_between(spans: Iterable[Gap], start: datetime, end: datetime) -> list[Gap]:
    """The parts of start … end that no span covers. Pure."""
    gaps, covered_until = [], start
    for begins, ends in sorted(spans):
        if begins > covered_until:
            gaps.append((covered_until, min(begins, end)))
        covered_until = max(covered_until, ends)
        if covered_until >= end:
            return gaps
    return [*gaps, (covered_until, end)]
