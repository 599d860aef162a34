"""Which days of Leo's are attested, by whom and how late; what is cut out; and what his fractures say to it."""

from datetime import timedelta

import pytest

from models import Dose, Participant, ParticipantStatus
from models.fields import new_id

pytestmark = pytest.mark.usefixtures("a_hundred_days")


def spans(rows):
    return [(row["first_day"], row["last_day"]) for row in rows]


async def test_a_check_in_covers_its_days_and_the_rest_of_the_window_is_a_gap(check_in, coverage, ago):
    entry_id = await check_in("mia", 9, 3, told=2)

    found = await coverage(**{"from": ago(20), "to": ago(1)})

    assert found["covered_days"] == 7
    assert found["days_by_class"] == {"contemporaneous": 7, "late": 0, "recalled": 0, "historical": 0}
    assert spans(found["gaps"]) == [(ago(20), ago(10)), (ago(2), ago(1))]
    (said,) = found["attestations"]
    assert (said["entry_id"], said["lag_days"], said["relation"], said["source"]) == (entry_id, 1, "mother", "app")
    assert found["covered_share"] == pytest.approx(7 / 20)


@pytest.mark.parametrize(("lag", "lateness"), [
    pytest.param(3, "contemporaneous", id="three days"), pytest.param(4, "late", id="four days"),
    pytest.param(14, "late", id="a fortnight"), pytest.param(15, "recalled", id="fifteen days"),
])
async def test_how_late_it_was_told_is_said_of_every_day(check_in, coverage, lag, lateness):
    await check_in("mia", lag + 2, lag)

    assert [row["lateness"] for row in (await coverage())["covered"]] == [lateness]


async def test_what_lies_beyond_the_recall_limit_counts_once_staff_have_confirmed_it(
    check_in, coverage, told_to_nora, ago
):
    await check_in("mia", 60, 1)
    before = await coverage()
    await told_to_nora(**{"from": ago(60), "to": ago(50), "answer": "nothing_happened"})
    after = await coverage()

    assert spans(before["covered"]) == [(ago(31), ago(1))]
    assert before["unconfirmed_days"] == 29
    assert (after["days_by_class"]["historical"], after["unconfirmed_days"]) == (11, 18)


async def test_a_validated_entry_counts_however_late_it_came(check_in, coverage, as_):
    entry_id = await check_in("mia", 60, 50)
    assert (await coverage())["covered_days"] == 0
    opened = await as_("nora").get(f"/api/v1/review/entries/{entry_id}")

    done = await as_("nora").post(f"/api/v1/review/entries/{entry_id}/validation",
                                  headers={"If-Match": opened.headers["etag"]})

    assert done.status_code == 200, done.text
    assert (await coverage())["days_by_class"]["historical"] == 11


async def test_the_best_telling_of_a_day_counts_whichever_parent_it_came_from(check_in, coverage, ago):
    await check_in("ben", 10, 6)
    await check_in("mia", 8, 4, told=3)

    found = await coverage()

    assert [(row["first_day"], row["last_day"], row["lateness"]) for row in found["covered"]] == [
        (ago(10), ago(9), "late"), (ago(8), ago(4), "contemporaneous")]
    assert len(found["attestations"]) == 2


@pytest.mark.parametrize(("answer", "days"), [("had", 7), ("nothing_happened", 7), ("dont_know", 0)])
async def test_who_does_not_know_vouches_for_nothing_but_has_answered(check_in, coverage, answer, days):
    await check_in("mia", 9, 3, told=2, answer=answer)

    found = await coverage()

    assert found["covered_days"] == days
    assert found["check_ins"]["completed"] == 1


async def test_days_after_the_telling_are_not_attested(check_in, coverage, ago):
    await check_in("mia", 9, 3, told=5)

    assert spans((await coverage())["covered"]) == [(ago(9), ago(5))]


