"""One notice: an old one says what became of it, how far it got is said honestly, and it can be put off."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from models import AuditEvent, Notice, NoticeAttempt, NoticePreference, Participant, Visit
from models.actions import Action
from models.vocabulary import AttemptState, DeliveryState, NoticeKind, ParticipantState, VisitState

S, DAY, HOUR = AttemptState, timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def notice(cast, now):
    async def make(name: str = "mia", **changes) -> Notice:
        day = (now + 3 * DAY).date()
        visit = changes.pop("visit", None) or await Visit.create(
            participant_id=cast.leo.id, plan_code=uuid4().hex[:8], target_on=day, timezone="Europe/Stockholm", seq=1)
        values = {"kind": NoticeKind.VISIT_AHEAD, "subject_id": visit.id, "slot": f"{day}/3d", "created_at": now,
                  "due_at": now - HOUR, "useless_after": now + 3 * DAY}
        return await Notice.create(
            account=cast.people[name].account, participant=cast.leo, **{**values, **changes})
    return make


async def tried(notice: Notice, channel: str, state: AttemptState, at) -> NoticeAttempt:
    return await NoticeAttempt.create(notice=notice, channel=channel, state=state, at=at)


async def status(client, notice: Notice) -> str:
    answer = await client.get(f"/api/v1/inbox/{notice.id}")
    assert answer.status_code == 200, answer.text
    return answer.json()["status"]


async def test_guardian_opens_one_notice_and_reads_how_far_it_got(as_, notice, now):
    made = await notice()
    await tried(made, "push", S.ACCEPTED, now - HOUR)
    await tried(made, "email", S.FAILED, now)

    told = (await as_("mia").get(f"/api/v1/inbox/{made.id}")).json()

    assert (told["status"], told["kind"], told["read_at"]) == ("open", "visit_ahead", None)
    assert [(one["channel"], one["state"], one["delivered_at"]) for one in told["delivery"]] == [
        ("push", "accepted", None), ("email", "failed", None)]
    assert (await as_("mia").get("/api/v1/inbox")).json()["items"] == [told]


async def test_an_old_notice_says_that_it_is_done_over_or_gone(as_, notice, now, cast):
    mia = as_("mia")
    done = await notice(done_at=now)
    closed = await notice(state=DeliveryState.CANCELLED, last_error="answered")
    late = await notice(useless_after=now - HOUR)
    void = await notice(state=DeliveryState.CANCELLED, last_error="not_planned")
    moved = await notice()
    await Visit.filter(id=moved.subject_id).update(state=VisitState.CANCELLED)
    open_one = await notice()

    said = [await status(mia, each) for each in (done, closed, late, void, moved, open_one)]

    assert said == ["done", "done", "over", "over", "over", "open"]


async def test_what_was_answered_a_moment_ago_is_done_at_once(phone_of, as_, notice, cast, now):
    week = (now - DAY).date()
    due = await notice(kind=NoticeKind.CHECK_IN_DUE, subject_id=cast.leo.id, slot=week.isoformat())
    assert await status(as_("mia"), due) == "open"

    ben = phone_of("ben")
    await ben.push(ben.item({"from": str(week - 6 * DAY), "to": str(week), "answer": "nothing_happened"},
                            kind="check_in"))

    assert await status(as_("mia"), due) == "done"


async def test_nobody_opens_anothers_notice_nor_one_of_a_child_that_is_silent(as_, notice, cast, now):
    mine, ahead = await notice(), await notice(due_at=now + HOUR)

    assert (await as_("ben").get(f"/api/v1/inbox/{mine.id}")).status_code == 404
    assert (await as_("mia").get(f"/api/v1/inbox/{ahead.id}")).status_code == 404
    assert (await as_("mia").get(f"/api/v1/inbox/{uuid4()}")).status_code == 404

    await Participant.filter(id=cast.leo.id).update(state=ParticipantState.DIED)
    assert (await as_("mia").get(f"/api/v1/inbox/{mine.id}")).status_code == 404


async def test_phone_says_that_it_was_shown_and_then_opened(as_, notice, now):
    made, mia = await notice(), as_("mia")
    await tried(made, "push", S.ACCEPTED, now - HOUR)
    url = f"/api/v1/inbox/{made.id}/receipt"

    for event, state in (("displayed", S.DELIVERED), ("opened", S.OPENED), ("displayed", S.OPENED),
                         ("opened", S.OPENED)):
        assert (await mia.post(url, json={"channel": "push", "event": event})).status_code == 204
        assert (await NoticeAttempt.get(notice=made)).state is state

    events = await AuditEvent.filter(action=Action.NOTICE_RECEIPT).order_by("seq")
    assert [event.changes for event in events] == [
        {"push": ["accepted", "delivered"]}, {"push": ["delivered", "opened"]}]


async def test_a_receipt_of_what_was_never_sent_there_is_refused(as_, notice, now):
    made = await notice()
    await tried(made, "push", S.ACCEPTED, now)
    url = f"/api/v1/inbox/{made.id}/receipt"

    assert (await as_("mia").post(url, json={"channel": "sms", "event": "opened"})).status_code == 404
    assert (await as_("ben").post(url, json={"channel": "push", "event": "opened"})).status_code == 404
    for odd in ({"channel": "console", "event": "opened"}, {"channel": "push", "event": "burnt"}, {"channel": "push"}):
        assert (await as_("mia").post(url, json=odd)).status_code == 400
    assert (await NoticeAttempt.get(notice=made)).state is S.ACCEPTED


async def test_reading_opens_it_on_the_channel_that_told_it_last(as_, notice, now):
    made = await notice()
    await tried(made, "push", S.ACCEPTED, now - DAY)
    await tried(made, "email", S.ACCEPTED, now - HOUR)
    await tried(made, "sms", S.FAILED, now)

    for _ in range(2):
        assert (await as_("mia").post(f"/api/v1/inbox/{made.id}/reading")).status_code == 204

    states = dict(await NoticeAttempt.all().values_list("channel", "state"))
    assert states == {"push": S.ACCEPTED, "email": S.OPENED, "sms": S.FAILED}
    assert await AuditEvent.filter(action=Action.INBOX_MARK).count() == 1


async def test_reading_adds_nothing_where_a_phone_has_said_by_what(as_, notice, now):
    made = await notice()
    await tried(made, "push", S.OPENED, now - DAY)
    await tried(made, "email", S.ACCEPTED, now - HOUR)

    await as_("mia").post(f"/api/v1/inbox/{made.id}/reading")

    assert (await NoticeAttempt.get(channel="email")).state is S.ACCEPTED


@pytest.mark.parametrize("until", ["an_hour", "this_evening", "tomorrow"])
async def test_guardian_puts_a_notice_off(as_, notice, now, cast, until):
    await NoticePreference.create(account_id=cast.mia.id, quiet_from=0, quiet_until=0)
    made = await notice()

    answer = await as_("mia").post(f"/api/v1/inbox/{made.id}/snooze", json={"until": until})

    assert answer.status_code == 200, answer.text
    later = await Notice.get(id=answer.json()["id"])
    assert later.id != made.id
    assert now < later.due_at <= now + 2 * DAY
    assert (later.kind, later.subject_id, later.account_id) == (made.kind, made.subject_id, made.account_id)
    assert (await as_("mia").get("/api/v1/inbox")).json()["items"] == []
    assert await status(as_("mia"), made) == "over"
    event = await AuditEvent.get(action=Action.NOTICE_SNOOZE)
    assert event.changes == {"until": [None, until]}


async def test_of_several_taps_one_puts_it_off(as_, notice):
    made = await notice()
    url = f"/api/v1/inbox/{made.id}/snooze"

    answers = await asyncio.gather(*(as_("mia").post(url, json={"until": "an_hour"}) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await Notice.all().count() == 2
    assert await AuditEvent.filter(action=Action.NOTICE_SNOOZE).count() == 1


async def test_what_could_not_be_told_before_it_is_over_is_not_put_off(as_, notice, now):
    made = await notice(useless_after=now + timedelta(minutes=30))

    answer = await as_("mia").post(f"/api/v1/inbox/{made.id}/snooze", json={"until": "an_hour"})

    assert (answer.status_code, answer.json()["state"]) == (409, "over")
    assert await status(as_("mia"), made) == "open"


async def test_what_is_done_or_somebody_elses_cannot_be_put_off(as_, notice, now):
    done, other = await notice(done_at=now), await notice("ben")

    for each, expected in ((done, 409), (other, 404)):
        answer = await as_("mia").post(f"/api/v1/inbox/{each.id}/snooze", json={"until": "tomorrow"})
        assert answer.status_code == expected
    assert (await as_("ben").post(f"/api/v1/inbox/{other.id}/snooze", json={"until": "1h"})).status_code == 400
