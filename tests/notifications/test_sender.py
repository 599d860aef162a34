"""What is due is sent once, if it is still wanted, and not in quiet hours."""

import asyncio
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
from models.vocabulary import (
    AttemptState,
    DeliveryState,
    EntryKind,
    EntryState,
    NoticeKind,
    NoticeRank,
    ParticipantState,
    Relation,
    VisitState,
)
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due
from tests.notifications.conftest import a_notice

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TOLD = ["ben@example.org", "eve@example.org", "mia@example.org"]


async def send(box, when: datetime, *more) -> int:
    return await send_due([box, *more], "Diary", lambda: when)


async def an_entry(cast, when: datetime, kind: EntryKind = EntryKind.CHECK_IN, **changes) -> DiaryEntry:
    values = {
        "id": uuid4(), "participant": cast.leo, "site_id": cast.leo.site_id, "kind": kind, "version": 1, "seq": 1,
        "state": EntryState.RECEIVED, "data": {"from": "2026-05-04", "to": "2026-05-10", "answer": "had"},
        "findings": [], "recorded_by": cast.mia.account, "relation": Relation.MOTHER, "received_at": when,
        "changed_at": when, **changes,
    }
    return await DiaryEntry.create(**values)


async def query_notice(cast, when: datetime) -> tuple[DataQuery, Notice]:
    query = await DataQuery.create(
        entry=await an_entry(cast, when), participant=cast.leo, seq=2, field="", question="?", state="open",
        entry_version=1, opened_by=cast.nora.account, opened_at=when,
    )
    return query, await a_notice(
        cast, "mia", when, kind=NoticeKind.QUERY_WAITING, subject_id=query.id, slot="opened", useless_after=None)


async def test_nothing_leaves_before_it_is_due(planned, box, now):
    assert await send(box, now - MINUTE) == 0
    assert box.parcels == []


async def test_check_in_reminder_leaves_once_with_two_workers_and_a_restart(planned, box, now):
    await asyncio.gather(send(box, now), send(box, now))
    await send(box, now + HOUR)

    assert box.addresses == TOLD
    assert await Notice.filter(state=DeliveryState.DELIVERED, told_at=now).count() == 3
    assert await NoticeAttempt.filter(state=AttemptState.ACCEPTED, tries=1).count() == 3


async def test_whose_parcel_it_is_what_it_is_about_and_until_when_goes_with_it(planned, push, now, notice_for):
    await send(push, now)

    (hers,) = [parcel for parcel in push.parcels if parcel.address == "mia@example.org"]
    notice = await notice_for(planned, "mia")
    assert (hers.id, hers.kind, hers.until, hers.urgent) == (notice.id, "check_in_due", notice.useless_after, False)
    assert hers.account_id == planned.mia.id
    assert len({parcel.tag for parcel in push.parcels}) == 3
    assert all(len(parcel.tag) == 22 and "\n" not in parcel.body for parcel in push.parcels)


async def test_reminder_waits_until_quiet_hours_end_and_stays_in_the_inbox_meanwhile(planned, box, now, notice_for):
    await send(box, now + 3 * HOUR)
    waiting = await notice_for(planned, "mia")

    assert box.parcels == []
    assert (waiting.due_at, waiting.visible_at, waiting.attempts) == (datetime(2026, 5, 11, 6, tzinfo=UTC), now, 0)
    await send(box, datetime(2026, 5, 11, 7, tzinfo=UTC))
    assert len(box.parcels) == 3


async def test_reminder_waits_for_the_end_of_quiet_hours_on_the_night_the_clocks_change(cast, box, study):
    evening = datetime(2026, 10, 24, 19, tzinfo=UTC)
    _, notice = await query_notice(cast, evening)

    await send(box, evening)
    await notice.refresh_from_db()

    assert notice.due_at == datetime(2026, 10, 25, 7, tzinfo=UTC), "eight o'clock is an hour later in winter time"


async def test_tomorrows_visit_wakes_somebody_rather_than_being_missed_and_nothing_else_does(cast, box, now):
    night = now + 8 * HOUR
    soon = {"useless_after": night + HOUR, "kind": NoticeKind.VISIT_CHANGED}
    await a_notice(cast, "mia", night, rank=NoticeRank.SAFETY, **soon)
    await a_notice(cast, "ben", night, rank=NoticeRank.OTHER, **soon)

    await send(box, night)

    assert box.addresses == ["mia@example.org"]
    assert await Notice.filter(state=DeliveryState.DELIVERED).count() == 2


@pytest.mark.parametrize("change", ["withdrawn", "guardianship ended", "account closed", "checked in"])
async def test_what_is_no_longer_wanted_at_the_moment_of_sending_is_not_sent(planned, box, now, change):
    if change == "withdrawn":
        await Participant.filter(id=planned.leo.id).update(state=ParticipantState.WITHDRAWN)
    elif change == "guardianship ended":
        await Guardianship.filter(participant_id=planned.leo.id).update(ends_at=now)
    elif change == "account closed":
        await Account.filter(id__in=[planned.mia.id, planned.ben.id]).update(disabled_at=now)
    else:
        await an_entry(planned, now)

    await send(box, now)

    assert box.addresses == ["eve@example.org"]
    assert await Notice.filter(state=DeliveryState.CANCELLED).count() == 2


