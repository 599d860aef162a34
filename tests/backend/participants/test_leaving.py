"""When somebody's access ends, all goes with it: every read, signed-in devices, what was to be told, invitations."""

import asyncio
from datetime import timedelta

import pytest

from models import AuditEvent, Guardianship, LinkingCode, Notice, Session, StaffRole
from models.actions import Action
from models.fields import new_id
from models.vocabulary import NoticeKind


@pytest.fixture
def end(as_, link_of):
    async def ask(name, by="nora"):
        answer = await as_(by).post(f"/api/v1/guardianships/{(await link_of(name)).id}/end")
        assert answer.status_code == 200, answer.text
        return answer

    return ask


async def a_notice(account, participant, now, **values):
    return await Notice.create(
        account_id=account, participant_id=participant, kind=NoticeKind.CHECK_IN_DUE, subject_id=participant,
        slot=str(new_id()), due_at=now, created_at=now, **values,
    )


async def test_devices_of_whoever_speaks_for_nobody_else_are_signed_out(end, cast, as_):
    await end("ben")

    session = await Session.get(id=cast.ben.session.id)
    assert session.end_reason == "guardianship_over"
    assert (await as_("ben").get("/api/v1/me")).status_code == 401
    assert (await as_("mia").get("/api/v1/me")).status_code == 200
    event = await AuditEvent.get(action=Action.GUARDIANSHIP_END)
    assert event.changes["sessions"] == [1, 0]


async def test_whoever_speaks_for_another_child_stays_signed_in(invited, end, cast, as_):
    await invited("eve")

    await end("eve")

    assert (await as_("eve").get(f"/api/v1/participants/{cast.leo.id}/changes")).status_code == 404
    assert [child["code"] for child in (await as_("eve").get("/api/v1/me")).json()["participants"]] == ["GB01-001"]


async def test_staff_with_a_child_in_the_study_stay_signed_in(end, cast, now):
    await StaffRole.create(account=cast.ben.account, role="monitor", starts_at=now + timedelta(days=1))

    await end("ben")

    assert (await Session.get(id=cast.ben.session.id)).ended_at is None


async def test_what_waited_to_be_told_about_this_child_is_cancelled_and_nothing_else(invited, end, cast, now):
    await invited("eve")
    about_leo = await a_notice(cast.eve.id, cast.leo.id, now)
    told = await a_notice(cast.eve.id, cast.leo.id, now, state="delivered")
    about_tom = await a_notice(cast.eve.id, cast.tom.id, now)
    of_mia = await a_notice(cast.mia.id, cast.leo.id, now)

    await end("eve")

    states = {notice.id: notice.state for notice in await Notice.all()}
    assert states == {about_leo.id: "cancelled", told.id: "delivered", about_tom.id: "queued", of_mia.id: "queued"}


async def test_open_invitations_of_whoever_leaves_are_void(invite, hand_in, end):
    bens, mias = (await invite("ben")).json()["code"], (await invite("mia")).json()["code"]

    await end("ben")

    assert (await hand_in("eve", bens)).json()["code"] == "linking_code.refused"
    assert (await hand_in("dana", mias)).status_code == 201
    assert await LinkingCode.filter(revoked_at__isnull=False).count() == 1


@pytest.mark.parametrize("how", ["ended by the inviter", "ended by staff", "locked"])
async def test_no_read_that_begins_after_the_answer_succeeds(how, invited, as_, cast):
    link = await invited("eve")
    over = asyncio.Event()
    late, early = [], []

    async def read():
        client = as_("eve")
        for _ in range(40):
            began_after = over.is_set()
            answer = await client.get(f"/api/v1/participants/{cast.leo.id}/changes")
            (late if began_after else early).append(answer.status_code)

    async def cut():
        await asyncio.sleep(0.02)
        by, path, body = {
            "ended by the inviter": ("mia", "end", None), "ended by staff": ("nora", "end", None),
            "locked": ("nora", "lock", {"reason": "court_order"}),
        }[how]
        answer = await as_(by).post(f"/api/v1/guardianships/{link.id}/{path}", json=body)
        assert answer.status_code == 200
        over.set()

    await asyncio.gather(*(read() for _ in range(8)), cut())

    assert 200 in early, "nobody read before"
    assert late, "nobody read after"
    assert set(late) == {404}


async def test_guardianship_that_ran_out_gives_nothing(invited, as_, cast, now):
    link = await invited("eve")
    await Guardianship.filter(id=link.id).update(ends_at=now)

    assert (await as_("eve").get(f"/api/v1/participants/{cast.leo.id}/changes")).status_code == 404
