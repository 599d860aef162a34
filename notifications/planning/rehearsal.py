"""rehearse(): every reminder to come of one child, and none of them sent (pure).

The planner's own plan is judged by the sender's own judge, from one due moment to the next, on rows that are never
stored. Of the family it assumes one of two things: it answers within the hour, or it is silent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from models import DiaryEntry, Guardianship, Notice, NoticeAttempt, NoticePreference, PushDevice, Visit
from models.fields import new_id
from models.protocol import ProtocolFile
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, NoticeRank
from notifications.channels.base import Channel
from notifications.planning.check_ins import Attested
from notifications.planning.fact_reading import AHEAD, LOOKS_BACK
from notifications.planning.facts import AttestedPeriod, Child
from notifications.planning.occasions import reminders_of
from notifications.planning.reconciling import reconcile
from notifications.sending.circumstances import SOON, WAITS_FOR, WEEK, Circumstances
from notifications.sending.endings import Work, after_replacing, after_tries
from notifications.sending.errands import Desk
from notifications.sending.parcels import Letterhead
from notifications.sending.relevance import Judge, by_rank
from notifications.sending.tasks import Tasks
from notifications.sending.writing import GoingOn
from notifications.slots import task

ANSWERS_WITHIN = timedelta(hours=1)
PLANS_EVERY = timedelta(days=7)
"""Well within the time for which reminders are planned; between, when the family has done something."""


@dataclass(frozen=True)
class Household:
    """Who may be told, by what, and of what, as it stands now."""

    guardianships: tuple[Guardianship, ...]
    """Each read with its account and its participant."""
    preferences: Mapping[UUID, NoticePreference]
    devices: Mapping[UUID, tuple[PushDevice, ...]]
    channels: Sequence[Channel]
    head: Letterhead
    visits: Mapping[UUID, Visit]
    fractures: Mapping[UUID, DiaryEntry]
    past: tuple[Notice, ...] = ()
    """What was told already: not told again, and it counts for the first week."""
    tried: Mapping[UUID, dict[str, NoticeAttempt]] = field(default_factory=dict)
    """How far those are on each channel."""
    last_seen: Mapping[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Rehearsed:
    """One notice on one channel."""

    at: datetime
    notice: Notice
    channel: str
    order: tuple[str, ...]
    """All that reach this person for it; the next one's turn comes while nobody looks."""
    is_fallback: bool
    """It was told before, by another channel."""


