"""Attested time on the staff page: a strip of weeks on a child's page, and a line for each child of the site."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.console.words import partial_date
from models import Participant
from tests.browsers import read


def today_in_stockholm(now):
    return now.astimezone(ZoneInfo("Europe/Stockholm")).date()


@pytest.fixture
async def half_a_year(cast, now):
    """Counted in the days of the site, whatever the hour and the season."""
    noon = datetime.combine(today_in_stockholm(now) - timedelta(days=180), time(12), ZoneInfo("Europe/Stockholm"))
    await Participant.all().update(enrolled_at=noon)


@pytest.fixture
def check_in(phone_of, now):
    async def tell(first, last, told=0):
        phone = phone_of("mia")
        day = [(today_in_stockholm(now) - timedelta(days=n)).isoformat() for n in (first, last)]
        (made,) = await phone.push(phone.item(
            {"from": day[0], "to": day[1], "answer": "nothing_happened"}, kind="check_in",
            recorded_at=(now - timedelta(days=told)).isoformat()))
        return made["id"]

    return tell


@pytest.mark.usefixtures("half_a_year")
async def test_nora_sees_each_week_in_words_the_gaps_and_what_contradicts_itself(
    browser_of, phone_of, check_in, cast, now
):
    zero = await check_in(29, 10, 9)
    await check_in(150, 140)
    phone = phone_of("ben")
    happened = (today_in_stockholm(now) - timedelta(days=20)).isoformat()
    (event,) = await phone.push(phone.item({"occurred": happened, "sites": [{"bone": "femur", "side": "left"}]}))
    nora = await browser_of("nora")

    shown = await nora.see(f"/console/participants/{cast.leo.id}")

    text = read(shown).text
    assert "11 % of the days since" in text
    assert "20 of 181" in text
    assert shown.text.count('<li class="week ') == 52
    assert ": attested in time" in text
    assert "told too late, not confirmed" in text
    assert "11 days were told of too late" in text
    assert "Gaps (2)" in text
    assert "(151 days)" in text
    assert f'<a href="/console/entries/{event["id"]}">A fracture</a> lies on days' in shown.text
    assert f'<a href="/console/entries/{zero}">another entry</a>' in shown.text
    assert f"says were without one. Dated {partial_date(happened)}" in text


async def test_page_of_a_child_that_is_not_born_says_so(browser_of, cast):
    await Participant.filter(id=cast.leo.id).update(arm="prenatal", birth_month=None)

    shown = read(await (await browser_of("nora")).see(f"/console/participants/{cast.leo.id}"))

    assert "Nothing counts yet: the child is not born." in shown.text


@pytest.mark.usefixtures("half_a_year")
async def test_list_of_the_site_names_share_longest_gap_and_what_is_to_be_looked_at(browser_of, check_in, cast):
    await check_in(29, 10, 9)
    await check_in(150, 140)

    nora, otto = await browser_of("nora"), await browser_of("otto")
    shown = read(await nora.see("/console/coverage")).text

    assert "SE01-001" in shown
    assert "20 of 181" in shown
    assert "151 days" in shown
    assert "11 days to confirm" in shown
    assert "GB01-001" not in shown
    assert "SE01-001" not in read(await otto.see("/console/coverage?site=SE01")).text


async def test_whoever_may_not_read_it_is_refused(browser_of):
    assert (await (await browser_of("bea")).see("/console/coverage")).status_code == 403
    assert (await (await browser_of("nora")).see("/console/coverage?site=" + "X" * 11)).status_code == 400
