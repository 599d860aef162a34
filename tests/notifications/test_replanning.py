"""What changes after a reminder was planned: nothing is lost, nothing is told twice, what was done is taken back."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from models import Account, DiaryEntry, Notice, NoticePreference, Participant, ReminderPlan, Visit
from models.vocabulary import DeliveryState, EntryKind, EntryState, NoticeKind, ParticipantState
from notifications.planning.planner import plan_reminders
from notifications.planning.silence import silence
from tests.notifications.written import changed, check_in, entry, slots_of, told, visit

SUNDAY, NEXT_SUNDAY = "2026-05-10", "2026-05-17"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 5, 10, 10, tzinfo=UTC)
"""At Stockholm; six hours before the first reminder."""


async def asked(cast, name: str, slot: str = SUNDAY) -> Notice:
    return await Notice.get(account_id=cast.people[name].id, kind=NoticeKind.CHECK_IN_DUE, slot=slot)


async def tell(notice: Notice, at: datetime, state: DeliveryState = DeliveryState.DELIVERED) -> None:
    await Notice.filter(id=notice.id).update(told_at=at, state=state)


async def move_to(cast, name: str, zone: str) -> None:
    await Account.filter(id=cast.people[name].id).update(timezone=zone)


@pytest.mark.parametrize(("zone", "due"), [
    ("America/New_York", "2026-05-10T22:00"), ("Asia/Tokyo", "2026-05-10T10:00"),
    ("Pacific/Kiritimati", "2026-05-10T10:00"), ("Pacific/Pago_Pago", "2026-05-11T05:00"),
])
async def test_who_moves_before_the_reminder_gets_it_in_the_new_evening_or_at_once(cast, study, zone, due):
    await plan_reminders(study.protocol, NOON)
    before = await Notice.filter(account_id=cast.mia.id).count()
    await move_to(cast, "mia", zone)

    await plan_reminders(study.protocol, NOON)

    moved = await asked(cast, "mia")
    assert moved.due_at == moved.visible_at == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert moved.state is DeliveryState.QUEUED
    assert abs(await Notice.filter(account_id=cast.mia.id).count() - before) <= 1, "only the last day ahead may differ"


@pytest.mark.parametrize("way", [("America/New_York", "Europe/Stockholm"), ("Asia/Tokyo", "Europe/Stockholm"),
                                 ("Pacific/Kiritimati", "Pacific/Pago_Pago")])
async def test_who_moves_after_the_reminder_is_not_told_again_in_either_direction(cast, study, now, way):
    await plan_reminders(study.protocol, NOON)
    await tell(await asked(cast, "mia"), now)

    for hours, zone in enumerate(way):
        await move_to(cast, "mia", zone)
        await plan_reminders(study.protocol, now + (hours + 1) * HOUR)

    assert (await asked(cast, "mia")).state is DeliveryState.DELIVERED
    assert await told(cast, SUNDAY) == ["eve", "mia"]


async def test_what_waits_for_its_turn_is_not_moved_by_a_new_zone(cast, study, now):
    await plan_reminders(study.protocol, NOON)
    mia = await asked(cast, "mia")
    await Notice.filter(id=mia.id).update(due_at=now + 12 * HOUR, attempts=1)
    await move_to(cast, "mia", "America/New_York")

    await plan_reminders(study.protocol, now + HOUR)

    after = await asked(cast, "mia")
    assert (after.due_at, after.visible_at) == (now + 12 * HOUR, now)


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_visit_that_moves_and_comes_back_is_reminded_of_once(cast, study, days):
    nine = datetime(2026, 5, 16, 7, tzinfo=UTC)
    planned = await visit(cast)
    await plan_reminders(study.protocol, nine)
    before = await slots_of(cast, "mia", NoticeKind.VISIT_AHEAD)

    await Visit.filter(id=planned.id).update(target_on=date(2026, 5, 20) + days * DAY)
    await changed(cast.leo)
    await plan_reminders(study.protocol, nine + HOUR)
    meanwhile = await slots_of(cast, "mia", NoticeKind.VISIT_AHEAD)
    await Visit.filter(id=planned.id).update(target_on=date(2026, 5, 20))
    await changed(cast.leo)
    await plan_reminders(study.protocol, nine + 2 * HOUR)

    assert before == {"2026-05-20/3d", "2026-05-20/1d"}
    assert meanwhile == {f"2026-05-{20 + days}/3d", f"2026-05-{20 + days}/1d"}
    assert await slots_of(cast, "mia", NoticeKind.VISIT_AHEAD) == before
    assert not await Notice.filter(kind=NoticeKind.VISIT_AHEAD, account_id=cast.ben.id, slot="2026-05-20/3d").exclude(
        state=DeliveryState.QUEUED).exists()


async def test_a_visit_at_another_hour_of_the_same_day_only_changes_until_when_it_is_of_use(cast, study):
    nine = datetime(2026, 5, 16, 7, tzinfo=UTC)
    planned = await visit(cast, agreed_at=datetime(2026, 5, 20, 7, tzinfo=UTC))
    await plan_reminders(study.protocol, nine)
    later = datetime(2026, 5, 20, 12, tzinfo=UTC)
    await Visit.filter(id=planned.id).update(agreed_at=later)
    await changed(cast.leo)

    assert await plan_reminders(study.protocol, nine) == 0

    last = await Notice.get(account_id=cast.mia.id, slot="2026-05-20/1d")
    assert (last.useless_after, last.due_at) == (later, datetime(2026, 5, 19, 7, tzinfo=UTC))


async def test_wishes_are_followed_from_the_moment_they_change(cast, study):
    await plan_reminders(study.protocol, NOON)
    await NoticePreference.create(account_id=cast.mia.id, hour=10, weekday=2, changed_at=NOON)

    await plan_reminders(study.protocol, NOON)

    assert (await asked(cast, "mia")).due_at == datetime(2026, 5, 12, 8, tzinfo=UTC)


async def test_a_holiday_of_one_hands_over_to_the_other_and_back(cast, study):
    await plan_reminders(study.protocol, NOON)
    wishes = await NoticePreference.create(
        account_id=cast.mia.id, away_from=date(2026, 5, 1), away_until=date(2026, 5, 31), changed_at=NOON)
    await plan_reminders(study.protocol, NOON)
    assert await told(cast, SUNDAY) == ["ben", "eve"]

    await NoticePreference.filter(account_id=wishes.account_id).update(away_from=None, changed_at=NOON + HOUR)
    await plan_reminders(study.protocol, NOON + HOUR)

    assert await told(cast, SUNDAY) == ["eve", "mia"]


async def test_the_first_who_did_it_silences_the_others(cast, study, now):
    """Ben's push is to be replaced, Mia knows; what was not told yet is not told at all."""
    await plan_reminders(study.protocol, NOON)
    friday = now + 5 * DAY
    await tell(await asked(cast, "mia"), now, DeliveryState.QUEUED)
    await tell(await asked(cast, "mia", f"{SUNDAY}/again"), now + 2 * DAY)
    await tell(await asked(cast, "ben", f"{SUNDAY}/others"), friday)
    await check_in(cast, "2026-05-04", SUNDAY, friday + HOUR)

    await plan_reminders(study.protocol, friday + HOUR)

    ben = await asked(cast, "ben", f"{SUNDAY}/others")
    assert (ben.state, ben.done_at, ben.due_at) == (DeliveryState.QUEUED, friday + HOUR, friday + HOUR)
    fallback = await asked(cast, "mia")
    assert (fallback.state, fallback.last_error) == (DeliveryState.CANCELLED, "done"), "no e-mail a day later"
    again = await asked(cast, "mia", f"{SUNDAY}/again")
    assert (again.state, again.done_at) == (DeliveryState.DELIVERED, friday + HOUR), "she did it: nothing to tell her"


async def test_of_several_pushes_about_one_task_one_is_replaced(cast, study, now):
    await plan_reminders(study.protocol, NOON)
    for slot, days in ((SUNDAY, 0), (f"{SUNDAY}/again", 2)):
        await tell(await asked(cast, "mia", slot), now + days * DAY)
    await check_in(cast, "2026-05-04", SUNDAY, now + 3 * DAY, by="ben")

    await plan_reminders(study.protocol, now + 3 * DAY)

    assert (await asked(cast, "mia")).state is DeliveryState.DELIVERED
    assert (await asked(cast, "mia", f"{SUNDAY}/again")).state is DeliveryState.QUEUED
    assert await Notice.filter(account_id=cast.mia.id, done_at=now + 3 * DAY).count() == 2


async def test_what_a_sender_has_in_hand_is_left_to_it_and_looked_at_again(cast, study, now):
    await plan_reminders(study.protocol, NOON)
    mia = await asked(cast, "mia")
    await Notice.filter(id=mia.id).update(leased_until=now + timedelta(seconds=30))
    await check_in(cast, "2026-05-04", SUNDAY, now, by="ben")
    await plan_reminders(study.protocol, now)
    assert (await asked(cast, "mia")).state is DeliveryState.QUEUED

    await tell(mia, now)
    await plan_reminders(study.protocol, now + timedelta(minutes=1))

    assert (await asked(cast, "mia")).done_at == now + timedelta(minutes=1)


