"""Whatever changes in whatever order: no slot is planned twice, none is lost, and planning again changes nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise import Tortoise

from models import Notice
from models.vocabulary import DeliveryState, NoticeKind
from notifications.planning.fact_reading import AHEAD, LOOKS_BACK
from notifications.planning.facts import AttestedPeriod, Child, PlannedVisit
from notifications.planning.occasions import reminders_of
from notifications.planning.reconciling import DONE, MAY_COME_BACK, NOT_WANTED, key_of, reconcile
from notifications.planning.reminders import VALIDITY
from notifications.quiet_hours import QuietHours
from tests.notifications.made_up import FILE, MIA, VISIT, at, leo

START = at("2026-03-20T09:00")
"""Eight days before clocks change in Europe."""
ZONES = ("Europe/Stockholm", "Europe/London", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati",
         "Pacific/Pago_Pago", "Australia/Lord_Howe")

hours = st.integers(0, 23)
zones = st.sampled_from(ZONES).map(lambda zone: {"zone": ZoneInfo(zone)})
wishes = st.one_of(
    zones, st.builds(lambda hour: {"hour": hour}, st.none() | hours),
    st.builds(lambda day: {"weekday": day}, st.none() | st.integers(1, 7)),
    st.builds(lambda day: {"digest_weekday": day}, st.none() | st.integers(1, 7)),
    st.builds(lambda begin, end: {"quiet": QuietHours(begin, end)}, hours, hours),
    st.builds(lambda first, length: {"away_from": (START + timedelta(days=first)).date(),
                                     "away_until": (START + timedelta(days=first + length)).date()},
              st.integers(-3, 20), st.integers(0, 10)),
)


@dataclass(frozen=True)
class Step:
    """So many hours go by, what is due is told, then somebody changes something."""

    hours: int
    who: int
    wish: dict
    visit_on: int | None
    attests: bool


steps = st.lists(st.builds(
    Step, st.integers(0, 60), st.integers(0, 1), wishes, st.none() | st.integers(0, 40), st.booleans()), max_size=12)


@pytest.fixture(autouse=True, scope="module")
def rows_without_a_database() -> None:
    """Notices can be made; nothing connects."""
    Tortoise.init_models(["models"], "models")


class Family:
    """Leo's family, the notices of it, and a sender that tells whatever is due."""

    def __init__(self) -> None:
        self.now = START
        self.child: Child = leo()
        self.notices: dict[tuple[UUID, NoticeKind, UUID, str], Notice] = {}
        self.told: list[tuple[UUID, NoticeKind, UUID, str]] = []

    def plan(self) -> int:
        """What is written; the rows as they would stand in the table."""
        wanted = reminders_of(FILE, self._known(), self.now - LOOKS_BACK, self.now + AHEAD)
        changes = reconcile(self.child, wanted, self.notices.values(), {}, self.now)
        for notice in changes.new:
            assert key_of(notice) not in self.notices, "planned twice"
            self.notices[key_of(notice)] = notice
        for notice, reminder, due_at in changes.moved:
            assert notice.told_at is None
            notice.due_at = notice.visible_at = due_at
            notice.useless_after, notice.rank = reminder.occasion.useless_after, reminder.occasion.rank
            notice.state, notice.last_error = DeliveryState.QUEUED, None
        for notice, reason in changes.fallen_away:
            assert notice.told_at is None
            notice.state, notice.last_error = DeliveryState.CANCELLED, reason
        for notice in (*changes.to_replace, *changes.done):
            assert notice.told_at
            notice.done_at = self.now
        return len(changes.new) + len(changes.moved) + len(changes.fallen_away) + len(changes.to_replace)

    def _known(self) -> Child:
        asked = {(n.subject_id, n.slot): n.account_id for n in self.notices.values()
                 if n.kind is NoticeKind.CHECK_IN_DUE and "/" not in n.slot and n.told_at}
        return replace(self.child, asked=asked)

    def goes_on(self, step: Step) -> None:
        self.now += timedelta(hours=step.hours)
        self.tell()
        guardians = list(self.child.guardians)
        clock = replace(guardians[step.who].listener, **step.wish)
        guardians[step.who] = replace(guardians[step.who], listener=clock)
        self.child = replace(self.child, guardians=tuple(guardians))
        if step.visit_on is not None:
            day = START + timedelta(days=step.visit_on)
            self.child = replace(self.child, visits=(PlannedVisit(VISIT, day.date(), day + timedelta(days=1)),))
        if step.attests:
            today = self.now.date().isoformat()
            self.child = replace(self.child, attested=(AttestedPeriod("2026-01-01", today, MIA),))

    def tell(self) -> None:
        for notice in self.notices.values():
            if notice.state is DeliveryState.QUEUED and notice.due_at <= self.now and not notice.told_at:
                notice.told_at, notice.state = self.now, DeliveryState.DELIVERED
                self.told.append(key_of(notice))


@settings(deadline=None, max_examples=150)
@given(steps)
def test_nothing_is_told_twice_and_planning_again_changes_nothing(changes):
    family = Family()
    family.plan()
    for step in changes:
        family.goes_on(step)
        family.plan()
        assert family.plan() == 0, "a replan of nothing writes nothing"

    assert len(family.told) == len(set(family.told))


@settings(deadline=None, max_examples=150)
@given(steps)
def test_what_is_wanted_is_written_unless_it_is_long_past(changes):
    family = Family()
    family.plan()
    for step in changes:
        family.goes_on(step)
        family.plan()
        for reminder in reminders_of(FILE, family._known(), family.now, family.now + AHEAD):
            notice = family.notices[reminder.key]
            waits = notice.state is DeliveryState.QUEUED and notice.visible_at == reminder.occasion.due_at
            assert waits or notice.told_at or notice.visible_at <= family.now, reminder


@settings(deadline=None, max_examples=150)
@given(steps)
def test_what_fell_away_was_not_wanted_or_done(changes):
    family = Family()
    family.plan()
    for step in changes:
        family.goes_on(step)
        family.plan()
        wanted = {r.key for r in reminders_of(FILE, family._known(), family.now - VALIDITY, family.now + AHEAD)}
        for notice in family.notices.values():
            if notice.state is DeliveryState.CANCELLED:
                assert notice.last_error in {NOT_WANTED, DONE} <= MAY_COME_BACK
                assert key_of(notice) not in wanted


@settings(deadline=None, max_examples=100)
@given(st.permutations(range(6)), st.lists(wishes, min_size=6, max_size=6))
def test_the_plan_depends_on_what_is_wished_last_not_on_the_way_there(order, wished):
    """Changes at one moment: a plan after each, or one plan in the end. (What one of them makes due at once stays.)"""
    each, once = Family(), Family()
    each.plan()
    for number in order:
        step = Step(0, number % 2, wished[number], None, attests=False)
        each.goes_on(step)
        once.goes_on(step)
        each.plan()
    once.plan()

    def of_later_weeks(family):
        return {key: n.due_at for key, n in family.notices.items()
                if n.state is DeliveryState.QUEUED and n.due_at > START + timedelta(days=9)}

    assert of_later_weeks(each) == of_later_weeks(once)
    assert len(of_later_weeks(once)) > 0
