"""The coverage of a whole site: a line for each child, in as many statements for many as for one."""

import logging
from datetime import date, timedelta

import pytest

from models import Participant
from models.vocabulary import Arm


@pytest.fixture
async def more_children(cast, now):
    await Participant.bulk_create([
        Participant(code=f"SE01-{number:03d}", site=cast.sites["SE01"], arm=Arm.POSTNATAL, birth_month=date(2020, 1, 1),
                    custodians=["mother"], enrolled_at=now - timedelta(days=30)) for number in range(2, 9)])


async def listed(as_, who, **wanted):
    answer = await as_(who).get("/api/v1/coverage", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("a_hundred_days")
async def test_line_of_a_child_says_how_much_is_attested_and_the_longest_gap(as_, check_in, fracture, ago):
    await check_in("mia", 60, 40, told=39)
    await check_in("mia", 9, 3, told=2)
    await fracture("ben", occurred=ago(5))

    (leo,) = (await listed(as_, "nora"))["items"]

    assert (leo["code"], leo["site"], leo["usable_days"], leo["covered_days"]) == ("SE01-001", "SE01", 101, 28)
    assert leo["longest_gap"] == {"first_day": ago(100), "last_day": ago(61), "days": 40}
    assert leo["contradictions"] == 1
    assert leo["covered_share"] == pytest.approx(28 / 101)


async def test_pages_follow_the_codes_and_end(as_, more_children):
    first = await listed(as_, "nora", limit=5)
    second = await listed(as_, "nora", limit=5, cursor=first["next_cursor"])

    assert [row["code"] for row in first["items"] + second["items"]] == [f"SE01-{n:03d}" for n in range(1, 9)]
    assert second["next_cursor"] is None


async def test_each_sees_the_children_of_their_own_site(as_):
    found = {who: [row["code"] for row in (await listed(as_, who))["items"]] for who in ("nora", "otto", "max", "mia")}

    assert found == {"nora": ["SE01-001"], "otto": ["GB01-001"], "max": ["GB01-001", "SE01-001"], "mia": ["SE01-001"]}
    assert (await listed(as_, "max", site="GB01"))["items"][0]["code"] == "GB01-001"
    assert (await listed(as_, "nora", site="GB01"))["items"] == []
    assert (await as_("bea").get("/api/v1/coverage")).status_code == 403


async def test_a_page_of_many_children_takes_no_more_statements_than_one(as_, more_children, caplog):
    async def statements(limit):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await listed(as_, "nora", limit=limit)
        return len([line for line in caplog.records if "SELECT" in line.getMessage()])

    await statements(1)

    assert 0 < await statements(8) == await statements(1)
