"""What is due is sent once, if it is still wanted, and not in quiet hours."""

import asyncio
import sys
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from models import (
    Account,
    DataQuery,
    DiaryEntry,
    Guardianship,
    Notice,
    NoticeAttempt,
    NoticePreference,
    Participant,
    Visit,
)
from models.vocabulary import DeliveryState, EntryKind, EntryState, NoticeKind, ParticipantState, Relation, VisitState
from notifications.planner import plan_reminders
from notifications.sender import send_due

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def planned(cast, study, now):
    """Mia, Ben (Stockholm) and Eve each have a check-in reminder due at six."""
    await plan_reminders(study.protocol, now)
    return cast


async def send(box, when: datetime, *more) -> int:
    return await send_due([box, *more], "Diary", lambda: when)


async def check_in(cast, when: datetime) -> DiaryEntry:
    return await DiaryEntry.create(
        id=uuid4(), participant=cast.leo, site_id=cast.leo.site_id, kind=EntryKind.CHECK_IN, state=EntryState.RECEIVED,
        version=1, seq=1, data={"from": "2026-05-04", "to": "2026-05-10", "answer": "had"}, findings=[],
        recorded_by=cast.mia.account, relation=Relation.MOTHER, received_at=when, changed_at=when,
    )


async def query_notice(cast, when: datetime) -> tuple[DataQuery, Notice]:
    query = await DataQuery.create(
        entry=await check_in(cast, when), participant=cast.leo, seq=2, field="", question="?", state="open",
        entry_version=1, opened_by=cast.nora.account, opened_at=when,
    )
    return query, await Notice.create(
        account=cast.mia.account, participant=cast.leo, kind=NoticeKind.QUERY_WAITING, subject_id=query.id,
        slot="opened", due_at=when, created_at=when,
    )


async def test_nothing_leaves_before_it_is_due(planned, box, now):
    assert await send(box, now - MINUTE) == 0
    assert box.parcels == []


async def test_check_in_reminder_leaves_once_with_two_workers_and_a_restart(planned, box, now):
    await asyncio.gather(send(box, now), send(box, now))
    await send(box, now + HOUR)

    assert box.addresses == ["ben@example.org", "eve@example.org", "mia@example.org"]
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == 3
    assert await NoticeAttempt.filter(outcome="accepted").count() == 3


async def test_reminder_waits_until_quiet_hours_end_and_stays_in_the_inbox_meanwhile(planned, box, now, notice_for):
    await send(box, now + 3 * HOUR)
    waiting = await notice_for(planned, "mia")

    assert box.parcels == []
    assert (waiting.due_at, waiting.visible_at) == (datetime(2026, 5, 11, 6, tzinfo=UTC), now)
    await send(box, waiting.due_at)
    assert len(box.parcels) == 3


async def test_reminder_waits_for_the_end_of_quiet_hours_on_the_night_the_clocks_change(cast, box, study):
    evening = datetime(2026, 10, 24, 19, tzinfo=UTC)
    _, notice = await query_notice(cast, evening)

    await send(box, evening)
    await notice.refresh_from_db()

    assert notice.due_at == datetime(2026, 10, 25, 7, tzinfo=UTC), "eight o'clock is an hour later in winter time"


@pytest.mark.parametrize("change", ["withdrawn", "guardianship ended", "account closed", "checked in"])
async def test_what_is_no_longer_wanted_at_the_moment_of_sending_is_not_sent(planned, box, now, change):
    if change == "withdrawn":
        await Participant.filter(id=planned.leo.id).update(state=ParticipantState.WITHDRAWN)
    elif change == "guardianship ended":
        await Guardianship.filter(participant_id=planned.leo.id).update(ends_at=now)
    elif change == "account closed":
        await Account.filter(id__in=[planned.mia.id, planned.ben.id]).update(disabled_at=now)
    else:
        await check_in(planned, now)

    await send(box, now)

    assert box.addresses == ["eve@example.org"]
    assert await Notice.filter(state=DeliveryState.CANCELLED).count() == 2


@pytest.mark.parametrize(("change", "sent"), [
    ({}, 2), ({"state": VisitState.ATTENDED}, 0), ({"state": VisitState.CANCELLED}, 0),
    ({"target_on": date(2026, 5, 21)}, 0), ({"agreed_at": datetime(2026, 5, 22, 7, tzinfo=UTC)}, 0),
])
async def test_visit_reminder_leaves_only_while_the_visit_is_planned_on_that_day(cast, study, box, change, sent):
    nine = datetime(2026, 5, 17, 7, tzinfo=UTC)
    visit = await Visit.create(
        participant=cast.leo, seq=1, plan_code="V1", target_on=date(2026, 5, 20), timezone="Europe/Stockholm"
    )
    await plan_reminders(study.protocol, nine)
    if change:
        await Visit.filter(id=visit.id).update(**change)

    await send(box, nine)

    assert len(box.parcels) == sent
    assert all("Wednesday, 20 May" in parcel.body for parcel in box.parcels)


