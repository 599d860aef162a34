"""Withdrawal, death, a lost pregnancy: at once and for good, nobody is reminded any more."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from backend.clock import utc_now
from backend.participants.status import change_status
from backend.participants.status_effects import StateChange
from backend.participants.stillness import until_still
from models import Account, Guardianship, Notice, Participant, Visit
from models.actions import Action
from models.fields import new_id
from models.participation import EFFECTS
from models.vocabulary import (
    Arm,
    DeliveryState,
    NoticeKind,
    ParticipantKind,
    ParticipantState,
    Relation,
    Role,
    StatusReason,
)
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due

HOUR = timedelta(hours=1)
LATE = (0.0, 0.01, 0.03, 0.1)
"""Seconds by which one side of a race starts later."""
REASON = {"withdrawn": "family_wish", "died": "death", "pregnancy_lost": "pregnancy_loss"}


async def put_into(cast, study, child: Participant, state: str, now: datetime) -> None:
    """As the route does it: the use case, then the wait for what is being sent."""
    actor = await cast.actor("nora", Action.STATUS_CHANGE)
    new = StateChange(ParticipantState(state), now.date(), StatusReason(REASON.get(state, "other")))
    await change_status(actor, study.protocol, child.id, new, now)
    await until_still(child.id)


async def visit_ahead(child: Participant, now: datetime) -> Visit:
    return await Visit.create(
        participant=child, seq=0, plan_code=new_id().hex[-6:], target_on=(now + timedelta(days=3)).date(),
        timezone="Europe/Stockholm",
    )


@pytest.mark.parametrize("state", [state for state in EFFECTS if state not in ("active", "pregnancy_lost")])
async def test_what_was_planned_is_told_as_the_table_says(cast, study, box, now, state):
    await visit_ahead(cast.leo, now)
    await plan_reminders(study.protocol, now)
    planned = await Notice.filter(participant_id=cast.leo.id).count()
    assert planned >= 2

    await put_into(cast, study, cast.leo, state, now)
    assert await Notice.filter(participant_id=cast.leo.id, state=DeliveryState.CANCELLED).count() == planned
    await plan_reminders(study.protocol, now + HOUR)
    await send_due([box], "Diary", lambda: now + HOUR)

    assert box.addresses == ["eve@example.org"], "another family's reminders go on"
    assert await Notice.filter(participant_id=cast.leo.id).count() == planned


async def test_a_lost_pregnancy_silences_the_childs_reminders_and_the_womans_own_go_on(cast, study, box, now):
    woman = await cast.participant("ida", "SE01-002", date(1994, 3, 1))
    await Participant.filter(id=woman.id).update(kind=ParticipantKind.WOMAN, arm=Arm.PRENATAL)
    await Participant.filter(id=cast.leo.id).update(arm=Arm.PRENATAL, birth_month=None, woman_id=woman.id)
    await cast.guardian("mia", woman, Relation.PARTICIPANT_SELF, Role.PARTICIPANT)
    await plan_reminders(study.protocol, now)

    await put_into(cast, study, cast.leo, "pregnancy_lost", now)
    await plan_reminders(study.protocol, now)
    await send_due([box], "Diary", lambda: now)

    assert box.addresses == ["eve@example.org", "mia@example.org"]
    (hers,) = await Notice.filter(account_id=cast.mia.id, state=DeliveryState.DELIVERED)
    assert hers.participant_id == woman.id


async def test_a_notice_planned_by_a_worker_that_had_not_seen_the_change_is_not_sent(cast, study, box, now):
    await put_into(cast, study, cast.leo, "died", now)
    await Notice.create(
        account=cast.mia.account, participant=cast.leo, kind=NoticeKind.CHECK_IN_DUE, subject_id=cast.leo.id,
        slot="2026-05-10", due_at=now, created_at=now,
    )

    await send_due([box], "Diary", lambda: now)

    assert box.parcels == []
    assert (await Notice.get()).state is DeliveryState.CANCELLED


async def test_a_locked_guardianship_hears_nothing(cast, study, box, now):
    await Guardianship.filter(account_id=cast.ben.id).update(locked_at=now)

    await plan_reminders(study.protocol, now)
    await send_due([box], "Diary", lambda: now)

    assert box.addresses == ["eve@example.org", "mia@example.org"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
async def test_a_family_that_changes_zone_is_told_once_that_day(cast, study, box, now, zone):
    """C4: the slot names the week, not the hour."""
    await plan_reminders(study.protocol, now)
    await send_due([box], "Diary", lambda: now)
    await Account.filter(id=cast.mia.id).update(timezone=zone)

    for hour in range(30):
        when = now + hour * HOUR
        await plan_reminders(study.protocol, when)
        await send_due([box], "Diary", lambda when=when: when)

    assert box.addresses.count("mia@example.org") == 1


async def test_who_moves_west_before_the_reminder_is_told_in_the_new_evening(cast, study, box, now):
    await Account.filter(id=cast.mia.id).update(timezone="America/New_York")

    for hour in range(12):
        when = now + hour * HOUR
        await plan_reminders(study.protocol, when)
        await send_due([box], "Diary", lambda when=when: when)

    (told,) = [parcel for parcel in box.parcels if parcel.address == "mia@example.org"]
    assert told.at == datetime(2026, 5, 10, 22, tzinfo=UTC), "six in the evening in New York"


async def test_what_a_sender_has_in_hand_is_waited_for(cast, study, box):
    moment = utc_now()
    await due_notice(cast, cast.leo, moment)
    in_hand, let_go = asyncio.Event(), asyncio.Event()

    async def slowly(_parcel) -> None:
        in_hand.set()
        await let_go.wait()

    box.before = slowly
    sending = asyncio.create_task(send_due([box], "Diary", utc_now))
    await in_hand.wait()
    withdrawing = asyncio.create_task(put_into(cast, study, cast.leo, "withdrawn", moment))
    await asyncio.sleep(0.3)

    assert not withdrawing.done(), "acknowledged only when nothing is being sent"
    let_go.set()
    await asyncio.gather(sending, withdrawing)
    assert len(box.parcels) == 1


async def test_withdrawal_races_the_sender_and_nothing_leaves_after_its_answer(cast, study, box):
    await _race(cast, study, box, 20)


@pytest.mark.full
async def test_withdrawal_races_the_sender_a_thousand_times(cast, study, box):
    """C7"""
    await _race(cast, study, box, 1000)


async def due_notice(cast, child: Participant, moment: datetime) -> Notice:
    """Due where it is about noon: quiet hours would only put it off."""
    await Account.filter(id=cast.mia.id).update(timezone=_waking_zone(moment))
    return await Notice.create(
        account=cast.mia.account, participant=child, kind=NoticeKind.CHECK_IN_DUE, subject_id=child.id,
        slot=moment.date().isoformat(), due_at=moment, created_at=moment,
    )


def _waking_zone(moment: datetime) -> str:
    """Where it is about noon now."""
    return f"Etc/GMT{(moment.hour - 12):+d}" if moment.hour != 12 else "Etc/GMT"


async def _race(cast, study, box, times: int) -> None:
    chance = Random(7)

    async def for_a_moment(_parcel) -> None:
        await asyncio.sleep(chance.random() * 0.01)

    box.before = for_a_moment
    for number in range(times):
        child = await cast.participant("next", f"SE01-{number + 100}", date(2020, 1, 1))
        await cast.guardian("mia", child, Relation.MOTHER)
        moment = utc_now()
        await due_notice(cast, child, moment)

        async def withdraw(child: Participant = child, moment: datetime = moment) -> int:
            await asyncio.sleep(chance.choice(LATE))
            await put_into(cast, study, child, "withdrawn", moment)
            return len(box.parcels)

        async def send() -> None:
            await asyncio.sleep(chance.choice(LATE))
            await send_due([box], "Diary", utc_now)

        told, *_ = await asyncio.gather(withdraw(), send(), send())
        await Notice.filter(participant_id=child.id).update(due_at=moment)
        await send_due([box], "Diary", utc_now)

        assert len(box.parcels) == told, "something was sent after the acknowledged withdrawal"
    assert 0 < len(box.parcels) < times, "the race was never close"
