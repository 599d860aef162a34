"""`rehearse` prints what will be sent; it sends and stores nothing."""

import asyncio
import json
from pathlib import Path

import icalendar
import pytest

from models import AuditEvent, Notice, Visit
from models.database import close_database, open_database
from models.protocol import BOOSTB4
from tests.cast import assemble_in
from tests.processes import typed

LEO = ("rehearse", "--participant", "SE01-001", "--from", "2031-10-01", "--years", "1")
"""Later than the cast came to be, whenever that is."""


@pytest.fixture
def settings(settings):
    asyncio.run(assemble_in(settings))
    return settings


def said(settings, *words: str) -> str:
    ended = typed(settings, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def steps(script: dict) -> set[str]:
    """Of the silence ladder, for the weeks that end after the beginning."""
    weeks = [one["slot"] for one in script["reminders"] if one["kind"] == "check_in_due"]
    return {week.partition("/")[2] for week in weeks if week > "2031-10-01"}


async def _rows(settings) -> tuple[int, int, int]:
    await open_database(settings.database_url, 1)
    try:
        return await Notice.all().count(), await Visit.all().count(), await AuditEvent.all().count()
    finally:
        await close_database()


def test_lines_say_who_when_and_by_what_and_mark_the_days_when_clocks_change(settings):
    before = asyncio.run(_rows(settings))

    lines = said(settings, *LEO).splitlines()

    marked = [line for line in lines if "clocks go" in line]
    assert [line.split("<< ")[1] for line in marked] == ["clocks go back 60 min", "clocks go forward 60 min"]
    assert marked[0].startswith("Sun 2031-10-26 18:00 +0100  Europe/Stockholm  2031-10-26T17:00Z  mother  check_in_due")
    assert marked[1].startswith("Sun 2032-03-28 18:00 +0200  Europe/Stockholm  2032-03-28T16:00Z  mother  check_in_due")
    assert "- dose 1 is given on 2031-10-01" in lines
    assert any("visit_ahead DOSE-2" in line and "father" in line for line in lines)
    assert asyncio.run(_rows(settings)) == before


def test_json_and_calendar_hold_the_same_reminders(settings):
    script = json.loads(said(settings, *LEO, "--json"))
    calendar = icalendar.Calendar.from_ical(said(settings, *LEO, "--ics"))

    at = [reminder["at"] for reminder in script["reminders"]]
    assert len(at) > 52
    assert [event["dtstart"].dt.isoformat().replace("+00:00", "Z") for event in calendar.walk("VEVENT")] == at
    assert script["participant"] == "SE01-001"
    assert {reminder["who"] for reminder in script["reminders"]} == {"mother", "father"}


def test_a_silent_family_is_more_to_read(settings):
    silent = json.loads(said(settings, *LEO, "--unanswered", "--json"))
    answering = json.loads(said(settings, *LEO, "--json"))

    assert {"", "again", "others"} == steps(silent)
    assert steps(answering) == {""}


def test_another_protocol_is_rehearsed_before_it_goes_live(settings, tmp_path: Path):
    other = tmp_path / "other.toml"
    text = BOOSTB4.read_text("utf-8").replace("remind_at_hour = 18", "remind_at_hour = 11")
    other.write_text(text, "utf-8")

    script = json.loads(said(settings, *LEO, "--protocol", str(other), "--json"))

    asked = [one["local"] for one in script["reminders"] if one["kind"] == "check_in_due"]
    assert asked
    assert all(" 11:00 " in local for local in asked)


@pytest.mark.parametrize(("words", "why"), [
    (("rehearse", "--participant", "XX99-001"), "there is no participant XX99-001"),
    ((*LEO, "--protocol", "broken.toml"), "1."),
])
def test_what_cannot_be_rehearsed_is_refused_calmly(settings, tmp_path, words, why):
    broken = tmp_path / "broken.toml"
    broken.write_text("code = 3", "utf-8")

    ended = typed(settings, *(str(broken) if word == "broken.toml" else word for word in words))

    assert ended.returncode == 1
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr
