"""Reminders are planned once for whom they concern, 60 days ahead."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from models import Guardianship, Notice, NoticePreference, Participant, ReminderPlan, Visit
from models.vocabulary import EntryState, NoticeKind, ParticipantState, Relation, Role, VisitState
from notifications.planning import planner
from notifications.planning.planner import plan_reminders
from tests.notifications.written import check_in, slots_of, told, visit

NINE_IN_STOCKHOLM = datetime(2026, 5, 17, 7, tzinfo=UTC)
THIS_WEEK = "2026-05-10"
HOUR = timedelta(hours=1)


async def test_each_family_is_asked_in_its_own_evening_one_guardian_first_and_carers_never(cast, study, now):
    await plan_reminders(study.protocol, now)

    assert await told(cast, THIS_WEEK) == ["eve", "mia"]
    assert await told(cast, f"{THIS_WEEK}/again") == ["eve", "mia"]
    assert await told(cast, f"{THIS_WEEK}/others") == ["ben"]
    mia = await Notice.get(account_id=cast.mia.id, slot=THIS_WEEK)
    assert (mia.due_at, mia.visible_at, mia.subject_id, mia.useless_after) == (
        now, now, cast.leo.id, now + timedelta(days=7))


async def test_sixty_days_are_written_and_the_days_after_as_time_goes_by(cast, study, now):
    await plan_reminders(study.protocol, now)
    last = await Notice.all().order_by("-due_at").first()
    assert timedelta(days=50) < last.due_at - now <= timedelta(days=60)

    await plan_reminders(study.protocol, now + timedelta(days=10))

    assert (await Notice.all().order_by("-due_at").first()).due_at > last.due_at


async def test_a_slot_is_planned_once_however_often_and_by_how_many_workers(cast, study, now):
    await asyncio.gather(*(plan_reminders(study.protocol, now) for _ in range(6)))
    once = await Notice.all().count()
    await ReminderPlan.all().delete()

    assert await plan_reminders(study.protocol, now) == 0
    assert await Notice.all().count() == once
    assert await told(cast, THIS_WEEK) == ["eve", "mia"]


async def test_nothing_new_writes_nothing_and_is_not_even_looked_at(cast, study, now):
    await plan_reminders(study.protocol, now)
    plans = {plan.guardianship_id: plan.next_at for plan in await ReminderPlan.all()}

    assert await plan_reminders(study.protocol, now + HOUR) == 0

    assert {plan.guardianship_id: plan.next_at for plan in await ReminderPlan.all()} == plans
    assert len(plans) == await Guardianship.all().count()


async def test_a_replan_of_nothing_writes_nothing_but_the_plan(cast, study, now):
    await plan_reminders(study.protocol, now)
    before = await Notice.all().order_by("id").values()
    await ReminderPlan.all().update(next_at=now)

    assert await plan_reminders(study.protocol, now + HOUR) == 0

    assert await Notice.all().order_by("id").values() == before
    assert await ReminderPlan.filter(next_at__gt=now + HOUR).count() == 4


async def test_a_week_attested_by_one_guardian_reminds_neither(cast, study, now):
    await check_in(cast, "2026-05-04", THIS_WEEK, now - HOUR)

    await plan_reminders(study.protocol, now)

    assert await told(cast, THIS_WEEK) == ["eve"]
    assert await told(cast, f"{THIS_WEEK}/others") == []


@pytest.mark.parametrize(("first", "last", "state"), [
    ("2026-04-27", "2026-05-03", EntryState.RECEIVED), ("2026-05-04", THIS_WEEK, EntryState.RETRACTED),
])
async def test_another_week_or_a_retracted_check_in_does_not_count(cast, study, now, first, last, state):
    await check_in(cast, first, last, now - HOUR, state)

    await plan_reminders(study.protocol, now)

    assert await told(cast, THIS_WEEK) == ["eve", "mia"]


async def test_who_wrote_the_last_check_in_is_asked_for_the_next(cast, study, now):
    await check_in(cast, "2026-04-27", "2026-05-03", now - timedelta(days=6), by="ben")

    await plan_reminders(study.protocol, now)

    assert await told(cast, THIS_WEEK) == ["ben", "eve"]
    assert await told(cast, f"{THIS_WEEK}/others") == ["mia"]


@pytest.mark.parametrize("state", [ParticipantState.PAUSED, ParticipantState.WITHDRAWN, ParticipantState.DIED,
                                   ParticipantState.IN_HOSPITAL])
async def test_nobody_is_ever_reminded_of_a_participant_who_does_not_take_part(cast, study, now, state):
    await Participant.filter(id=cast.leo.id).update(state=state)
    await visit(cast)

    await plan_reminders(study.protocol, now)

    assert not await Notice.filter(participant_id=cast.leo.id).exists()
    assert await told(cast, THIS_WEEK) == ["eve"]


async def test_ended_guardianships_closed_accounts_and_new_guardians_are_left_in_peace(cast, study, now):
    await Guardianship.filter(account_id=cast.mia.id).update(ends_at=now - timedelta(days=1))
    await Guardianship.filter(account_id=cast.ben.id).update(starts_at=now + timedelta(minutes=30))
    cast.eve.account.disabled_at = now
    await cast.eve.account.save()

    await plan_reminders(study.protocol, now + 2 * HOUR)

    assert await told(cast, THIS_WEEK) == []
    assert await told(cast, "2026-05-17") == ["ben"]


async def test_nobody_is_reminded_of_what_comes_after_they_are_a_guardian(cast, study, now):
    await Guardianship.filter(account_id=cast.mia.id).update(ends_at=now + timedelta(days=3))

    await plan_reminders(study.protocol, now)

    assert await slots_of(cast, "mia") == {THIS_WEEK, f"{THIS_WEEK}/again"}
    assert "2026-05-17" in await slots_of(cast, "ben"), "the next one is asked from then on"


async def test_a_participant_with_their_own_account_is_reminded_too(cast, study, now):
    await cast.guardian("ada", cast.leo, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)
    await Guardianship.filter(account_id=cast.ada.id).update(starts_at=now - timedelta(days=5))

    await plan_reminders(study.protocol, now)

    assert await told(cast, f"{THIS_WEEK}/others") == ["ada", "ben"]


async def test_reminder_is_planned_for_the_end_of_ones_own_quiet_hours(cast, study, now):
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=17, quiet_until=7)

    await plan_reminders(study.protocol, now)

    assert (await Notice.get(account_id=cast.mia.id, slot=THIS_WEEK)).due_at == datetime(2026, 5, 11, 5, tzinfo=UTC)


async def test_after_weeks_down_nothing_old_is_planned(cast, study, now):
    later = now + timedelta(days=20, hours=3)
    await plan_reminders(study.protocol, later)

    assert not await Notice.filter(due_at__lt=later - timedelta(days=1)).exists()


async def test_planned_visits_are_announced_to_guardians_who_may_see(cast, study):
    await visit(cast)
    await visit(cast, state=VisitState.MISSED)
    await visit(cast, target_on=date(2026, 9, 1))

    await plan_reminders(study.protocol, NINE_IN_STOCKHOLM)

    ahead = Notice.filter(kind=NoticeKind.VISIT_AHEAD)
    assert sorted(await ahead.values_list("slot", flat=True)) == sorted(["2026-05-20/3d", "2026-05-20/1d"] * 2)
    assert set(await ahead.values_list("account_id", flat=True)) == {cast.mia.id, cast.ben.id}


async def test_an_agreed_day_replaces_the_target(cast, study):
    planned = await visit(cast, target_on=date(2026, 12, 1), agreed_at=datetime(2026, 5, 20, 7, 30, tzinfo=UTC))

    await plan_reminders(study.protocol, NINE_IN_STOCKHOLM)

    found = Notice.filter(subject_id=planned.id, account_id=cast.mia.id)
    assert set(await found.values_list("slot", flat=True)) == {"2026-05-20/3d", "2026-05-20/1d"}
    assert (await found.get(slot="2026-05-20/1d")).useless_after == planned.agreed_at


async def test_all_families_are_reached_in_batches(cast, study, now, monkeypatch):
    monkeypatch.setattr(planner, "BATCH", 1)

    await plan_reminders(study.protocol, now)

    assert await told(cast, THIS_WEEK) == ["eve", "mia"]


async def test_a_parent_of_two_gets_one_digest_and_keeps_it_when_one_child_dies(cast, study, now):
    sister = await cast.participant("sister", "SE01-002", date(2021, 1, 1))
    await cast.guardian("mia", sister, Relation.MOTHER)
    await NoticePreference.create(account_id=cast.mia.id, digest_weekday=3, changed_at=now)
    await plan_reminders(study.protocol, now)
    digests = Notice.filter(kind=NoticeKind.DIGEST, account_id=cast.mia.id, state="queued")
    before = set(await digests.values_list("slot", flat=True))
    first = (await digests.first()).participant_id
    assert len(before) == await digests.count() >= 8

    await Participant.filter(id=first).update(state=ParticipantState.DIED, seq=100)
    for _ in range(2):
        await plan_reminders(study.protocol, now + HOUR)

    assert set(await digests.values_list("slot", flat=True)) == before
    assert not await digests.filter(participant_id=first).exists()


async def test_visits_of_a_family_that_is_not_reminded_stay_as_they_are(cast, study, now):
    planned = await visit(cast)
    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.PAUSED)

    await plan_reminders(study.protocol, now)

    assert (await Visit.get(id=planned.id)).state is VisitState.PLANNED