@dataclass
class Rehearsal:
    """How it went so far."""

    file: ProtocolFile
    household: Household
    child: Child
    answers: bool
    until: datetime
    notices: dict[UUID, Notice] = field(default_factory=dict)
    """Those that are not long past."""
    tried: dict[UUID, dict[str, NoticeAttempt]] = field(default_factory=dict)
    last_seen: dict[UUID, datetime] = field(default_factory=dict)
    answering: list[tuple[datetime, Notice]] = field(default_factory=list)
    """What was just told, and when it will be answered."""
    answered: dict[UUID | None, list[datetime]] = field(default_factory=dict)

    def play(self, start: datetime) -> Iterator[Rehearsed]:
        """From one due moment to the next, as workers would that never sleep."""
        home = self.household
        self.notices = {notice.id: notice for notice in home.past}
        self.tried, self.last_seen = dict(home.tried), dict(home.last_seen)
        plans_at = now = start
        while now <= self.until:
            if self._take_answers(now) or now >= plans_at:
                self._plan(now)
                plans_at = now + PLANS_EVERY
            yield from self._round(now)
            now = min([plans_at, *(notice.due_at for notice in self._waiting()), *(at for at, _ in self.answering)])

    def _waiting(self) -> list[Notice]:
        return [notice for notice in self.notices.values() if notice.state is DeliveryState.QUEUED]

    def _plan(self, now: datetime) -> None:
        """As the planner does it, for the same weeks ahead."""
        self.notices = {notice.id: notice for notice in self.notices.values()
                        if notice.state is DeliveryState.QUEUED or notice.visible_at >= now - LOOKS_BACK}
        wanted = reminders_of(self.file, self.child, now - LOOKS_BACK, now + AHEAD)
        changes = reconcile(self.child, wanted, self.notices.values(), {}, now)
        for notice in changes.new:
            notice.id = new_id()
            self.notices[notice.id] = notice
        for notice, reminder, at in changes.moved:
            notice.due_at = notice.visible_at = at
            notice.state, notice.rank = DeliveryState.QUEUED, reminder.occasion.rank
            notice.useless_after, notice.last_error = reminder.occasion.useless_after, None
        for notice, reason in changes.fallen_away:
            notice.state, notice.last_error = DeliveryState.CANCELLED, reason
        for notice in [*changes.to_replace, *changes.done]:
            notice.done_at, notice.state = now, DeliveryState.CANCELLED

    def _round(self, now: datetime) -> Iterator[Rehearsed]:
        """All that is due at one moment."""
        home, rule = self.household, self.file.reminders
        desk = Desk(home.channels, home.head, Judge(self._circumstances(now), rule, now))
        due = by_rank([notice for notice in self._waiting() if notice.due_at <= now])
        for going in filter(None, map(desk.take, due)):
            _go_on(going)
        for work in desk.works:
            if work.taken_back:
                _go_on(after_replacing(work, [], now))
            else:
                yield from self._told(work, desk, now)

    def _told(self, work: Work, desk: Desk, now: datetime) -> Iterator[Rehearsed]:
        """Every channel takes what it is handed."""
        notice = work.notice
        for errand in desk.errands:
            if errand.notice is notice:
                name = errand.channel.name
                work.tried[name].state, work.tried[name].at = AttemptState.ACCEPTED, now
                yield Rehearsed(now, notice, name, work.reached, notice.told_at is not None)
        self.tried[notice.id] = work.tried
        going = after_tries(work, {}, self.file.reminders, now)
        if self.answers and not notice.told_at:
            self.answering.append((now + ANSWERS_WITHIN, notice))
        notice.told_at = going.told_at
        _go_on(going)

    def _take_answers(self, now: datetime) -> bool:
        """Whoever was told has looked, and answered; after a digest, all that it only said was waiting."""
        ripe = [notice for at, notice in self.answering if at <= now]
        self.answering = [(at, notice) for at, notice in self.answering if at > now]
        for notice in ripe:
            self.last_seen[notice.account_id] = now
            waiting = self._in_inbox(now).get(notice.account_id, []) if notice.kind is NoticeKind.DIGEST else []
            for one in [notice, *waiting]:
                one.read_at = now
                self._answer(one, now)
        return bool(ripe)

    def _answer(self, notice: Notice, now: datetime) -> None:
        child, day = self.child, task(notice.slot)
        match notice.kind:
            case NoticeKind.CHECK_IN_DUE:
                kept = tuple(one for one in child.attested if one.last >= (now - LOOKS_BACK).date().isoformat())
                period = AttestedPeriod(day, day, notice.account_id)
                self.child = replace(child, attested=(*kept, period), last_check_in_by=notice.account_id)
            case NoticeKind.FOLLOW_UP_DUE:
                self.answered.setdefault(notice.subject_id, []).append(now)
                fractures = tuple(replace(one, answered_at=now, answered_by=notice.account_id)
                                  if one.id == notice.subject_id else one for one in child.fractures)
                self.child = replace(child, fractures=fractures)
            case NoticeKind.QUERY_WAITING:
                left = tuple(query for query in child.queries if query.id != notice.subject_id)
                self.child = replace(child, queries=left)

    def _in_inbox(self, now: datetime) -> dict[UUID, list[Notice]]:
        found: dict[UUID, list[Notice]] = {}
        for one in self.notices.values():
            if (one.state is DeliveryState.DELIVERED and not (one.told_at or one.read_at or one.done_at)
                    and one.rank >= NoticeRank.OTHER and one.kind is not NoticeKind.DIGEST
                    and now - WAITS_FOR <= one.visible_at <= now
                    and (one.useless_after is None or one.useless_after > now)):
                found.setdefault(one.account_id, []).append(one)
        return found

    def _circumstances(self, now: datetime) -> Circumstances:
        """What `circumstances.py` reads from the tables."""
        home, child = self.household, self.child
        told: dict[UUID, dict[UUID, datetime]] = {}
        for notice in self.notices.values():
            if notice.told_at and notice.told_at >= now - WEEK:
                told.setdefault(notice.account_id, {})[notice.id] = notice.told_at
        urgent: dict[UUID, list[Notice]] = {}
        for notice in self._waiting():
            if notice.rank < NoticeRank.OTHER and not notice.told_at and notice.due_at <= now + SOON:
                urgent.setdefault(notice.account_id, []).append(notice)
        tasks = Tasks(
            Attested([(child.id, period.first, period.last) for period in child.attested]), dict(home.visits),
            frozenset(query.id for query in child.queries), {}, frozenset(), dict(home.fractures), self.answered,
        )
        return Circumstances(
            {(link.account_id, link.participant_id): link for link in home.guardianships}, dict(home.preferences),
            dict(home.devices), self.tried, self.last_seen, told, urgent, self._in_inbox(now), tasks,
        )


def _go_on(going: GoingOn) -> None:
    going.notice.state = going.state
    going.notice.due_at = going.due_at or going.notice.due_at


def rehearse(
    file: ProtocolFile, child: Child, household: Household, start: datetime, until: datetime, *, answers: bool
) -> list[Rehearsed]:
    """In order of time."""
    return list(Rehearsal(file, household, child, answers, until).play(start))
