"""One person's occasions: which slot, when by their own clock, of use until when."""

from datetime import date, timedelta

import pytest

from models.vocabulary import NoticeRank
from notifications.planning.reminders import (
    card_occasions,
    check_in_of,
    digest_occasions,
    end_occasions,
    query_occasions,
    visit_occasions,
    visit_of,
)
from tests.notifications.made_up import at, listener

SUNDAY = date(2026, 5, 10)
WEEK = timedelta(days=7)
VISIT_ON, OVER_AT = date(2026, 5, 20), at("2026-05-20T07:30")


def due(occasions):
    return {occasion.slot: occasion.due_at for occasion in occasions}


@pytest.mark.parametrize(("zone", "moment"), [
    ("Europe/Stockholm", "2026-05-10T16:00"), ("Europe/London", "2026-05-10T17:00"),
    ("Australia/Lord_Howe", "2026-05-10T07:30"), ("America/Santiago", "2026-05-10T22:00"),
])
def test_check_in_reminder_comes_at_six_in_the_guardians_own_evening(zone, moment):
    found = check_in_of(listener(zone), 18, SUNDAY, SUNDAY + WEEK)

    assert (found.slot, found.due_at) == ("2026-05-10", at(moment))
    assert found.useless_after == at(moment) + WEEK


@pytest.mark.parametrize(("zone", "sunday", "moment"), [
    ("Europe/Berlin", "2026-03-29", "2026-03-29T16:00"), ("Europe/Berlin", "2026-10-25", "2026-10-25T17:00"),
    ("Europe/London", "2026-03-29", "2026-03-29T17:00"), ("Europe/London", "2026-10-25", "2026-10-25T18:00"),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T07:30"), ("America/Santiago", "2026-09-06", "2026-09-06T21:00"),
    ("Africa/Casablanca", "2026-03-22", "2026-03-22T17:00"),
])
def test_check_in_reminder_stays_at_six_on_the_day_the_clocks_change(zone, sunday, moment):
    day = date.fromisoformat(sunday)

    assert check_in_of(listener(zone), 18, day, day + WEEK).due_at == at(moment)


def test_check_in_reminder_at_an_hour_that_is_skipped_comes_when_clocks_have_jumped():
    day = date(2026, 3, 29)

    assert check_in_of(listener("Europe/Berlin", (0, 0)), 2, day, day + WEEK).due_at == at("2026-03-29T01:00")


def test_check_in_reminder_in_quiet_hours_comes_the_next_morning():
    found = check_in_of(listener(quiet=(17, 7)), 18, SUNDAY, SUNDAY + WEEK)

    assert (found.slot, found.due_at) == ("2026-05-10", at("2026-05-11T05:00"))


@pytest.mark.parametrize(("weekday", "day"), [(7, 10), (1, 11), (3, 13), (6, 16), (None, 10)])
def test_who_chose_a_weekday_is_asked_on_the_first_one_from_the_periods_last_day_on(weekday, day):
    found = check_in_of(listener(weekday=weekday), 18, SUNDAY, SUNDAY + WEEK)

    assert found.due_at == at(f"2026-05-{day}T16:00")
    assert found.slot == "2026-05-10", "the slot names the period, whenever one is asked for it"


def test_visit_reminders_come_14_3_and_1_days_before_at_nine():
    found = visit_occasions(VISIT_ON, OVER_AT, (14, 3, 1), listener())

    assert due(found) == {
        "2026-05-20/14d": at("2026-05-06T07:00"), "2026-05-20/3d": at("2026-05-17T07:00"),
        "2026-05-20/1d": at("2026-05-19T07:00"),
    }
    assert [occasion.rank for occasion in found] == [NoticeRank.OTHER, NoticeRank.OTHER, NoticeRank.TOMORROW]


def test_each_visit_reminder_is_of_use_until_the_next_and_the_last_until_the_visit():
    found = visit_occasions(VISIT_ON, OVER_AT, (14, 3, 1), listener())

    assert [occasion.useless_after for occasion in found] == [at("2026-05-17T07:00"), at("2026-05-19T07:00"), OVER_AT]


@pytest.mark.parametrize(("quiet", "moment"), [
    pytest.param((20, 10), "2026-05-18T17:00", id="until ten: at seven the evening before"),
    pytest.param((8, 12), "2026-05-19T05:00", id="a morning nap: at seven"),
    pytest.param((10, 9), "2026-05-19T07:00", id="awake from nine to ten only"),
])
def test_a_visits_reminder_in_quiet_hours_comes_earlier(quiet, moment):
    assert visit_of(VISIT_ON, 1, listener(quiet=quiet)).due_at == at(moment)


def test_a_card_comes_back_as_the_protocol_says_and_each_once_more():
    found = card_occasions(at("2026-05-01T22:30"), [7, 21, 42], 3, listener(), 18)

    assert due(found) == {
        "7d": at("2026-05-09T16:00"), "7d/again": at("2026-05-12T16:00"), "21d": at("2026-05-23T16:00"),
        "21d/again": at("2026-05-26T16:00"), "42d": at("2026-06-13T16:00"), "42d/again": at("2026-06-16T16:00"),
    }, "half past ten in the evening UTC was the second of May in Stockholm"
    assert {o.slot: o.useless_after for o in found}["7d/again"] == at("2026-05-23T16:00")


def test_a_question_that_stays_open_is_told_again_after_three_and_seven_days():
    found = query_occasions(at("2026-05-01T10:00"), (3, 7), NoticeRank.SAFETY, listener(), 18)

    assert due(found) == {"opened/3d": at("2026-05-04T16:00"), "opened/7d": at("2026-05-08T16:00")}
    assert {occasion.rank for occasion in found} == {NoticeRank.SAFETY}


def test_the_end_of_a_consent_is_announced_a_month_and_a_week_before():
    stockholm = listener()
    found = end_occasions(at("2026-08-31T22:00"), stockholm.zone, (30, 7), stockholm, 18)

    assert due(found) == {"2026-09-01/30d": at("2026-08-02T16:00"), "2026-09-01/7d": at("2026-08-25T16:00")}


def test_a_digest_comes_on_its_weekday_and_is_of_use_until_the_next():
    found = list(digest_occasions(listener(digest_weekday=3), 18, date(2026, 5, 1), date(2026, 5, 14)))

    assert due(found) == {"2026-05-06": at("2026-05-06T16:00"), "2026-05-13": at("2026-05-13T16:00")}
    assert found[0].useless_after == found[1].due_at
    assert list(digest_occasions(listener(), 18, date(2026, 5, 1), date(2026, 5, 14))) == []
