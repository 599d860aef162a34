"""Whether a notice is still to be told, and by which channels: asked again at the moment of sending, of a whole batch.

Weeks may have passed since it was planned. Nothing here writes; `sender.py` acts on the verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import Account, Guardianship, Notice, NoticePreference, PushDevice
from models.protocol import ReminderRule
from models.vocabulary import AttemptState, NoticeKind, NoticeRank
from notifications.listeners import listener, may_hear
from notifications.local_time import local_date
from notifications.planning.reminders import VALIDITY, Listener
from notifications.quiet_hours import next_waking
from notifications.sending.cap import first_free_day, waits_for_its_turn
from notifications.sending.circumstances import Circumstances
from notifications.sending.fallback import MAY_BE_SHOWN
from notifications.sending.tasks import DONE

TOLD_LATE_TOO = frozenset({
    NoticeKind.QUERY_WAITING, NoticeKind.CONSENT_WAITING, NoticeKind.CONSENT_EXPIRING, NoticeKind.VISIT_CHANGED,
})
"""What waits for an answer waits however late it is told; a reminder is of no use a day later."""


@dataclass(frozen=True)
class Hearer:
    """Whom it is for. `codes` must not stand in the text."""

    account: Account
    preference: NoticePreference
    devices: tuple[PushDevice, ...]
    clock: Listener
    codes: frozenset[str]


@dataclass(frozen=True)
class Tell:
    """By the channels whose turn it is."""

    hearer: Hearer


@dataclass(frozen=True)
class Replace:
    """It was done: what a phone still shows of it is replaced."""

    hearer: Hearer
    reason: str


@dataclass(frozen=True)
class Later:
    due_at: datetime


@dataclass(frozen=True)
class Enough:
    """Nothing is left to do: there was a sign of life, or the inbox alone tells it."""


@dataclass(frozen=True)
class Void:
    reason: str


Verdict = Tell | Replace | Later | Enough | Void


@dataclass(frozen=True)
class Judge:
    """The circumstances of one batch, and the moment."""

    known: Circumstances
    rule: ReminderRule
    now: datetime

    def verdict(self, notice: Notice) -> Verdict:
        """Tell it now, tell it later, take it back, or leave it."""
        guardianship = self.known.guardianships.get((notice.account_id, notice.participant_id))
        if guardianship is None or not may_hear(guardianship, notice.kind):
            return Void("not_entitled")
        hearer = self._hearer(guardianship)
        if reason := "done" if notice.done_at else self._moot(notice, hearer):
            return self._taken_back(notice, hearer, reason)
        if notice.read_at or self._seen_since(notice):
            return Enough()
        if notice.useless_after and notice.useless_after <= self.now:
            return Enough() if notice.told_at else Void("too_late")
        if self._is_late(notice):
            return Void("too_late")
        return self._now_or_later(notice, hearer)

    def _hearer(self, guardianship: Guardianship) -> Hearer:
        account: Account = guardianship.account
        preference = self.known.preferences[account.id]
        return Hearer(
            account, preference, self.known.devices.get(account.id, ()), listener(account, preference),
            frozenset({guardianship.participant.code}),
        )

    def _moot(self, notice: Notice, hearer: Hearer) -> str | None:
        if notice.kind is not NoticeKind.DIGEST:
            return self.known.tasks.moot(notice, hearer.clock, self.now)
        return None if any(map(self._waits, self.known.in_inbox.get(notice.account_id, []))) else "nothing_waits"

    def _waits(self, notice: Notice) -> bool:
        """Whether this is worth a digest."""
        guardianship = self.known.guardianships.get((notice.account_id, notice.participant_id))
        if guardianship is None or not may_hear(guardianship, notice.kind):
            return False
        return not self.known.tasks.moot(notice, self._hearer(guardianship).clock, self.now)

    def _taken_back(self, notice: Notice, hearer: Hearer, reason: str) -> Verdict:
        """Who may still have it before their eyes is shown that it is done; in the morning, if it is night."""
        shown = any(attempt.state in MAY_BE_SHOWN for attempt in self.known.tried.get(notice.id, {}).values())
        if reason not in DONE or not shown or notice.read_at:
            return Void(reason)
        waking = next_waking(self.now, hearer.clock.zone, hearer.clock.quiet)
        return Replace(hearer, reason) if waking <= self.now else Later(waking)

    def _seen_since(self, notice: Notice) -> bool:
        """A sign of life: it was opened, or a session was used since it was told."""
        if any(attempt.state is AttemptState.OPENED for attempt in self.known.tried.get(notice.id, {}).values()):
            return True
        last_seen = self.known.last_seen.get(notice.account_id)
        return bool(notice.told_at and last_seen and last_seen > notice.told_at)

    def _is_late(self, notice: Notice) -> bool:
        """It was to be told a day ago, and nobody could: no flood after a week down."""
        begun = bool(notice.told_at or self.known.tried.get(notice.id))
        return not begun and notice.kind not in TOLD_LATE_TOO and self.now - notice.due_at > VALIDITY

    def _now_or_later(self, notice: Notice, hearer: Hearer) -> Verdict:
        urgent = notice.rank < NoticeRank.OTHER
        begun = bool(notice.told_at or self.known.tried.get(notice.id))
        weekly = hearer.preference.digest_weekday is not None and notice.kind is not NoticeKind.DIGEST
        waits = not begun and waits_for_its_turn(notice.rank, notice.slot)
        if weekly and waits:
            return Enough()
        due_at = self._first_moment(notice, hearer, counted=waits)
        if due_at is None or (notice.useless_after and due_at >= notice.useless_after):
            # better woken than to miss tomorrow's visit; everything else stands in the inbox
            return Tell(hearer) if urgent else Enough()
        return Later(due_at) if due_at > self.now else Tell(hearer)

    def _first_moment(self, notice: Notice, hearer: Hearer, *, counted: bool) -> datetime | None:
        """When it may be told: nobody is asleep, away, or has been told enough. None = never."""
        clock, moment = hearer.clock, self.now
        if notice.rank >= NoticeRank.OTHER:
            today = local_date(moment, clock.zone)
            day = first_free_day(self.rule, notice.rank, today, self._told_on(notice, clock)) if counted else today
            if day is None:
                return None
            if clock.away_from and clock.away_from <= day <= (clock.away_until or day):
                if clock.away_until is None:
                    return None
                day = clock.away_until + timedelta(days=1)
            if day > today:
                return clock.instant(day, notice.visible_at.astimezone(clock.zone).hour)
        return next_waking(moment, clock.zone, clock.quiet)

    def _told_on(self, notice: Notice, clock: Listener) -> list[date]:
        """The local days on which this person was told of something else; today also if more urgent is to come."""
        today = local_date(self.now, clock.zone)
        told = self.known.told.get(notice.account_id, {})
        days = [local_date(at, clock.zone) for other, at in told.items() if other != notice.id]
        ahead = [other for other in self.known.more_urgent.get(notice.account_id, []) if other.id not in told]
        return [*days, *(today for other in ahead if local_date(other.due_at, clock.zone) <= today)]

    def note_told(self, notice: Notice) -> None:
        """It is being told in this batch: the next one of the same person counts it."""
        self.known.told.setdefault(notice.account_id, {})[notice.id] = self.now


def by_rank(notices: Sequence[Notice]) -> list[Notice]:
    """The order in which they are judged: what is more urgent takes the day."""
    return sorted(notices, key=lambda notice: (notice.rank, notice.due_at, notice.id))