@pytest.mark.parametrize("act", ["retract", "reject"])
async def test_an_entry_that_is_retracted_or_rejected_vouches_for_nothing(check_in, coverage, as_, act, cast, ago):
    entry_id = await check_in("mia", 9, 3, told=2)
    await check_in("ben", 5, 3, told=2)
    opened = await as_("nora").get(f"/api/v1/review/entries/{entry_id}")

    if act == "retract":
        done = await as_("mia").delete(f"/api/v1/participants/{cast.leo.id}/entries/{entry_id}?reason=entered_in_error",
                                       headers={"If-Match": '"v1"'})
    else:
        done = await as_("nora").post(f"/api/v1/review/entries/{entry_id}/rejection", json={"reason": "test_entry"},
                                      headers={"If-Match": opened.headers["etag"]})

    assert done.status_code < 300, done.text
    assert spans((await coverage())["covered"]) == [(ago(5), ago(3))]


async def test_a_correction_vouches_for_new_days_at_its_own_time_only(phone_of, coverage, ago, now):
    phone = phone_of("mia")
    early, late = (now - timedelta(days=2)).isoformat(), now.isoformat()
    item = phone.item({"from": ago(9), "to": ago(3), "answer": "nothing_happened"}, kind="check_in", recorded_at=early)
    await phone.push(item)

    await phone.push(phone.item({"from": ago(60)}, kind="check_in", id=item["id"], base_version=1, recorded_at=late))

    found = await coverage()
    assert found["days_by_class"]["contemporaneous"] == 29, "the recall limit is 31 days back from the correction"
    assert found["unconfirmed_days"] == 29
    await phone.push(phone.item({"answer": "dont_know"}, kind="check_in", id=item["id"], base_version=2))
    assert (await coverage())["covered_days"] == 0


async def test_a_fracture_vouches_for_the_days_since_which_nothing_else_happened(fracture, coverage, ago, phone_of):
    await fracture("mia", occurred=ago(4), nothing_else_since=ago(6))

    found = await coverage()

    assert spans(found["covered"]) == [(ago(6), ago(0))]
    assert found["person_time"][1] == {"denominator": "covered", "days": 7, "events": 1, "possible_events": 0}
    assert found["contradictions"] == []


async def test_a_detail_added_later_says_nothing_of_the_days_since(phone_of, coverage, ago, now):
    phone, early = phone_of("mia"), (now - timedelta(days=10)).isoformat()
    item = phone.item({"occurred": ago(12), "nothing_else_since": ago(14)}, recorded_at=early)
    await phone.push(item)

    await phone.push(phone.item({"hospital": "none"}, id=item["id"], base_version=1, recorded_at=now.isoformat()))

    assert spans((await coverage())["covered"]) == [(ago(14), ago(10))]


async def test_pause_hospital_and_days_after_an_ending_are_cut_out(check_in, coverage, as_, cast, ago):
    await check_in("mia", 30, 0)
    for state, since, reason in (("paused", 20, "holiday"), ("active", 17, "over"), ("in_hospital", 12, "medical"),
                                 ("active", 10, "over"), ("died", 5, "death")):
        done = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json={
            "state": state, "effective_on": ago(since), "reason": reason})
        assert done.status_code == 200, done.text

    found = await coverage(**{"from": ago(30)})

    assert [(row["reason"], row["first_day"], row["last_day"]) for row in found["cut_outs"]] == [
        ("paused", ago(20), ago(18)), ("in_hospital", ago(12), ago(11)), ("died", ago(4), ago(0))]
    assert found["covered_days"] == 31 - 3 - 2 - 5
    assert found["gaps"] == []


async def test_an_ending_by_mistake_cuts_nothing_out(check_in, coverage, as_, cast, ago):
    await check_in("mia", 30, 0)
    for state, since, reason in (("died", 20, "death"), ("active", 5, "entered_in_error")):
        await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json={
            "state": state, "effective_on": ago(since), "reason": reason})

    assert (await coverage(**{"from": ago(30)}))["covered_days"] == 31
    assert await ParticipantStatus.all().count() == 2


