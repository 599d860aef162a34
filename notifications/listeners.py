"""Who may be told what: living guardianships of active participants, and each person's clock and wishes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models import Account, Guardianship, NoticePreference
from models.vocabulary import Capability, NoticeKind, ParticipantState, Role
from notifications.local_time import zone_named
from notifications.quiet_hours import QuietHours
from notifications.reminders import Listener

NEEDS = {
    NoticeKind.CHECK_IN_DUE: Capability.LOG,
    NoticeKind.VISIT_AHEAD: Capability.SEE,
    NoticeKind.QUERY_WAITING: Capability.ANSWER,
}
"""What a guardianship must allow for its holder to be told."""
ROLES = frozenset({Role.GUARDIAN, Role.PARTICIPANT})
"""Carers only report; nothing is asked of them."""


def living(now: datetime) -> Q:
    """Guardianships that hold now, of participants who take part."""
    return Q(
        Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, account__disabled_at=None,
        participant__state=ParticipantState.ACTIVE,
    )


def may_hear(guardianship: Guardianship, kind: NoticeKind) -> bool:
    return guardianship.role in ROLES and NEEDS[kind] in guardianship.capabilities


async def preferences_of(accounts: Iterable[UUID]) -> dict[UUID, NoticePreference]:
    """The wishes of these accounts; who never chose has the defaults."""
    wanted = set(accounts)
    chosen = {row.account_id: row for row in await NoticePreference.filter(account_id__in=wanted)}
    return {account: chosen.get(account) or NoticePreference(account_id=account) for account in wanted}


def listener(account: Account, preference: NoticePreference) -> Listener:
    return Listener(zone_named(account.timezone), QuietHours(preference.quiet_from, preference.quiet_until))
