"""The feed as a calendar reads it: right times, right bytes, and nothing that tells who or what."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from models import Account
from models.vocabulary import VisitState
from notifications.local_time import to_utc, zone_named
from tests.backend.calendar_feed.conftest import at, read

DAY = timedelta(days=1)


@pytest.mark.parametrize(("zone", "instant", "wall"), [
    ("Europe/Stockholm", "2026-10-24T07:30:00Z", "20261024T093000"),
    ("Europe/Stockholm", "2026-10-26T08:30:00Z", "20261026T093000"),
    ("Europe/London", "2027-03-27T09:30:00Z", "20270327T093000"),
    ("Europe/London", "2027-03-29T08:30:00Z", "20270329T093000"),
    ("Europe/Stockholm", "2036-07-01T07:30:00Z", "20360701T093000"),
])
async def test_an_appointment_stands_at_the_sites_own_time(subscribe, visit, zone, instant, wall):
    await visit(agreed_at=at(instant), timezone=zone)

    answer = await (await subscribe("mia")).fetch()

    assert f"\r\nDTSTART;TZID={zone}:{wall}\r\n" in answer.text
    assert f"\r\nTZID:{zone}\r\n" in answer.text
    [entry] = read(answer).vevent_list
    assert entry.dtstart.value.astimezone(UTC) == at(instant)
    assert entry.status.value == "CONFIRMED"


async def test_an_hour_that_clocks_show_twice_is_told_in_utc_the_second_time(subscribe, visit):
    await visit(agreed_at=at("2026-10-25T00:30:00Z"))
    await visit(code="FU-L12", agreed_at=at("2026-10-25T01:30:00Z"))

    answer = await (await subscribe("mia")).fetch()

    assert "DTSTART;TZID=Europe/Stockholm:20261025T023000" in answer.text
    assert "DTSTART:20261025T013000Z" in answer.text


async def test_what_is_not_agreed_is_a_day_or_nothing(subscribe, visit):
    await visit(target_on=date(2027, 5, 20), opens_on=date(2027, 5, 6), closes_on=date(2027, 6, 3))
    await visit(code="DOSE-2", target_on=date(2027, 6, 20), opens_on=None, closes_on=None)
    await visit(code="FU-L12", state=VisitState.MISSED)

    [entry] = await (await subscribe("mia")).entries()

    assert (entry.dtstart.value, entry.status.value, entry.transp.value) == (
        date(2027, 5, 20), "TENTATIVE", "TRANSPARENT")


async def test_a_change_keeps_the_entry_and_raises_its_sequence(subscribe, visit, now):
    planned = await visit(agreed_at=now + 20 * DAY, changed_at=now - DAY)
    calendar = await subscribe("mia")
    [before] = await calendar.entries()

    await planned.update_from_dict({"agreed_at": now + 21 * DAY, "sequence": 1, "changed_at": now}).save()

    [after] = await calendar.entries()
    assert after.uid.value == before.uid.value
    assert str(planned.id) not in after.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert after.last_modified.value == now.replace(microsecond=0)
    assert before.dtstamp.value < after.dtstamp.value


@pytest.mark.parametrize(("ago", "shown"), [(0, True), (89, True), (91, False)])
async def test_a_cancellation_stays_for_ninety_days(subscribe, visit, now, ago, shown):
    await visit(agreed_at=now + DAY, state=VisitState.CANCELLED, changed_at=now - ago * DAY, sequence=2)

    entries = await (await subscribe("mia")).entries()

    assert [(entry.status.value, entry.sequence.value) for entry in entries] == [("CANCELLED", "2")] * shown


async def test_titles_tell_nobody_anything_and_speak_the_owners_language(subscribe, visit, now, cast):
    await visit(agreed_at=now + DAY, bring=["fasting"])
    await Account.filter(id=cast.mia.id).update(language="sv")

    plain = await (await subscribe("mia")).fetch()
    told = await (await subscribe("mia", shows_details=True)).fetch()

    for answer in (plain, told):
        assert not re.search(r"FU-L6|SE01|fracture|fasting|mia|bone|study", answer.text, re.IGNORECASE)
    assert "DESCRIPTION" not in plain.text
    [entry] = read(told).vevent_list
    assert entry.description.value
    assert entry.summary.value != "Appointment"


async def test_the_window_is_told_to_who_asked_for_it(subscribe, visit):
    await visit(target_on=date(2027, 5, 20), opens_on=date(2027, 5, 6), closes_on=date(2027, 6, 3))

    [entry] = await (await subscribe("mia", shows_details=True)).entries()

    assert "6 May 2027" in entry.description.value
    assert "3 June 2027" in entry.description.value


async def test_lines_end_and_fold_as_the_standard_says(subscribe, visit, now, cast):
    await Account.filter(id=cast.mia.id).update(language="sv")
    for number in range(5):
        await visit(code=f"FU-L{number}", target_on=(now + number * DAY).date())

    content = (await (await subscribe("mia", shows_details=True)).fetch()).content

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert max(len(line) for line in lines) <= 75, "octets, not letters"
    assert any(line.startswith(b" ") for line in lines), "something had to be folded"
    for line in lines:
        line.decode()  # no letter is torn apart
    assert b"\xc3" in content


async def test_the_same_visits_make_the_same_bytes(subscribe, visit, now):
    await visit(agreed_at=now + DAY)
    calendar = await subscribe("mia")
    first = await calendar.fetch()

    assert (await calendar.fetch()).content == first.content
    unchanged = await calendar.fetch(**{"If-None-Match": f'W/{first.headers["etag"]}'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    await visit(code="FU-L12", agreed_at=now + 2 * DAY)
    assert (await calendar.fetch(**{"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_headers_keep_it_out_of_caches_and_search(subscribe):
    headers = (await (await subscribe("mia")).fetch()).headers

    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["cache-control"] == "private, max-age=900"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_without_a_visit_it_is_whole_all_the_same(subscribe):
    answer = await (await subscribe("nora")).fetch()

    assert read(answer).contents.keys() >= {"prodid", "version", "vtimezone"}
    assert "VEVENT" not in answer.text


async def test_when_it_was_planned_is_told_by_the_visit_itself(subscribe, visit, now):
    await visit(agreed_at=now + DAY)

    [entry] = await (await subscribe("mia")).entries()

    assert abs(entry.dtstamp.value - now) < timedelta(minutes=1)


async def test_it_asks_to_be_fetched_hourly(subscribe):
    text = (await (await subscribe("mia")).fetch()).text

    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text


async def test_a_name_of_a_zone_that_nobody_knows_makes_utc_of_it(subscribe, visit):
    await visit(agreed_at=at("2027-05-20T07:30:00Z"), timezone="Mars/Olympus")

    assert "DTSTART:20270520T073000Z" in (await (await subscribe("mia")).fetch()).text


def test_walls_of_the_test_are_those_of_the_house():
    assert to_utc(datetime(2026, 10, 25, 2, 30), zone_named("Europe/Stockholm")) == at("2026-10-25T00:30:00Z")  # noqa: DTZ001