async def test_a_check_in_that_is_retracted_is_asked_for_again(cast, study):
    await plan_reminders(study.protocol, NOON)
    written = await check_in(cast, "2026-05-04", SUNDAY, NOON)
    await plan_reminders(study.protocol, NOON)
    assert await told(cast, SUNDAY) == ["eve"]

    await DiaryEntry.filter(id=written.id).update(state=EntryState.RETRACTED)
    await changed(cast.leo)
    await plan_reminders(study.protocol, NOON)

    assert await told(cast, SUNDAY) == ["eve", "mia"]
    assert (await asked(cast, "mia")).done_at is None


async def test_after_a_stay_in_hospital_the_reminders_to_come_are_back(cast, study):
    await plan_reminders(study.protocol, NOON)
    before = await slots_of(cast, "mia")
    for state in (ParticipantState.IN_HOSPITAL, ParticipantState.ACTIVE):
        await Participant.filter(id=cast.leo.id).update(state=state)
        await silence(cast.leo.id, state, NOON)
        await changed(cast.leo)
        await plan_reminders(study.protocol, NOON)
        if state is ParticipantState.IN_HOSPITAL:
            assert await slots_of(cast, "mia") == set()

    assert await slots_of(cast, "mia") == before


async def test_the_fallback_of_what_was_told_is_silenced_at_once(cast, study, now):
    """State queued = another channel would have its turn."""
    await plan_reminders(study.protocol, NOON)
    await tell(await asked(cast, "mia"), now, DeliveryState.QUEUED)

    await silence(cast.leo.id, ParticipantState.DIED, now)

    assert not await Notice.filter(participant_id=cast.leo.id, state=DeliveryState.QUEUED).exists()


async def test_a_card_asks_who_wrote_it_until_it_is_answered(cast, study):
    broke = await entry(cast, EntryKind.FRACTURE, {}, NOON - 6 * DAY, "ben", occurred_to=NOON - 6 * DAY)
    await plan_reminders(study.protocol, NOON)
    assert await told(cast, "7d", NoticeKind.FOLLOW_UP_DUE) == ["ben"]

    await entry(cast, EntryKind.FOLLOW_UP, {"healed": "still_hurts"}, NOON + DAY, parent_id=broke.id)
    await plan_reminders(study.protocol, NOON + DAY)
    assert await slots_of(cast, "ben", NoticeKind.FOLLOW_UP_DUE) == {"21d", "21d/again", "42d", "42d/again"}

    await entry(cast, EntryKind.FOLLOW_UP, {"healed": "doctor_said_healed"}, NOON + 2 * DAY, parent_id=broke.id)
    await plan_reminders(study.protocol, NOON + 2 * DAY)
    assert await slots_of(cast, "ben", NoticeKind.FOLLOW_UP_DUE) == set()


async def test_planners_and_a_family_that_changes_its_mind_end_with_one_plan(cast, study):
    async def wander() -> None:
        for hour in range(8, 14):
            await NoticePreference.update_or_create(
                account_id=cast.mia.id, defaults={"hour": hour, "changed_at": NOON + hour * HOUR})
            await plan_reminders(study.protocol, NOON)

    await asyncio.gather(wander(), *(plan_reminders(study.protocol, NOON) for _ in range(4)))
    await plan_reminders(study.protocol, NOON)

    assert (await asked(cast, "mia", NEXT_SUNDAY)).due_at == datetime(2026, 5, 17, 11, tzinfo=UTC)
    assert await told(cast, NEXT_SUNDAY) == ["eve", "mia"]
    assert await ReminderPlan.filter(wishes_at=NOON + 13 * HOUR).count() == 1
