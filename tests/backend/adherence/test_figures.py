"""Expected, sent, answered: each number is a part of the first, and nothing expected is not nothing done."""

import logging
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adherence.figures import _tally
from backend.coverage.claims import Answer
from models import Participant, ParticipantStatus
from models.coverage.days import Span
from models.protocol import load_protocol
from models.vocabulary import Arm, NoticeKind

DAY = timedelta(days=1)
WEEK = 7 * DAY


async def read(as_, who="nora", **wanted):
    answer = await as_(who).get("/api/v1/adherence", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def line(as_, who="nora", **wanted):
    (found,) = (await read(as_, who, **wanted))["items"]
    return found


@pytest.mark.usefixtures("twelve_weeks")
async def test_family_that_answers_at_once_late_and_not_at_all_is_counted_so(as_, check_in, told, ends):
    await check_in("mia", ends(-5) - 6 * DAY, ends(-5))
    await check_in("ben", ends(-4) - 6 * DAY, ends(-4), told=ends(-4) + 5 * DAY)
    for number, who in ((-5, "mia"), (-4, "mia"), (-4, "ben"), (-3, "mia")):
        await told(who, str(ends(number)))
    await told("mia", f"{ends(-3)}/again")
    await told("mia", str(ends(-2)), left=False)

    leo = await line(as_, **{"from": ends(-5), "to": ends(-2)})

    assert (leo["code"], leo["participants"], leo["expected"]) == ("SE01-001", 1, 4)
    assert (leo["sent"], leo["answered"], leo["in_time"]) == (3, 2, 1)
    assert (leo["sent_share"], leo["answered_share"], leo["in_time_share"]) == (0.75, 0.5, 0.25)


@pytest.mark.usefixtures("twelve_weeks")
async def test_second_parent_who_answers_later_changes_nothing_and_a_retracted_answer_counts_no_more(
    as_, check_in, ends, cast
):
    await check_in("mia", ends(-3) - 6 * DAY, ends(-3))
    later = await check_in("ben", ends(-3) - 6 * DAY, ends(-2), told=ends(-1))
    week = {"from": ends(-3), "to": ends(-2)}
    both = await line(as_, **week)

    await as_("ben").delete(
        f"/api/v1/participants/{cast.leo.id}/entries/{later}", headers={"If-Match": '"v1"'},
        params={"reason": "entered_in_error"})
    alone = await line(as_, **week)

    assert (both["answered"], both["in_time"]) == (2, 1)
    assert (alone["answered"], alone["in_time"]) == (1, 1)


@pytest.mark.usefixtures("twelve_weeks")
async def test_week_told_of_in_a_summary_was_sent(as_, told, ends):
    await told("mia", str(ends(-3) + 2 * DAY), kind=NoticeKind.DIGEST)

    leo = await line(as_, **{"from": ends(-4), "to": ends(-2)})

    assert (leo["expected"], leo["sent"]) == (3, 1), "the summary that came before the next week had ended"


@pytest.mark.usefixtures("twelve_weeks")
async def test_nothing_is_expected_in_a_pause_or_before_the_diary_was_opened(as_, cast, ends, now):
    for state, day in (("paused", ends(-4)), ("active", ends(-2))):
        await ParticipantStatus.create(
            participant=cast.leo, seq=9, state=state, effective_on=day, reason="holiday",
            recorded_by_id=cast.nora.id, recorded_at=now)

    leo = await line(as_, **{"from": ends(-5), "to": ends(-1)})
    before = await line(as_, **{"from": ends(-40), "to": ends(-20)})

    assert leo["expected"] == 3
    assert (before["participants"], before["expected"], before["answered_share"]) == (0, 0, None)


@pytest.mark.usefixtures("twelve_weeks")
async def test_children_whom_nobody_asks_are_shown_so_and_never_as_none(as_, cast, ends):
    await Participant.filter(id=cast.leo.id).update(arm=Arm.HISTORICAL)

    leo = await line(as_)
    arms = {row["code"]: row for row in (await read(as_, "max", by="arm"))["items"]}

    assert (leo["participants"], leo["expected"], leo["sent_share"]) == (0, 0, None)
    assert (arms["historical"]["participants"], arms["historical"]["answered_share"]) == (0, None)
    assert arms["postnatal"]["participants"] == 1, "Tom"


@pytest.mark.usefixtures("twelve_weeks")
async def test_sites_and_arms_are_the_sums_of_their_children(as_, check_in, told, ends):
    await check_in("mia", ends(-3) - 6 * DAY, ends(-3))
    await check_in("eve", ends(-9) - 6 * DAY, ends(-9), told=ends(-3), of=["tom"])
    await told("mia", str(ends(-3)))

    children, sites, arms = [(await read(as_, "max", by=by))["items"] for by in ("child", "site", "arm")]

    assert [row["code"] for row in children] == ["GB01-001", "SE01-001"]
    assert [row["code"] for row in sites] == ["GB01", "SE01"]
    for number in ("participants", "expected", "sent", "answered", "in_time"):
        whole = sum(row[number] for row in children)
        assert sum(row[number] for row in sites) == sum(row[number] for row in arms) == whole > 0, number


@pytest.mark.usefixtures("twelve_weeks")
async def test_each_sees_their_own_sites_and_families_and_blinded_readers_nothing(as_):
    assert [row["code"] for row in (await read(as_, "otto"))["items"]] == ["GB01-001"]
    assert [row["code"] for row in (await read(as_, "otto", by="site"))["items"]] == ["GB01"]
    assert [row["code"] for row in (await read(as_, "max", site="SE01"))["items"]] == ["SE01-001"]
    for who in ("mia", "bea"):
        assert (await as_(who).get("/api/v1/adherence")).status_code == 403, who
    assert (await as_("otto").get("/api/v1/adherence", params={"site": "SE01"})).status_code == 404


@pytest.mark.parametrize("wanted", [
    {"from": "2026-11-20", "to": "2026-11-19"}, {"from": "2020-01-01", "to": "2026-11-19"}, {"from": "1066-10-14"},
    {"from": "9999-12-30"}, {"by": "parent"}, {"from": "soon"}, {"limit": "0"},
])
async def test_span_that_makes_no_sense_is_refused(as_, wanted):
    assert (await as_("nora").get("/api/v1/adherence", params=wanted)).status_code == 400


@pytest.mark.usefixtures("twelve_weeks")
async def test_pages_follow_the_codes_and_cost_no_more_for_many(as_, cast, now, caplog):
    await Participant.bulk_create([
        Participant(code=f"SE01-{n:03d}", site=cast.sites["SE01"], arm=Arm.POSTNATAL, birth_month=date(2020, 1, 1),
                    custodians=["mother"], enrolled_at=now - timedelta(days=30)) for n in range(2, 9)])

    async def statements(limit):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await read(as_, limit=limit)
        return len([one for one in caplog.records if "SELECT" in one.getMessage()])

    first = await read(as_, limit=5)
    second = await read(as_, limit=5, cursor=first["next_cursor"])

    assert [row["code"] for row in first["items"] + second["items"]] == [f"SE01-{n:03d}" for n in range(1, 9)]
    assert second["next_cursor"] is None
    assert await statements(8) == await statements(1)


DAYS = st.integers(0, 80).map(lambda number: date(2026, 9, 1) + number * DAY)
ANSWERS = st.builds(
    lambda first, length, lag, family: Answer(Span(first, first + length * DAY), first + (length + lag) * DAY, family),
    DAYS, st.integers(0, 40), st.integers(-5, 40), st.booleans())


@given(st.sets(DAYS), st.lists(ANSWERS))
def test_no_number_is_ever_larger_than_what_it_is_a_part_of(days, answers):
    tally = _tally(sorted(days), answers, load_protocol())

    assert len(days) == tally.expected >= tally.answered >= tally.in_time >= 0
    assert tally.participants == bool(days)
    assert tally == _tally(sorted(days), [one for one in answers if one.by_family], load_protocol()), "not by staff"
    more = _tally(sorted(days), [*answers, Answer(Span(date(2026, 9, 1), date(2026, 9, 30)), date(2026, 9, 30), True)],
                  load_protocol())
    assert more.answered >= tally.answered
    assert more.in_time >= tally.in_time
    assert (tally.share(0) is None) == (not days)