@pytest.mark.parametrize(("change", "sent"), [
    ({}, 1), ({"state": VisitState.ATTENDED}, 0), ({"state": VisitState.CANCELLED}, 0),
    ({"target_on": date(2026, 5, 21)}, 0), ({"agreed_at": datetime(2026, 5, 22, 7, tzinfo=UTC)}, 0),
])
async def test_visit_reminder_leaves_only_while_the_visit_is_planned_on_that_day(cast, study, box, change, sent):
    nine = datetime(2026, 5, 17, 7, tzinfo=UTC)
    visit = await Visit.create(
        participant=cast.leo, seq=1, plan_code="V1", target_on=date(2026, 5, 20), timezone="Europe/Stockholm"
    )
    await a_notice(cast, "mia", nine, kind=NoticeKind.VISIT_AHEAD, subject_id=visit.id, slot="2026-05-20/3d")
    if change:
        await Visit.filter(id=visit.id).update(**change)

    await send(box, nine)

    assert len(box.parcels) == sent
    assert all("Wednesday, 20 May" in parcel.body for parcel in box.parcels)


async def test_who_moved_west_is_reminded_at_nine_over_there(cast, study, box):
    nine = datetime(2026, 5, 19, 7, tzinfo=UTC)
    visit = await Visit.create(
        participant=cast.leo, seq=1, plan_code="V1", target_on=date(2026, 5, 20), timezone="Europe/Stockholm"
    )
    await plan_reminders(study.protocol, nine - 12 * HOUR)
    await Account.filter(id=cast.mia.id).update(timezone="America/Santiago")
    await plan_reminders(study.protocol, nine - HOUR)
    await Notice.exclude(subject_id=visit.id).delete()

    await send(box, nine)

    assert box.addresses == ["ben@example.org"]
    hers = await Notice.get(account_id=cast.mia.id, subject_id=visit.id, state=DeliveryState.QUEUED)
    assert hers.due_at == datetime(2026, 5, 19, 13, tzinfo=UTC)


@pytest.mark.parametrize(("healed_on", "sent"), [(None, 1), (20, 1), (21, 0)])
async def test_an_entrys_card_is_told_until_it_was_answered(cast, box, now, healed_on, sent):
    happened = now - timedelta(days=21)
    fracture = await an_entry(cast, happened, EntryKind.FRACTURE, data={}, occurred_to=happened)
    if healed_on:
        await an_entry(cast, happened + timedelta(days=healed_on), EntryKind.FOLLOW_UP, data={"healed": "no"},
                       parent_id=fracture.id)
    await a_notice(cast, "mia", now, kind=NoticeKind.FOLLOW_UP_DUE, subject_id=fracture.id, slot="21d/again")

    await send(box, now)

    assert len(box.parcels) == sent


async def test_a_question_of_the_site_is_told_even_a_week_late_but_not_when_answered(cast, box, now):
    await query_notice(cast, now)
    other, notice = await query_notice(cast, now)
    await DataQuery.filter(id=other.id).update(state="answered")

    await send(box, now + timedelta(days=7))

    assert len(box.parcels) == 1
    await notice.refresh_from_db()
    assert (notice.state, notice.last_error) == (DeliveryState.CANCELLED, "answered")


async def test_who_has_read_it_in_the_inbox_is_not_told(planned, box, now):
    await Notice.filter(account_id=planned.mia.id).update(read_at=now)

    await send(box, now + MINUTE)

    assert "mia@example.org" not in box.addresses
    assert await Notice.filter(state=DeliveryState.DELIVERED, told_at=None).count() == 1


async def test_who_wants_no_mail_is_told_by_the_inbox_alone(planned, box, now, notice_for):
    await NoticePreference.create(account_id=planned.mia.id, email_on=False)

    await send(box, now)

    assert box.addresses == ["ben@example.org", "eve@example.org"]
    assert (await notice_for(planned, "mia")).state is DeliveryState.DELIVERED


async def test_a_text_that_says_too_much_reaches_no_channel(planned, box, now):
    await send_due([box], "BOOSTB4 fracture diary", lambda: now)

    assert box.parcels == []
    assert await Notice.filter(state=DeliveryState.DEAD, last_error="clinical_content").count() == 3


async def test_a_notice_nobody_can_read_harms_no_other(planned, box, now, notice_for):
    await Notice.filter(account_id=planned.mia.id).update(kind=NoticeKind.VISIT_AHEAD, slot="no day at all")

    await send(box, now)

    assert box.addresses == ["ben@example.org", "eve@example.org"]
    assert (await notice_for(planned, "mia")).last_error == "bug"


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


async def test_a_batch_is_judged_by_a_handful_of_statements_however_large_it_is(cast, box, now, caplog):
    said = []
    for many in (2, 80):
        for _ in range(many):
            await a_notice(cast, "mia", now, rank=NoticeRank.TOMORROW, subject_id=uuid4())
        caplog.clear()
        with caplog.at_level("DEBUG", "tortoise.db_client"):
            assert await send(box, now) == many
        said.append(len(caplog.records))

    assert said[0] == said[1] > 5
