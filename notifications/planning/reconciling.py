"""What is written against what is wanted: which notices are new, move, come back, fall away, or were done (pure).

What was told stays as it was told. What is due already and waits its turn is not moved; what somebody put off stays
as long as its task is wanted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models import Notice
from models.vocabulary import DeliveryState, NoticeKind
from notifications.planning.facts import Child
from notifications.planning.occasions import Reminder
from notifications.planning.reminders import VALIDITY
from notifications.planning.silence import SILENCED
from notifications.slots import OPENED, base, days_of, task
from notifications.tags import tag_of

PLANNED = frozenset({
    NoticeKind.CHECK_IN_DUE, NoticeKind.VISIT_AHEAD, NoticeKind.QUERY_WAITING, NoticeKind.CONSENT_EXPIRING,
    NoticeKind.FOLLOW_UP_DUE, NoticeKind.DIGEST,
})
"""All others are written where what they tell of happens."""
NOT_WANTED, DONE = "not_wanted", "done"
MAY_COME_BACK = frozenset({NOT_WANTED, DONE, SILENCED, "moved", "not_planned", "not_entitled"})
"""Why a slot fell away that may be wanted again: a visit moved back, a check-in retracted, a stay in hospital over."""


@dataclass
class Changes:
    """To be written; empty where everything is as wanted."""

    new: list[Notice] = field(default_factory=list)
    moved: list[tuple[Notice, Reminder, datetime]] = field(default_factory=list)
    """Not told yet: wanted at another time; perhaps it had fallen away before."""
    fallen_away: list[tuple[Notice, str]] = field(default_factory=list)
    to_replace: list[Notice] = field(default_factory=list)
    """Told, unread, and done by somebody else since: what a phone shows of it is to be replaced."""
    done: list[Notice] = field(default_factory=list)
    """By whoever was told, and older ones of the same task: only noted."""
    digests_lost: set[UUID] = field(default_factory=set)
    """Accounts whose digests were written for this child and are not wanted for it any more."""


def reconcile(
    child: Child, wanted: Iterable[Reminder], written: Iterable[Notice], answered: dict[UUID, frozenset[UUID]],
    now: datetime,
) -> Changes:
    """`written`: of the child's guardians, not long past; `answered`: questions that are not open, and by whom."""
    changes = Changes()
    ours = {key_of(notice): notice for notice in written if notice.participant_id == child.id or _is_weekly(notice)}
    keys = {reminder.key for reminder in wanted}
    for reminder in wanted:
        _want(changes, reminder, ours.get(reminder.key), now)
    for notice in ours.values():
        if notice.participant_id == child.id:
            _still_wanted(changes, child, notice, keys, answered)
            if _is_weekly(notice) and key_of(notice) not in keys and (_is_waiting(notice) or _came_back(notice)):
                changes.digests_lost.add(notice.account_id)
    _newest_replaced(changes)
    return changes


def key_of(notice: Notice) -> tuple[UUID, NoticeKind, UUID, str]:
    return notice.account_id, notice.kind, notice.subject_id, notice.slot


def _is_weekly(notice: Notice) -> bool:
    """A digest is the account's, whichever of its children it was written for."""
    return notice.kind is NoticeKind.DIGEST


def _want(changes: Changes, reminder: Reminder, notice: Notice | None, now: datetime) -> None:
    occasion = reminder.occasion
    is_fresh = now - VALIDITY <= occasion.due_at
    if notice is None:
        if is_fresh:
            changes.new.append(_notice(reminder, now))
    elif _came_back(notice):
        if is_fresh:
            changes.moved.append((notice, reminder, occasion.due_at))
    elif _is_waiting(notice) and not notice.done_at:
        is_due = notice.visible_at <= now
        # A zone further east may have put it into the past: then it is due now, and not lost.
        at = notice.visible_at if is_due else max(occasion.due_at, now)
        if (at, occasion.useless_after, occasion.rank) != (notice.visible_at, notice.useless_after, notice.rank):
            changes.moved.append((notice, reminder, at))


def _notice(reminder: Reminder, now: datetime) -> Notice:
    occasion = reminder.occasion
    return Notice(
        account_id=reminder.account_id, participant_id=reminder.participant_id, kind=reminder.kind,
        subject_id=reminder.subject_id, slot=occasion.slot, due_at=occasion.due_at, rank=occasion.rank,
        useless_after=occasion.useless_after, created_at=now,
    )


def _came_back(notice: Notice) -> bool:
    return (notice.state is DeliveryState.CANCELLED and notice.told_at is None and notice.read_at is None
            and notice.last_error in MAY_COME_BACK)


def _is_waiting(notice: Notice) -> bool:
    return notice.state is DeliveryState.QUEUED and notice.told_at is None


def _still_wanted(
    changes: Changes, child: Child, notice: Notice, keys: set[tuple[UUID, NoticeKind, UUID, str]],
    answered: dict[UUID, frozenset[UUID]],
) -> None:
    doers = _done_by(child, notice, answered)
    if doers is not None:
        _is_done(changes, notice, doers)
    elif _is_waiting(notice) and _is_planned(notice) and _planned_key(notice) not in keys:
        changes.fallen_away.append((notice, NOT_WANTED))


def _planned_key(notice: Notice) -> tuple[UUID, NoticeKind, UUID, str]:
    return notice.account_id, notice.kind, notice.subject_id, base(notice.slot)


def _is_planned(notice: Notice) -> bool:
    return notice.kind in PLANNED and not (notice.kind is NoticeKind.QUERY_WAITING and base(notice.slot) == OPENED)


def _done_by(child: Child, notice: Notice, answered: dict[UUID, frozenset[UUID]]) -> frozenset[UUID | None] | None:
    """Who did what it asks for; None = nobody yet."""
    if notice.kind is NoticeKind.QUERY_WAITING:
        return answered.get(notice.subject_id)
    if notice.kind is NoticeKind.CHECK_IN_DUE:
        by = [period.by for period in child.attested if period.covers(task(notice.slot))]
        return frozenset(by) if by else None
    if notice.kind is NoticeKind.FOLLOW_UP_DUE:
        zone = next(one.listener.zone for one in child.guardians if one.account_id == notice.account_id)
        by = [fracture.answered_by for fracture in child.fractures
              if fracture.id == notice.subject_id and fracture.answers(days_of(notice.slot), zone)]
        return frozenset(by) if by else None
    return None


def _is_done(changes: Changes, notice: Notice, doers: frozenset[UUID | None]) -> None:
    """Whoever did it knows; the others' phones may still show it."""
    if notice.done_at:
        return
    if _is_waiting(notice):
        changes.fallen_away.append((notice, DONE))
    elif notice.told_at and notice.read_at is None and notice.state in (DeliveryState.QUEUED, DeliveryState.DELIVERED):
        (changes.done if notice.account_id in doers else changes.to_replace).append(notice)


def _newest_replaced(changes: Changes) -> None:
    """Each newer notice of a task took the older one's place on the phone already: one replacement is enough."""
    newest: dict[str, Notice] = {}
    for notice in sorted(changes.to_replace, key=lambda notice: (notice.visible_at, notice.id)):
        tag = tag_of(notice.account_id, notice.kind, notice.subject_id)
        if tag in newest:
            changes.done.append(newest[tag])
        newest[tag] = notice
    changes.to_replace = list(newest.values())
