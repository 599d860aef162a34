"""Who of a family is reminded of what, and when, as far as facts alone can say."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import msgspec
import pytest

from models.protocol import LaterRhythm
from models.vocabulary import NoticeKind, NoticeRank
from notifications.planning.facts import AttestedPeriod, ConsentEnd, Fracture, OpenQuery, PlannedVisit
from notifications.planning.occasions import reminders_of
from tests.notifications.made_up import BEN, FILE, FRACTURE, LEO, MIA, QUERY, VISIT, at, leo, listener, told

FIRST, LAST = "2026-05-10", "2026-05-16T23:00"
ASKED_IN_TURN = ["mia 2026-05-10 2026-05-10T18:00", "mia 2026-05-10/again 2026-05-12T18:00",
                 "ben 2026-05-10/others 2026-05-15T18:00"]
VISIT_ON_20TH = PlannedVisit(VISIT, at("2026-05-20").date(), at("2026-05-20T07:30"))
BROKE = Fracture(FRACTURE, at("2026-05-03T10:00"), BEN)


def test_silence_is_answered_step_by_step_the_first_guardian_the_same_again_the_other():
    assert told(leo(), FIRST, LAST) == ASKED_IN_TURN


def test_who_wrote_the_last_check_in_is_asked_first():
    assert told(leo(last_check_in_by=BEN), FIRST, LAST) == [
        line.replace("ben", "mia") if "ben" in line else line.replace("mia", "ben") for line in ASKED_IN_TURN]


def test_who_was_asked_stays_the_one_whoever_writes_something_meanwhile():
    asked = {(LEO, "2026-05-10"): MIA}

    assert told(leo(last_check_in_by=BEN, asked=asked), FIRST, LAST) == ASKED_IN_TURN


def test_who_is_on_holiday_is_passed_over_and_the_other_asked_at_once():
    away = listener(away_from=at("2026-05-08").date(), away_until=at("2026-05-16").date())

    assert told(leo(mia=away), FIRST, LAST) == [
        "ben 2026-05-10 2026-05-10T18:00", "ben 2026-05-10/again 2026-05-12T18:00"]


def test_who_wants_no_message_about_it_is_asked_last_and_in_the_inbox():
    inbox = listener(inbox_only=frozenset({NoticeKind.CHECK_IN_DUE}))

    assert told(leo(mia=inbox), FIRST, LAST)[0] == "ben 2026-05-10 2026-05-10T18:00"
    assert told(leo(mia=inbox, ben=inbox), FIRST, LAST) == ASKED_IN_TURN, "somebody's inbox must say it"


def test_a_family_on_holiday_is_left_alone_but_for_tomorrows_visit():
    away = listener(away_from=at("2026-05-01").date(), away_until=at("2026-05-31").date())

    assert told(leo(away, away, visits=(VISIT_ON_20TH,), fractures=(BROKE,)), FIRST, "2026-05-24") == [
        "mia 2026-05-20/1d 2026-05-19T09:00", "ben 2026-05-20/1d 2026-05-19T09:00"]


def test_each_step_comes_at_the_hour_of_whom_it_asks():
    child = leo(mia=listener(hour=7, quiet=(20, 6)), ben=listener("Europe/London", hour=19))

    assert told(child, FIRST, LAST) == [
        "mia 2026-05-10 2026-05-10T07:00", "mia 2026-05-10/again 2026-05-12T07:00",
        "ben 2026-05-10/others 2026-05-15T19:00"]


def test_a_late_weekday_still_leaves_time_to_ask_the_other_guardian():
    lines = told(leo(mia=listener(weekday=6)), FIRST, "2026-05-23T12:00")

    assert "ben 2026-05-10/others 2026-05-21T18:00" in lines


def test_an_attested_week_is_not_asked_about():
    assert told(leo(attested=(AttestedPeriod("2026-05-04", "2026-05-10", BEN),)), FIRST, LAST) == []


def test_a_daily_rhythm_asks_once_a_day_and_nobody_a_second_time():
    daily = msgspec.structs.replace(FILE, check_in=msgspec.structs.replace(FILE.check_in, every_days=1))

    assert told(leo(), "2026-05-10", "2026-05-12", daily) == [
        "mia 2026-05-10 2026-05-10T18:00", "mia 2026-05-11 2026-05-11T18:00"]


def test_whoever_is_asked_less_often_after_the_doses_is_reminded_less_often():
    rhythm = msgspec.structs.replace(FILE.check_in, later=[LaterRhythm("first_dose", "P5Y", 28)])
    slower = msgspec.structs.replace(FILE, check_in=rhythm)
    later = leo(anchors={"first_dose": at("2021-01-01").date()})

    assert sum("/" not in line for line in told(leo(), "2026-05-01", "2026-08-01", slower)) == 13
    assert sum("/" not in line for line in told(later, "2026-05-01", "2026-08-01", slower)) in (3, 4)


def test_both_guardians_are_told_of_a_visit_and_nobody_who_may_not_hear_of_it():
    child = leo(visits=(VISIT_ON_20TH,))
    deaf = replace(child, guardians=(child.guardians[0], replace(child.guardians[1], hears=frozenset())))

    assert told(child, "2026-05-17T06:00", "2026-05-17T08:00") == [
        "mia 2026-05-20/3d 2026-05-17T09:00", "ben 2026-05-20/3d 2026-05-17T09:00"]
    assert told(deaf, "2026-05-17T06:00", "2026-05-17T08:00") == ["mia 2026-05-20/3d 2026-05-17T09:00"]


def test_a_card_asks_who_wrote_it_first():
    assert told(leo(fractures=(BROKE,), attested=(AttestedPeriod("2026-01-01", "2026-12-31"),)), FIRST, LAST) == [
        "ben 7d 2026-05-10T18:00", "ben 7d/again 2026-05-13T18:00"]


@pytest.mark.parametrize(("answer", "slots"), [
    ({}, ["7d", "7d/again", "21d", "21d/again", "42d", "42d/again"]),
    ({"answered_at": at("2026-05-09T10:00")}, ["7d", "7d/again", "21d", "21d/again", "42d", "42d/again"]),
    ({"answered_at": at("2026-05-10T10:00")}, ["21d", "21d/again", "42d", "42d/again"]),
    ({"answered_at": at("2026-05-25T10:00")}, ["42d", "42d/again"]),
    ({"answered_at": at("2026-05-10T10:00"), "is_closed": True}, []),
])
def test_an_answer_puts_the_card_away_until_its_next_day(answer, slots):
    child = leo(fractures=(replace(BROKE, **answer),))
    found = [r.occasion.slot for r in reminders_of(FILE, child, at("2026-05-04"), at("2026-07-01"))
             if r.kind is NoticeKind.FOLLOW_UP_DUE]

    assert found == slots


def test_an_urgent_question_ranks_with_safety():
    child = leo(queries=(OpenQuery(QUERY, at("2026-05-06T10:00"), NoticeRank.SAFETY),))
    found = [r for r in reminders_of(FILE, child, at(FIRST), at(LAST)) if r.kind is NoticeKind.QUERY_WAITING]

    assert {r.occasion.rank for r in found} == {NoticeRank.SAFETY}
    assert {r.account_id for r in found} == {MIA, BEN}


def test_the_end_of_a_consent_is_told_to_whom_it_concerns():
    end = ConsentEnd(LEO, at("2026-05-19T22:00"), ZoneInfo("Europe/Stockholm"), frozenset({BEN}))

    assert "ben 2026-05-20/7d 2026-05-13T18:00" in told(leo(consent_ends=(end,)), FIRST, LAST)
    assert not any("mia 2026-05-20" in line for line in told(leo(consent_ends=(end,)), FIRST, LAST))


def test_nobody_is_reminded_of_what_was_due_before_they_were_a_guardian_or_after():
    child = leo()
    mia, ben = child.guardians
    late, gone = replace(mia, since=at("2026-05-10T17:00")), replace(ben, until=at("2026-05-10T15:00"))

    assert told(replace(child, guardians=(late, gone)), FIRST, "2026-05-11") == []


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "Europe/London", "Australia/Lord_Howe", "America/Santiago"])
def test_ten_years_ask_for_each_week_once_at_six(zone):
    lines = [line for line in told(leo(listener(zone), listener(zone)), "2026-03-01", "2036-03-01") if "/" not in line]

    assert len(lines) in (521, 522)
    assert {line[-5:] for line in lines} == {"18:00"}
    assert len({line.split()[1] for line in lines}) == len(lines)
