"""A family that is not heard from: staff get one work item per silence, and it ends by itself when they answer."""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.adherence.jobs import close_work_items, open_work_items
from models import AuditEvent, DiaryEntry, NoticePreference, Participant, ParticipantStatus, WorkItem
from models.vocabulary import Collection, EntryState, ParticipantState, WorkItemClosing, WorkItemKind

DAY = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def on(day):
    """Noon at the site: the job may run at any time of the day."""
    return datetime.combine(day, time(12), STOCKHOLM)


@pytest.fixture
async def heard_until_now(twelve_weeks, check_in, cast, ends):
    """All families have answered for the last period that has ended."""
    await check_in("mia", ends(-1) - 6 * DAY, ends(-1))
    await check_in("eve", ends(-1) - 6 * DAY, ends(-1), of=["tom"])


async def items(cast, **wanted):
    return await WorkItem.filter(participant_id=cast.leo.id, **wanted).order_by("opened_at")


@pytest.mark.usefixtures("heard_until_now")
async def test_ten_days_after_a_check_in_was_due_the_site_has_something_to_do(cast, work_on, ends):
    await work_on(on(ends(0) + 9 * DAY))
    assert await items(cast) == []

    await work_on(on(ends(0) + 10 * DAY))

    (item,) = await items(cast)
    assert (item.kind, item.slot, item.site_id) == (WorkItemKind.SILENCE, str(ends(0)), cast.leo.site_id)
    assert item.due_at == on(ends(0) + 10 * DAY) + 3 * DAY
    assert (item.owner_id, item.closed_at) == (None, None)
    event = await AuditEvent.get(participant_id=cast.leo.id, action="work_item.open")
    assert (event.actor_role, event.subject_id, event.seq) == ("system", item.id, item.seq)


@pytest.mark.usefixtures("heard_until_now")
async def test_one_silence_is_one_item_however_long_it_lasts_and_whatever_staff_said(cast, work_on, ends):
    await work_on(on(ends(0) + 10 * DAY))
    await work_on(on(ends(0) + 17 * DAY))
    await WorkItem.filter(participant_id=cast.leo.id).update(
        closing=WorkItemClosing.NOT_REACHED, closed_at=on(ends(0) + 18 * DAY))

    await work_on(on(ends(0) + 60 * DAY))

    assert len(await items(cast)) == 1


@pytest.mark.usefixtures("heard_until_now")
async def test_family_that_answers_ends_it_and_a_later_silence_is_another_item(cast, work_on, check_in, ends):
    await work_on(on(ends(0) + 10 * DAY))
    answer = await check_in("ben", ends(-1) + DAY, ends(-1) + DAY)
    # the days of this test lie ahead: the answer came on the next of them, about the whole gap
    await DiaryEntry.filter(id=answer).update(received_at=on(ends(0) + 11 * DAY))

    await work_on(on(ends(0) + 11 * DAY))
    await work_on(on(ends(0) + 20 * DAY))
    (first,) = await items(cast)
    await work_on(on(ends(0) + 40 * DAY))

    assert (first.closing, first.closed_by_id) == (WorkItemClosing.ANSWERED, None)
    assert first.closed_at == on(ends(0) + 11 * DAY)
    assert await AuditEvent.filter(participant_id=cast.leo.id, action="work_item.close").count() == 1
    assert len(await items(cast)) == 1, "its slot is the same: the answer was about days before"


@pytest.mark.usefixtures("heard_until_now")
async def test_answer_that_was_retracted_ends_nothing(cast, work_on, check_in, ends):
    await work_on(on(ends(0) + 10 * DAY))
    answer = await check_in("ben", ends(-1) + DAY, ends(-1) + DAY)
    await DiaryEntry.filter(id=answer).update(received_at=on(ends(0) + 11 * DAY), state=EntryState.RETRACTED)

    await work_on(on(ends(0) + 12 * DAY))

    (item,) = await items(cast)
    assert item.closed_at is None


@pytest.mark.usefixtures("heard_until_now")
@pytest.mark.parametrize("change", [
    {"state": ParticipantState.PAUSED}, {"state": ParticipantState.IN_HOSPITAL}, {"state": ParticipantState.WITHDRAWN},
    {"state": ParticipantState.DIED}, {"collection": Collection.NO_CONSENT}, {"arm": "historical"},
], ids=lambda change: next(iter(change.values())))
async def test_nobody_is_missed_who_is_asked_for_nothing(cast, work_on, ends, change):
    await Participant.filter(id=cast.leo.id).update(**change)

    await work_on(on(ends(0) + 30 * DAY))

    assert await items(cast) == []
    assert await WorkItem.filter(participant_id=cast.tom.id).count() == 1


@pytest.mark.usefixtures("heard_until_now")
async def test_days_of_a_pause_do_not_count(cast, work_on, ends, now):
    for state, day in (("paused", ends(0) + 3 * DAY), ("active", ends(0) + 23 * DAY)):
        await ParticipantStatus.create(
            participant=cast.leo, seq=9, state=state, effective_on=day, reason="holiday",
            recorded_by_id=cast.nora.id, recorded_at=now)

    await work_on(on(ends(0) + 29 * DAY))
    assert await items(cast) == []

    await work_on(on(ends(0) + 30 * DAY))
    assert len(await items(cast)) == 1


@pytest.mark.usefixtures("heard_until_now")
async def test_holiday_of_both_parents_is_waited_for_and_of_one_is_not(cast, work_on, ends):
    for who, first, last in (("mia", 2, 20), ("ben", 5, 14)):
        await NoticePreference.create(
            account_id=cast.people[who].id, away_from=ends(0) + first * DAY, away_until=ends(0) + last * DAY)

    await work_on(on(ends(0) + 19 * DAY))
    assert await items(cast) == [], "ten days they shared"
    await work_on(on(ends(0) + 20 * DAY))
    assert len(await items(cast)) == 1

    assert (await WorkItem.get(participant_id=cast.tom.id)).opened_at == on(ends(0) + 19 * DAY)


@pytest.mark.usefixtures("heard_until_now")
async def test_several_workers_open_one_and_close_it_once(study, cast, check_in, ends):
    at = on(ends(0) + 10 * DAY)
    await asyncio.gather(*(open_work_items(study, at) for _ in range(4)))
    answer = await check_in("mia", ends(-1) + DAY, ends(-1) + DAY)
    await DiaryEntry.filter(id=answer).update(received_at=at + DAY)
    opened = await items(cast)

    await asyncio.gather(*(close_work_items(study, at + DAY) for _ in range(4)))

    assert len(opened) == 1
    for action in ("work_item.open", "work_item.close"):
        assert await AuditEvent.filter(participant_id=cast.leo.id, action=action).count() == 1, action


@pytest.mark.usefixtures("twelve_weeks")
async def test_family_that_never_answered_anything_is_silent_too(cast, work_on, ends, now):
    await work_on(now)

    (item,) = await items(cast)
    assert item.slot == str(min(day for n in range(-14, 0) if (day := ends(n)) >= cast_began(now)))


def cast_began(now):
    return now.astimezone(STOCKHOLM).date() - 84 * DAY


async def test_fault_of_one_family_keeps_nobody_else_from_being_seen(study, cast, ends, twelve_weeks, monkeypatch, now):
    from backend.adherence import jobs

    async def odd(actor, protocol, participant_id, at):
        if participant_id == cast.leo.id:
            raise ValueError("odd")
        return True

    monkeypatch.setattr(jobs, "open_silence", odd)

    assert await open_work_items(study, now) == 1