async def test_days_before_enrolment_and_after_today_are_cut_out(check_in, coverage, cast, now, ago, today):
    await Participant.filter(id=cast.leo.id).update(enrolled_at=now - timedelta(days=5))
    await check_in("mia", 9, 3, told=2)

    found = await coverage(**{"from": ago(20), "to": ago(-5)})

    assert found["activated_on"] == ago(5)
    assert [(row["reason"], row["first_day"], row["last_day"]) for row in found["cut_outs"]] == [
        ("before_activation", ago(20), ago(6)), ("not_yet", ago(-1), ago(-5))]
    assert (found["covered_days"], found["usable_days"], found["data_cut"]) == (3, 6, ago(0))


async def test_a_fracture_on_days_said_to_be_without_one_contradicts_them_and_both_stay(
    check_in, fracture, coverage, ago, today
):
    zero = await check_in("ben", 9, 3, told=2)
    certain = await fracture("mia", occurred=ago(5))
    possible = await fracture("mia", occurred=f"{today - timedelta(days=5):%Y-%m}")

    found = await coverage()

    assert {(one["event_entry_id"], one["zero_entry_id"], one["is_certain"]) for one in found["contradictions"]} == {
        (certain, zero, True), (possible, zero, False)}
    assert found["covered_days"] == 7
    assert found["person_time"][1]["events"] == 1


async def test_events_are_counted_with_the_days_they_happened_on(check_in, fracture, coverage, ago):
    await check_in("mia", 9, 3, told=2, answer="had")
    await fracture("mia", occurred=ago(5))
    await fracture("mia", occurred=ago(40))
    await fracture("mia", occurred=f"{ago(12)}", epoch="present_at_birth")

    found = await coverage()

    by = {row["denominator"]: (row["days"], row["events"]) for row in found["person_time"]}
    assert by == {"calendar": (101, 2), "covered": (7, 1), "timely": (7, 1)}
    assert found["fractures_not_rated"] == 1


async def test_check_ins_are_expected_in_the_rhythm_and_count_when_answered_before_the_next(
    check_in, coverage, today, as_, cast, ago
):
    sundays = [n for n in range(1, 101) if (today - timedelta(days=n)).isoweekday() == 7]
    await check_in("mia", sundays[1] + 6, sundays[1], told=sundays[1])
    await check_in("ben", sundays[9] + 6, sundays[9])

    found = (await coverage())["check_ins"]

    assert found == {"every_days": 7, "expected": len(sundays), "completed": 1, "share": 1 / len(sundays)}
    await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json={
        "state": "paused", "effective_on": ago(sundays[3]), "reason": "holiday"})
    assert (await coverage())["check_ins"]["expected"] == len(sundays) - 4


async def test_readers_in_other_zones_read_the_same(check_in, fracture, coverage, cast):
    await check_in("mia", 9, 3, told=2)
    await fracture("ben", occurred="2026-11")
    here = await coverage("ben")
    for name in ("mia", "nora"):
        cast.people[name].account.timezone = "Pacific/Kiritimati"
        await cast.people[name].account.save()

    assert await coverage("mia") == await coverage("nora") == here


async def test_family_and_staff_of_the_site_may_read_it_and_nobody_else(as_, cast):
    answers = {name: (await as_(name).get(f"/api/v1/participants/{cast.leo.id}/coverage")).status_code
               for name in ("mia", "ben", "nora", "iris", "max", "otto", "eve", "greta", "bea", "alma")}

    assert answers == {"mia": 200, "ben": 200, "nora": 200, "iris": 200, "max": 200, "otto": 404, "eve": 404,
                       "greta": 403, "bea": 403, "alma": 403}


async def test_a_window_that_ends_before_it_begins_is_refused(as_, cast, ago):
    url = f"/api/v1/participants/{cast.leo.id}/coverage"

    for wrong in ({"from": ago(3), "to": ago(9)}, {"from": "0001-01-01"}, {"to": "9999-12-31"}, {"from": "yesterday"}):
        assert (await as_("nora").get(url, params=wrong)).status_code == 400, wrong


async def test_doses_alone_change_nothing_while_the_rhythm_stays(check_in, coverage, cast, now, today):
    before = await coverage()
    await Dose.create(id=new_id(), participant_id=cast.leo.id, seq=1, number=1, given_on=today,
                      recorded_by_id=cast.nora.id, recorded_at=now)

    assert await coverage() == before
