"""A family's years in front of the real planner and the real sender: the clock steps from one due moment to the next,
doses are given and visits attended as planned, and whoever is told answers within the hour (or nobody ever does)."""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.diary.sync import accept_batch
from backend.diary.uploads import Sender
from backend.visits.doses import note_dose
from backend.visits.schedule import attend_visit, plan_visits
from backend.visits.schemas import DoseNote
from backend.wiring import Wiring
from models import Notice, Participant, ReminderPlan, Session, Visit
from models.actions import Action
from models.fields import new_id
from models.vocabulary import DeliveryState, NoticeKind, VisitState
from notifications.channels.base import Channel
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due
from notifications.slots import day_of
from notifications.words.messages import already_done_text
from tests.cast import Cast

NOON = time(12)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
APP = "Diary"


class Told(NamedTuple):
    """One notice on one channel, as it left."""

    at: datetime
    account: UUID
    kind: NoticeKind
    slot: str
    channel: str


@dataclass
class Play:
    wiring: Wiring
    cast: Cast
    participant: Participant
    boxes: Sequence[Channel]
    zone: ZoneInfo
    answers: bool = True
    told: list[Told] = field(default_factory=list)
    acts: list[tuple[datetime, int, Callable[[datetime], Awaitable[None]]]] = field(default_factory=list)
    number: count = field(default_factory=count)
    steps: int = 0

    def __post_init__(self) -> None:
        self.done_already = {already_done_text(p.account.language, APP).subject for p in self.cast.people.values()}
        self.staff = "nora" if self.participant.code.startswith("SE") else "otto"

    async def plan_from(self, first_dose_on: date, now: datetime) -> None:
        """Staff expect the first dose on that day; from then on everything takes place as planned."""
        actor = await self.cast.actor(self.staff, Action.VISIT_PLAN)
        await plan_visits(actor, self.participant.id, self.wiring.protocol, now, first_dose_on=first_dose_on)
        await self._await_visits()

    def at(self, moment: datetime, act: Callable[[datetime], Awaitable[None]]) -> None:
        heapq.heappush(self.acts, (moment, next(self.number), act))

    async def run(self, start: datetime, until: datetime) -> list[Told]:
        now = start
        while now <= until:
            self.steps += 1
            while self.acts and self.acts[0][0] <= now:
                await heapq.heappop(self.acts)[2](now)
            await plan_reminders(self.wiring.protocol, now)
            await send_due(self.boxes, APP, lambda: now, self.wiring.protocol.file.reminders)  # noqa: B023 (at once)
            await self._collect()
            now = await self._next(now)
        return self.told

    async def _next(self, now: datetime) -> datetime:
        """When anything is due: a notice, a look of the planner, somebody's act."""
        queued = await Notice.filter(state=DeliveryState.QUEUED).order_by("due_at").first()
        looks = await ReminderPlan.all().order_by("next_at").first()
        moments = [queued.due_at if queued else None, looks.next_at if looks else None,
                   self.acts[0][0] if self.acts else None]
        following = min(moment for moment in moments if moment)
        assert following > now, "something was due and stayed undone"
        return following

    async def _collect(self) -> None:
        for box in self.boxes:
            for parcel in box.parcels:
                if parcel.subject not in self.done_already:
                    notice = await Notice.get(id=parcel.id)
                    if notice.participant_id == self.participant.id:
                        self._note(Told(parcel.at, notice.account_id, notice.kind, notice.slot, box.name), notice)
            box.parcels.clear()

    def _note(self, told: Told, notice: Notice) -> None:
        is_first = notice.told_at == told.at
        self.told.append(told)
        if self.answers and is_first:
            self.at(told.at + HOUR, lambda now: self._look(notice, now))

    async def _look(self, notice: Notice, now: datetime) -> None:
        await Session.filter(account_id=notice.account_id).update(last_seen_at=now)
        await Notice.filter(id=notice.id).update(read_at=now)
        shown = [notice]
        if notice.kind is NoticeKind.DIGEST:
            shown = await Notice.filter(account_id=notice.account_id, state=DeliveryState.DELIVERED, told_at=None,
                                        read_at=None, visible_at__lte=now)
        for one in shown:
            if one.kind is NoticeKind.CHECK_IN_DUE:
                await self._attest(one, now)

    async def _attest(self, notice: Notice, now: datetime) -> None:
        name = next(name for name, person in self.cast.people.items() if person.id == notice.account_id)
        last = day_of(notice.slot)
        data = {"from": (last - WEEK + timedelta(days=1)).isoformat(), "to": last.isoformat(),
                "answer": "nothing_happened"}
        item = {"collection": "entries", "id": str(new_id()), "op": "upsert", "kind": "check_in", "client_seq": 1,
                "recorded_at": now.isoformat(), "timezone": "Europe/Stockholm", "data": data}
        actor = await self.cast.actor(name, Action.DIARY_WRITE)
        results = await accept_batch(Sender(actor, self.participant.id, self.wiring.protocol, now), [item])
        assert [result.status for result in results] == ["applied"], results

    async def _await_visits(self) -> None:
        """Each visit to come takes place at noon of its day, unless the plan has moved it by then."""
        for visit in await Visit.filter(participant_id=self.participant.id, state=VisitState.PLANNED):
            noon = datetime.combine(visit.target_on, NOON, self.zone).astimezone(UTC)
            self.at(noon, lambda now, visit=visit: self._attend(visit, now))

    async def _attend(self, planned: Visit, now: datetime) -> None:
        visit = await Visit.get(id=planned.id)
        if visit.state is not VisitState.PLANNED or visit.target_on != planned.target_on:
            return
        number = next((rule.dose for rule in self.wiring.protocol.file.visit if rule.code == visit.plan_code), None)
        if number:
            actor = await self.cast.actor(self.staff, Action.DOSE_NOTE)
            noted = DoseNote(visit.target_on)
            await note_dose(actor, self.participant.id, number, noted, self.wiring.protocol, now)
            await self._await_visits()
        else:
            actor = await self.cast.actor(self.staff, Action.VISIT_ATTEND)
            await attend_visit(actor, visit.id, visit.target_on, self.wiring.protocol, now)
