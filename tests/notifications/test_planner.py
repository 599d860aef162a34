"""Reminders are planned once for whom they concern."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from models import DiaryEntry, Dose, Guardianship, Notice, NoticePreference, Visit
from models.fields import new_id
from models.protocol import CheckInRule, LaterRhythm
from models.vocabulary import EntryKind, EntryState, NoticeKind, ParticipantState, Relation, Role, VisitState
from notifications import planner
from notifications.planner import plan_reminders
from tests.cast import Cast

NINE_IN_STOCKHOLM = datetime(2026, 5, 17, 7, tzinfo=UTC)


async def told(cast: Cast, kind: NoticeKind = NoticeKind.CHECK_IN_DUE) -> list[str]:
    names = {person.id: name for name, person in cast.people.items()}
    return sorted(names[n.account_id] for n in await Notice.filter(kind=kind))


async def check_in(cast: Cast, first: str, last: str, now: datetime, state: EntryState = EntryState.RECEIVED) -> UUID:
    entry = await DiaryEntry.create(
        id=uuid4(), participant=cast.leo, site_id=cast.leo.site_id, kind=EntryKind.CHECK_IN, state=state, version=1,
        seq=1, data={"from": first, "to": last, "answer": "nothing_happened"}, findings=[],
        recorded_by=cast.mia.account, relation=Relation.MOTHER, received_at=now, changed_at=now,
    )
    return entry.id


async def visit(cast: Cast, **changes) -> Visit:
    values = {"participant": cast.leo, "seq": 1, "plan_code": f"V{new_id().hex[-6:]}", "target_on": date(2026, 5, 20),
              "timezone": "Europe/Stockholm"}
    return await Visit.create(**{**values, **changes})


async def test_guardians_of_active_participants_are_reminded_in_their_own_evening_and_carers_are_not(cast, study, now):
    planned = await plan_reminders(study.protocol, now)

    assert planned == 3
    assert await told(cast) == ["ben", "eve", "mia"]
    mia = await Notice.get(account_id=cast.mia.id)
    assert (mia.slot, mia.due_at, mia.subject_id) == ("2026-05-10", now, cast.leo.id)


async def test_a_slot_is_planned_once_however_often_and_by_how_many_workers(cast, study, now):
    await asyncio.gather(*(plan_reminders(study.protocol, now) for _ in range(6)))
    again = await plan_reminders(study.protocol, now + timedelta(hours=5))

    assert again == 0
    assert await Notice.all().count() == 3


async def test_a_week_attested_by_one_guardian_reminds_neither(cast, study, now):
    await check_in(cast, "2026-05-04", "2026-05-10", now - timedelta(hours=1))

    await plan_reminders(study.protocol, now)

    assert await told(cast) == ["eve"]


@pytest.mark.parametrize(("first", "last", "state"), [
    ("2026-04-27", "2026-05-03", EntryState.RECEIVED), ("2026-05-04", "2026-05-10", EntryState.RETRACTED),
])
async def test_another_week_or_a_retracted_check_in_does_not_count(cast, study, now, first, last, state):
    await check_in(cast, first, last, now - timedelta(hours=1), state)

    await plan_reminders(study.protocol, now)

    assert await told(cast) == ["ben", "eve", "mia"]


@pytest.mark.parametrize("state", [ParticipantState.PAUSED, ParticipantState.WITHDRAWN, ParticipantState.DIED])
async def test_nobody_is_ever_reminded_of_a_participant_who_does_not_take_part(cast, study, now, state):
    cast.leo.state = state
    await cast.leo.save()
    await visit(cast)

    await plan_reminders(study.protocol, now)

    assert await told(cast) == ["eve"]
    assert await told(cast, NoticeKind.VISIT_AHEAD) == []


async def test_ended_guardianships_closed_accounts_and_new_guardians_are_left_in_peace(cast, study, now):
    await Guardianship.filter(account_id=cast.mia.id).update(ends_at=now - timedelta(days=1))
    await Guardianship.filter(account_id=cast.ben.id).update(starts_at=now + timedelta(minutes=30))
    cast.eve.account.disabled_at = now
    await cast.eve.account.save()

    at_eight = now + timedelta(hours=2)
    await plan_reminders(study.protocol, at_eight)

    assert await told(cast) == []


async def test_a_participant_with_their_own_account_is_reminded_too(cast, study, now):
    await cast.guardian("ada", cast.leo, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)
    await Guardianship.filter(account_id=cast.ada.id).update(starts_at=now - timedelta(days=5))

    await plan_reminders(study.protocol, now)

    assert "ada" in await told(cast)


async def test_reminder_is_planned_for_the_end_of_ones_own_quiet_hours(cast, study, now):
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=17, quiet_until=7)

    await plan_reminders(study.protocol, now + timedelta(hours=11))

    assert (await Notice.get(account_id=cast.mia.id)).due_at == datetime(2026, 5, 11, 5, tzinfo=UTC)


async def test_after_a_week_down_nothing_old_is_planned(cast, study, now):
    planned = await plan_reminders(study.protocol, now + timedelta(days=8, hours=3))

    assert planned == 0


async def test_planned_visits_are_announced_to_guardians_who_may_see(cast, study):
    await visit(cast)
    await visit(cast, state=VisitState.MISSED)
    await visit(cast, target_on=date(2026, 9, 1))

    await plan_reminders(study.protocol, NINE_IN_STOCKHOLM)

    assert await told(cast, NoticeKind.VISIT_AHEAD) == ["ben", "ben", "mia", "mia"]
    slots = {n.slot for n in await Notice.filter(kind=NoticeKind.VISIT_AHEAD)}
    assert slots == {"2026-05-20/3d", "2026-05-20/1d"}


async def test_an_agreed_day_replaces_the_target_and_moving_it_is_a_new_occasion(cast, study):
    planned = await visit(cast, target_on=date(2026, 12, 1), agreed_at=datetime(2026, 5, 20, 7, 30, tzinfo=UTC))

    await plan_reminders(study.protocol, NINE_IN_STOCKHOLM)
    await Visit.filter(id=planned.id).update(agreed_at=datetime(2026, 5, 21, 7, 30, tzinfo=UTC))
    await plan_reminders(study.protocol, NINE_IN_STOCKHOLM)

    slots = {n.slot for n in await Notice.filter(kind=NoticeKind.VISIT_AHEAD)}
    assert slots == {"2026-05-20/3d", "2026-05-20/1d", "2026-05-21/3d", "2026-05-21/1d"}


async def test_all_guardians_are_reached_in_batches(cast, study, now, monkeypatch):
    monkeypatch.setattr(planner, "BATCH", 2)

    await plan_reminders(study.protocol, now)

    assert await told(cast) == ["ben", "eve", "mia"]


async def test_whoever_is_asked_less_often_after_the_doses_is_reminded_less_often(cast, study, now):
    """From the fifth year after the first dose on, every fourth week; the others go on weekly."""
    rule = CheckInRule(7, 7, 18, 31, [LaterRhythm("first_dose", "P5Y", 28)])
    slower = replace(study.protocol, file=msgspec.structs.replace(study.protocol.file, check_in=rule))
    await Dose.create(participant_id=cast.leo.id, seq=1, number=1, given_on=date(2021, 1, 1),
                      recorded_by_id=cast.nora.id, recorded_at=now)
    reminded = []
    for week in range(4):
        await Notice.all().delete()
        await plan_reminders(slower, now + timedelta(weeks=week))
        reminded.append(set(await told(cast)))

    assert reminded.count({"ben", "eve", "mia"}) == 1
    assert reminded.count({"eve"}) == 3
