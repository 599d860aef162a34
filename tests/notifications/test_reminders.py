"""Which reminders are due, for whom and when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.protocol import CheckInRule
from notifications.quiet_hours import QuietHours
from notifications.reminders import Listener, check_in_occasion, visit_occasions, visit_slot

WEEKLY = CheckInRule(every_days=7, weekday=7, remind_at_hour=18, recall_days=31)
SUNDAY = date(2026, 5, 10)


def listener(zone: str, quiet: tuple[int, int] = (20, 8)) -> Listener:
    return Listener(ZoneInfo(zone), QuietHours(*quiet))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "due"), [
    ("Europe/Stockholm", "2026-05-10T16:00"), ("Europe/London", "2026-05-10T17:00"),
    ("Australia/Lord_Howe", "2026-05-10T07:30"), ("America/Santiago", "2026-05-10T22:00"),
])
def test_check_in_reminder_comes_at_six_in_the_guardians_own_evening(zone, due):
    found = check_in_occasion(WEEKLY, listener(zone), at(due) - timedelta(minutes=5))

    assert found is not None
    assert found.slot == "2026-05-10"
    assert found.due_at == at(due)


@pytest.mark.parametrize(("zone", "sunday", "due"), [
    ("Europe/Berlin", "2026-03-29", "2026-03-29T16:00"), ("Europe/Berlin", "2026-10-25", "2026-10-25T17:00"),
    ("Europe/London", "2026-03-29", "2026-03-29T17:00"), ("Europe/London", "2026-10-25", "2026-10-25T18:00"),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T07:30"), ("America/Santiago", "2026-09-06", "2026-09-06T21:00"),
    ("Africa/Casablanca", "2026-03-22", "2026-03-22T17:00"),
])
def test_check_in_reminder_stays_at_six_on_the_day_the_clocks_change(zone, sunday, due):
    found = check_in_occasion(WEEKLY, listener(zone), at(due))

    assert found is not None
    assert (found.slot, found.due_at) == (sunday, at(due))


def test_check_in_reminder_at_an_hour_that_is_skipped_comes_when_clocks_have_jumped():
    rule = CheckInRule(every_days=7, weekday=7, remind_at_hour=2, recall_days=31)

    found = check_in_occasion(rule, listener("Europe/Berlin", (0, 0)), at("2026-03-29T00:30"))

    assert found is not None
    assert found.due_at == at("2026-03-29T01:00")


def test_check_in_reminder_in_quiet_hours_comes_the_next_morning():
    found = check_in_occasion(WEEKLY, listener("Europe/Stockholm", (17, 7)), at("2026-05-11T04:00"))

    assert found is not None
    assert (found.slot, found.due_at) == ("2026-05-10", at("2026-05-11T05:00"))


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Europe/London", "Australia/Lord_Howe", "America/Santiago"])
def test_a_year_of_planning_each_quarter_of_an_hour_finds_each_week_once(zone):
    now, found = datetime(2026, 1, 1, tzinfo=UTC), set()

    while now < datetime(2027, 1, 1, tzinfo=UTC):
        occasion = check_in_occasion(WEEKLY, listener(zone), now)
        if occasion:
            found.add((occasion.slot, occasion.due_at.astimezone(ZoneInfo(zone)).hour))
        now += timedelta(minutes=15)

    assert len(found) == 52
    assert {hour for _, hour in found} == {18}


def test_after_a_week_without_planning_only_what_is_less_than_a_day_late_is_found():
    monday_evening, tuesday = at("2026-05-11T15:59"), at("2026-05-11T16:01")

    assert check_in_occasion(WEEKLY, listener("Europe/Stockholm"), monday_evening) is not None
    assert check_in_occasion(WEEKLY, listener("Europe/Stockholm"), tuesday) is None


def test_visit_reminders_come_14_3_and_1_days_before_at_nine():
    now, found = at("2026-04-20T00:00"), {}

    while now < at("2026-06-01T00:00"):
        found |= {o.slot: o.due_at for o in visit_occasions(date(2026, 5, 20), listener("Europe/Stockholm"), now)}
        now += timedelta(hours=1)

    assert found == {
        "2026-05-20/14d": at("2026-05-06T07:00"), "2026-05-20/3d": at("2026-05-17T07:00"),
        "2026-05-20/1d": at("2026-05-19T07:00"),
    }


@pytest.mark.parametrize(("now", "slots"), [
    pytest.param("2026-04-29T06:59", [], id="more than a week ahead"),
    pytest.param("2026-04-29T07:00", ["14d"], id="a week ahead"),
    pytest.param("2026-05-08T07:00", [], id="the first long past, the second not within a week"),
    pytest.param("2026-05-13T12:00", ["3d", "1d"], id="the next two"),
    pytest.param("2026-05-20T06:59", ["1d"], id="not quite a day late"),
    pytest.param("2026-05-20T12:00", [], id="on the day itself"),
])
def test_visit_reminders_are_planned_within_a_week_and_never_a_day_late(now, slots):
    found = visit_occasions(date(2026, 5, 20), listener("Europe/Stockholm"), at(now))

    assert [o.slot.partition("/")[2] for o in found] == slots


def test_a_visits_slot_names_its_date_and_the_days_before():
    assert visit_slot("2026-05-20/14d") == (date(2026, 5, 20), 14)
