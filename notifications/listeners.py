"""Who may be told what: living guardianships, what the participant's state allows, each person's clock and wishes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models import Account, Guardianship, NoticePreference, Participant
from models.participation import effect_of
from models.spans import speaks
from models.vocabulary import Capability, Collection, NoticeKind, Role
from notifications.local_time import zone_named
from notifications.planning.reminders import Listener
from notifications.quiet_hours import QuietHours
from notifications.wishes import channels_wanted

NEEDS = {
    NoticeKind.CHECK_IN_DUE: Capability.LOG,
    NoticeKind.VISIT_AHEAD: Capability.SEE,
    NoticeKind.VISIT_CHANGED: Capability.SEE,
    NoticeKind.FOLLOW_UP_DUE: Capability.LOG,
    NoticeKind.QUERY_WAITING: Capability.ANSWER,
}
"""What a guardianship must allow for its holder to be told; a text to sign waits whatever it allows."""
TO_SIGN = frozenset({NoticeKind.CONSENT_WAITING, NoticeKind.CONSENT_EXPIRING})
ASKS_FOR_AN_ENTRY = frozenset({NoticeKind.CHECK_IN_DUE, NoticeKind.FOLLOW_UP_DUE})
ROLES = frozenset({Role.GUARDIAN, Role.PARTICIPANT})
"""Carers only report; nothing is asked of them."""


def living(now: datetime) -> Q:
    """Guardianships that hold now; a locked one does not."""
    return Q(speaks(now), account__disabled_at=None)


def may_hear(guardianship: Guardianship, kind: NoticeKind) -> bool:
    """Whether its holder is told of this now; its participant was read with it."""
    if guardianship.role not in ROLES or (kind in NEEDS and NEEDS[kind] not in guardianship.capabilities):
        return False
    return kind in effect_of(guardianship.participant.state).told and not _asks_in_vain(guardianship, kind)


def _asks_in_vain(guardianship: Guardianship, kind: NoticeKind) -> bool:
    """A child that said no is asked for nothing; nobody is asked for an entry that could not be taken in."""
    child: Participant = guardianship.participant
    if kind in TO_SIGN:
        return False
    said_no = child.dissented_at is not None and guardianship.role is Role.PARTICIPANT
    return said_no or (kind in ASKS_FOR_AN_ENTRY and child.collection is not Collection.OPEN)


async def preferences_of(accounts: Iterable[UUID]) -> dict[UUID, NoticePreference]:
    """The wishes of these accounts; who never chose has the defaults."""
    wanted = set(accounts)
    chosen = {row.account_id: row for row in await NoticePreference.filter(account_id__in=wanted)}
    return {account: chosen.get(account) or NoticePreference(account_id=account) for account in wanted}


def listener(account: Account, preference: NoticePreference) -> Listener:
    """This person's clock and wishes."""
    return Listener(
        zone_named(account.timezone), QuietHours(preference.quiet_from, preference.quiet_until), preference.hour,
        preference.weekday, preference.digest_weekday, preference.away_from, preference.away_until,
        frozenset(kind for kind in NoticeKind if not channels_wanted(preference, kind)),
    )