async def test_who_moved_west_is_reminded_at_nine_over_there(cast, study, box, notice_for):
    nine = datetime(2026, 5, 19, 7, tzinfo=UTC)
    await Visit.create(
        participant=cast.leo, seq=1, plan_code="V1", target_on=date(2026, 5, 20), timezone="Europe/Stockholm"
    )
    await plan_reminders(study.protocol, nine - 12 * HOUR)
    await Account.filter(id=cast.mia.id).update(timezone="America/Santiago")

    await send(box, nine)

    assert box.addresses == ["ben@example.org"]
    assert (await notice_for(cast, "mia")).due_at == datetime(2026, 5, 19, 13, tzinfo=UTC)


async def test_a_question_of_the_site_is_told_even_a_week_late_but_not_when_answered(cast, box, now):
    await query_notice(cast, now)
    other, notice = await query_notice(cast, now)
    await DataQuery.filter(id=other.id).update(state="answered")

    await send(box, now + timedelta(days=7))

    assert len(box.parcels) == 1
    await notice.refresh_from_db()
    assert (notice.state, notice.last_error) == (DeliveryState.CANCELLED, "answered")


async def test_reminders_left_over_from_a_week_without_a_worker_are_not_sent(planned, box, now):
    await send(box, now + timedelta(days=7))

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.CANCELLED, last_error="too_late").count() == 3


async def test_after_six_hours_without_a_worker_one_reminder_leaves_for_each(planned, box, study, now):
    await Account.all().update(timezone="America/Santiago")
    later = now + 6 * HOUR
    await plan_reminders(study.protocol, later)

    await send(box, later)

    assert box.addresses == ["ben@example.org", "eve@example.org", "mia@example.org"]


async def test_a_refused_address_is_not_tried_again(planned, box, now, failure):
    box.refusals = [failure("recipient_refused 550", permanent=True)] * 3

    await send(box, now)
    await send(box, now + HOUR)

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.DEAD, last_error="recipient_refused 550").count() == 3
    assert await NoticeAttempt.filter(outcome="refused").count() == 3


async def test_a_busy_mail_server_is_tried_again_and_given_up_after_two_days(planned, box, now, failure, notice_for):
    box.refusals = [failure("smtp_refused 451")] * 1000
    when, tries = now, 0

    while (await notice_for(planned, "mia")).state is DeliveryState.QUEUED and tries < 100:
        await send(box, when)
        when, tries = when + HOUR, tries + 1

    mia = await notice_for(planned, "mia")
    assert (mia.state, mia.last_error) == (DeliveryState.DEAD, "smtp_refused 451")
    assert timedelta(days=2) <= when - now <= timedelta(days=3)
    assert await NoticeAttempt.filter(notice_id=mia.id).count() > 5


async def test_a_second_channel_is_not_held_up_and_the_first_not_told_twice(planned, box, other_box, now, failure):
    other_box.refusals = [failure("busy")] * 3

    await send(box, now, other_box)
    await send(box, now + MINUTE, other_box)

    assert len(box.parcels) == len(other_box.parcels) == 3
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == 3


async def test_who_wants_no_mail_is_told_by_the_inbox_alone(planned, box, now, notice_for):
    await NoticePreference.create(account_id=planned.mia.id, email_on=False)

    await send(box, now)

    assert box.addresses == ["ben@example.org", "eve@example.org"]
    assert (await notice_for(planned, "mia")).state is DeliveryState.DELIVERED


async def test_a_text_that_says_too_much_reaches_no_channel(planned, box, now):
    await send_due([box], "BOOSTB4 fracture diary", lambda: now)

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.DEAD, last_error="clinical_content").count() == 3


async def test_a_fault_in_a_channel_stays_with_its_notice(planned, box, now):
    box.refusals = [ZeroDivisionError()]

    await send(box, now)

    assert len(box.parcels) == 2
    assert await Notice.filter(state=DeliveryState.QUEUED, last_error="bug").count() == 1


async def test_each_reads_in_their_own_language(planned, box, now):
    await Account.filter(id=planned.mia.id).update(language="sv")

    await send(box, now)

    subjects = {parcel.address: parcel.subject for parcel in box.parcels}
    assert subjects["mia@example.org"] == "Diary: hur var veckan?"
    assert subjects["ben@example.org"] == "Diary: how was this week?"


async def test_nothing_is_sent_inside_a_transaction(planned, box, now):
    async def others_can_write(_parcel):
        await asyncio.wait_for(Account.filter(id=planned.nora.id).update(language="sv"), 2)

    box.before = others_can_write
    await send(box, now)

    assert len(box.parcels) == 3


KILLED = """
import asyncio, sys
from datetime import datetime
from models.database import open_database
from notifications.sender import send_due

class Stuck:
    name = "box"
    def address_of(self, account, preference):
        return account.email
    async def send(self, parcel):
        print("sending", flush=True)
        await asyncio.sleep(60)

async def main():
    await open_database(sys.argv[1])
    await send_due([Stuck()], "Diary", lambda: datetime.fromisoformat(sys.argv[2]))

asyncio.run(main())
"""


async def test_what_a_killed_sender_had_in_hand_is_taken_up_again_within_a_minute(planned, box, now, database_url):
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, database_url, now.isoformat(), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        assert await worker.stdout.readline() == b"sending\n"
    worker.kill()
    await worker.wait()

    assert await send(box, now + timedelta(seconds=40)) == 0
    assert await send(box, now + timedelta(seconds=60)) == 3
