"""Whom to call about a case: everybody of the site who may act on it, with the number of whoever is on duty."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.safety.roster import ANSWERING, on_duty
from backend.safety.schemas import Contact
from models import DutyShift, StaffRole
from models.spans import holds


async def contacts_of(site_id: UUID, now: datetime) -> list[Contact]:
    """Whoever is on duty comes first."""
    duty = {account.id for account in await on_duty(site_id, now)}
    phones = {shift.account_id: shift.phone for shift in await DutyShift.filter(holds(now), site_id=site_id)}
    held = StaffRole.filter(
        holds(now), Q(site_id=site_id) | Q(site_id__isnull=True), role__in=list(ANSWERING),
        account__disabled_at__isnull=True,
    )
    found: dict[UUID, Contact] = {}
    for role in await held.order_by("starts_at", "id").select_related("account"):
        account = role.account
        contact = found.setdefault(account.id, Contact(
            account.id, account.display_name, [], account.id in duty, phones.get(account.id, "")))
        if role.role not in contact.roles:
            contact.roles.append(role.role)
    return sorted(found.values(), key=lambda contact: not contact.on_duty)
