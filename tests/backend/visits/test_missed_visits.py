"""Visits whose window has passed become missed, each once."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from backend.visits import jobs
from backend.visits.jobs import close_windows
from models import AuditEvent, Participant, Visit
from models.actions import Action
from models.vocabulary import ParticipantState, VisitState

CLOSES = {"target_on": date(2026, 5, 10), "opens_on": date(2026, 5, 3), "closes_on": date(2026, 5, 17)}


async def visit(cast, **changes) -> Visit:
    values = {"participant": cast.leo, "seq": 0, "plan_code": "FU", "timezone": "Europe/Stockholm", **CLOSES}
    return await Visit.create(**{**values, **changes})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("changes", "when", "missed"), [
    pytest.param({}, "2026-05-17T21:59", 0, id="the last day of the window, two minutes to midnight in Stockholm"),
    pytest.param({}, "2026-05-17T22:00", 1, id="the day after, in Stockholm"),
    pytest.param({"timezone": "America/Santiago"}, "2026-05-18T03:59", 0, id="still the last day in Santiago"),
    pytest.param({"closes_on": None}, "2030-01-01T00:00", 0, id="no window: never overdue"),
    pytest.param({"agreed_at": at("2026-05-20T07:00")}, "2026-05-27T12:00", 0, id="a week after the appointment"),
    pytest.param({"agreed_at": at("2026-05-20T07:00")}, "2026-05-28T12:00", 1, id="more than a week after it"),
    pytest.param({"agreed_at": at("2026-05-20T07:00"), "closes_on": None}, "2026-05-28T12:00", 1, id="agreed only"),
    pytest.param({"state": VisitState.ATTENDED}, "2026-06-01T00:00", 0, id="attended"),
    pytest.param({"state": VisitState.CANCELLED}, "2026-06-01T00:00", 0, id="cancelled"),
])
async def test_missed_visit_is_marked_the_day_after_closing_at_its_site(cast, study, changes, when, missed):
    planned = await visit(cast, **changes)

    assert await close_windows(study, at(when)) == missed

    found = await Visit.get(id=planned.id)
    assert (found.state is VisitState.MISSED) == bool(missed)
    assert found.seq == missed == (await Participant.get(id=cast.leo.id)).seq


async def test_each_missed_visit_is_one_act_of_the_system_with_several_workers(cast, study):
    visits = [await visit(cast, plan_code=f"V{n}") for n in range(4)]

    marked = await asyncio.gather(*(close_windows(study, at("2026-06-01T00:00")) for _ in range(4)))

    assert sum(marked) == 4
    events = await AuditEvent.filter(action=Action.VISIT_MISS).order_by("seq")
    assert [e.seq for e in events] == [1, 2, 3, 4]
    assert {e.subject_id for e in events} == {v.id for v in visits}
    assert {(e.actor_role, e.actor_id) for e in events} == {("system", None)}
    assert events[0].changes == {"state": ["planned", "missed"]}


@pytest.mark.parametrize("state", [ParticipantState.WITHDRAWN, ParticipantState.DIED])
async def test_who_left_the_study_misses_nothing(cast, study, state):
    planned = await visit(cast)
    await Participant.filter(id=cast.leo.id).update(state=state)

    assert await close_windows(study, at("2026-06-01T00:00")) == 0
    assert (await Visit.get(id=planned.id)).state is VisitState.PLANNED


@pytest.mark.parametrize("meanwhile", ["attended", "withdrawn"])
async def test_what_changed_a_moment_ago_is_seen_under_the_lock(cast, study, monkeypatch, meanwhile):
    planned = await visit(cast)
    asked = jobs._candidates

    async def then_changed(now):
        found = await asked(now)
        if meanwhile == "attended":
            await Visit.filter(id=planned.id).update(state=VisitState.ATTENDED)
        else:
            await Participant.filter(id=cast.leo.id).update(state=ParticipantState.WITHDRAWN)
        return found

    monkeypatch.setattr(jobs, "_candidates", then_changed)

    assert await close_windows(study, at("2026-06-01T00:00")) == 0
    assert await AuditEvent.filter(action=Action.VISIT_MISS).count() == 0
