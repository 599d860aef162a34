"""While nobody has acknowledged a case, more and more people are told; each step once, whoever climbs."""

import asyncio
from datetime import timedelta

import pytest

from backend.safety import ladder
from backend.safety.ladder import climb_due
from models import Account, AccountMail, SafetyCase, SafetyCaseStep, StaffRole
from models.vocabulary import CaseState, MailKind, Role
from tests.backend.safety.conftest import kinds_of
from tests.ledger import require_whole


async def told() -> list[str]:
    """Who got mails, in order."""
    mails = AccountMail.filter(kind=MailKind.STAFF_PAGE_WAITS).order_by("id").select_related("account")
    return [mail.account.display_name for mail in await mails]


async def steps(case: SafetyCase) -> list[tuple[str, int]]:
    """Each step of the ladder with how many it told."""
    found = await SafetyCaseStep.filter(case_id=case.id, kind="escalated").order_by("id")
    return [(step.detail["tell"], len([one for one in step.detail["told"].split(",") if one])) for step in found]


async def test_ladder_climbs_as_the_protocol_says(opened, study, cast):
    case = await opened()
    due = case.known_since

    for hours, newly in ((0.9, []), (1, ["Dag"]), (2, []), (4, ["Iris"]), (12, ["Nora"]), (19, []),
                         (20, ["Dag", "Iris", "Nora"]), (30, [])):
        before = await told()
        await climb_due(study.protocol, due + timedelta(hours=hours))
        assert sorted((await told())[len(before):]) == newly, hours

    assert await steps(case) == [("on_duty", 1), ("investigator", 1), ("coordinator", 1), ("everybody", 3)]
    assert (await SafetyCase.get(id=case.id)).next_step_at is None
    await require_whole(cast.leo.id)


async def test_steps_that_were_slept_through_are_taken_together(opened, study):
    case = await opened()

    await climb_due(study.protocol, case.known_since + timedelta(hours=13))

    assert [what for what, _ in await steps(case)] == ["on_duty", "investigator", "coordinator"]
    assert (await SafetyCase.get(id=case.id)).next_step_at == case.known_since + timedelta(hours=20)


async def test_step_that_reaches_nobody_is_followed_by_the_next_at_once(opened, study, cast):
    await StaffRole.filter(role=Role.DUTY_PERSON).delete()
    await Account.filter(id=cast.iris.id).update(disabled_at=cast.now)
    case = await opened()

    await climb_due(study.protocol, case.known_since + timedelta(minutes=2))

    assert await steps(case) == [("on_duty", 0), ("investigator", 0), ("coordinator", 1)]
    assert await told() == ["Nora"]
    assert (await SafetyCase.get(id=case.id)).next_step_at == case.known_since + timedelta(hours=20)


async def test_where_nobody_can_be_told_the_ladder_ends_and_the_case_stays_open(opened, study):
    await StaffRole.all().delete()
    case = await opened()

    await climb_due(study.protocol, case.known_since + timedelta(minutes=2))

    after = await SafetyCase.get(id=case.id)
    assert (after.state, after.next_step_at) == (CaseState.OPEN, None)
    assert [many for _, many in await steps(case)] == [0, 0, 0, 0]


async def test_nobody_is_told_after_the_acknowledgement(opened, study, as_):
    case = await opened()
    signed = await as_("dag").post(
        f"/api/v1/safety-cases/{case.id}/acknowledgement", json={"entry_version": 1},
        headers={"If-Match": f'"s{case.seq}"'})
    before = await told()

    await climb_due(study.protocol, case.known_since + timedelta(hours=30))

    assert signed.status_code == 200
    assert await told() == before
    assert await kinds_of(case) == ["opened", "acknowledged"]


async def test_many_workers_take_each_step_once(opened, study, cast):
    case = await opened()
    due = case.known_since + timedelta(hours=5)

    climbed = await asyncio.gather(*(climb_due(study.protocol, due) for _ in range(6)))

    assert sum(climbed) == 1
    assert [what for what, _ in await steps(case)] == ["on_duty", "investigator"]
    assert await told() == ["Dag", "Dag", "Iris"]
    await require_whole(cast.leo.id)


async def test_worker_that_dies_in_the_middle_leaves_nothing_and_another_does_it(opened, study, monkeypatch):
    case = await opened()
    due = case.known_since + timedelta(hours=5)

    def dies(name: str) -> None:
        raise ConnectionResetError(name)

    with monkeypatch.context() as death:
        death.setattr(ladder, "reach", dies)
        assert await climb_due(study.protocol, due) == 0
    assert (await steps(case), await told()) == ([], ["Dag"])

    assert await climb_due(study.protocol, due) == 1
    assert await told() == ["Dag", "Dag", "Iris"]


async def test_one_broken_case_does_not_keep_the_others_from_climbing(opened, study, monkeypatch):
    broken = await opened()
    other = await opened(name="ben")
    honest = ladder.climb

    async def climb(actor, protocol, case_id, now):
        if case_id == broken.id:
            raise ValueError
        return await honest(actor, protocol, case_id, now)

    monkeypatch.setattr(ladder, "climb", climb)

    assert await climb_due(study.protocol, other.known_since + timedelta(hours=2)) == 1
    assert await steps(other) == [("on_duty", 1)]


@pytest.mark.parametrize("state", ["withdrawn", "died"])
async def test_cases_go_on_after_a_withdrawal_or_death(state, opened, study, cast):
    case = await opened()
    cast.leo.state = state
    await cast.leo.save(update_fields=["state"])

    assert await climb_due(study.protocol, case.known_since + timedelta(hours=2)) == 1
