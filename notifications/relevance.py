"""Whether a notice is still to be told: asked again at the moment of sending, because weeks may have passed."""

from dataclasses import dataclass
from datetime import date, datetime

from models import (
    Account,
    ConsentDocument,
    ConsentSignature,
    DataQuery,
    Guardianship,
    Notice,
    NoticePreference,
    Visit,
)
from models.vocabulary import NoticeKind, QueryState, VisitState
from notifications.check_ins import attested
from notifications.listeners import listener, living, may_hear, preferences_of
from notifications.local_time import local_date
from notifications.quiet_hours import next_waking
from notifications.reminders import VALIDITY, Listener, visit_of, visit_slot
from notifications.visit_dates import date_of


@dataclass(frozen=True)
class Tell:
    """Now, to this account. `codes` must not stand in the text."""

    account: Account
    preference: NoticePreference
    codes: frozenset[str]


@dataclass(frozen=True)
class Later:
    due_at: datetime


@dataclass(frozen=True)
class Void:
    reason: str


async def judge(notice: Notice, now: datetime) -> Tell | Later | Void:
    """Tell it now, tell it later, or never."""
    guardianship = await Guardianship.filter(
        living(now), account_id=notice.account_id, participant_id=notice.participant_id
    ).select_related("account", "participant").first()
    if guardianship is None or not may_hear(guardianship, notice.kind):
        return Void("not_entitled")
    account: Account = guardianship.account
    preference = (await preferences_of([account.id]))[account.id]
    hearer = listener(account, preference)
    if reason := await _moot(notice, hearer, now):
        return Void(reason)
    due_at = _due_at(notice, hearer, now)
    if due_at > now:
        return Later(due_at)
    return Tell(account, preference, frozenset({guardianship.participant.code}))


async def _moot(notice: Notice, hearer: Listener, now: datetime) -> str | None:
    """Why there is nothing to tell any more."""
    if notice.kind is NoticeKind.QUERY_WAITING:
        waiting = await DataQuery.exists(id=notice.subject_id, state=QueryState.OPEN)
        return None if waiting else "answered"
    if notice.kind is NoticeKind.CONSENT_WAITING:
        return await _consent_moot(notice)
    if notice.attempts <= 1 and now - notice.visible_at > VALIDITY:
        return "too_late"
    if notice.kind is NoticeKind.CHECK_IN_DUE:
        done = await attested([notice.subject_id], now)
        return "done" if done.covers(notice.subject_id, notice.slot) else None
    return await _visit_moot(notice, local_date(now, hearer.zone), now)


async def _consent_moot(notice: Notice) -> str | None:
    """This person has decided on that version since, in whatever language they read it."""
    document = await ConsentDocument.get(id=notice.subject_id).only("id", "code", "version")
    decided = await ConsentSignature.exists(
        participant_id=notice.participant_id, signer_id=notice.account_id, document__code=document.code,
        document__version=document.version,
    )
    return "decided" if decided else None


async def _visit_moot(notice: Notice, today: date, now: datetime) -> str | None:
    visit = await Visit.get_or_none(id=notice.subject_id)
    if visit is None or visit.state is not VisitState.PLANNED:
        return "not_planned"
    visit_on, _ = visit_slot(notice.slot)
    if date_of(visit) != visit_on:
        return "moved"
    return "over" if today > visit_on or (visit.agreed_at and visit.agreed_at <= now) else None


def _due_at(notice: Notice, hearer: Listener, now: datetime) -> datetime:
    """Now, the end of quiet hours, or the visit's hour for somebody who has moved to a later zone since."""
    if notice.kind is NoticeKind.VISIT_AHEAD:
        due_at = visit_of(*visit_slot(notice.slot), hearer).due_at
        if due_at > now:
            return due_at
    return next_waking(now, hearer.zone, hearer.quiet)
