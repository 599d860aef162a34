"""What can't be is remarked on precisely: stored for families, refused at a desk, and readable for ever."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.diary.circumstances import Circumstances, Person
from backend.diary.edit_checks import check, confirmed
from backend.diary.forms import faults, findings
from models import DiaryEntry, EntryRevision
from models.protocol import load_protocol
from models.vocabulary import EntryKind
from tests.backend.diary.bad_input import CASES, FLACC, sites

PROTOCOL = load_protocol()
LEO = Person(date(2019, 5, 1), 266, datetime(2025, 3, 1, tzinfo=UTC))
BROKEN_ON = datetime(2026, 11, 1, tzinfo=UTC)
KNOWN = Circumstances(datetime(2026, 11, 22, 10, tzinfo=UTC), LEO, ZoneInfo("Europe/Stockholm"), parent_from=BROKEN_ON)


def remarks(kind, data, known=KNOWN):
    found, hard = check(PROTOCOL, EntryKind(kind), data, known)
    assert not hard
    return {remark["code"] for remark in found}


@pytest.mark.parametrize(("kind", "data", "expected"), CASES)
def test_odd_answers_get_exactly_their_findings(kind, data, expected):
    assert faults(PROTOCOL.form(EntryKind(kind)), data) == []
    assert remarks(kind, data) == expected


def test_every_check_of_the_protocol_but_those_of_whole_weeks_and_clocks_is_tried():
    tried = {code for _, _, expected in CASES for code in expected}
    elsewhere = {"onset_missing", "place_missing", "week_incomplete", "week_end_missing", "answer_missing",
                 "week_reversed", "week_too_long", "week_not_over", "clock_wrong", "items_and_not_rated"}

    assert {check.code for check in PROTOCOL.file.edit_check} - tried == elsewhere
    assert remarks("pain", {**FLACC, "not_rated": "unable"}) == {"scale_not_for_age", "items_and_not_rated"}


def test_child_that_cannot_rate_itself_is_rated_by_carers_at_any_age():
    observed = Circumstances(KNOWN.received_at, Person(date(2015, 1, 1), observer_rated=True), KNOWN.zone)

    assert remarks("pain", FLACC, observed) == set()
    assert remarks("pain", {"scale": "NRS-11", "score": 4}, observed) == {"scale_not_for_age"}


@pytest.mark.parametrize("code", ["range_reversed", "of_another_form", "out_of_range", "code_unknown"])
def test_form_itself_remarks(code):
    odd = {"range_reversed": {"occurred": "2026-11/2026-10"}, "of_another_form": {"sites": "femur"},
           "out_of_range": {"pain": 11}, "code_unknown": {"sites": [{"bone": "wing", "level": "S6"}]}}[code]

    assert {finding["code"] for finding in findings(PROTOCOL.form(EntryKind.FRACTURE), odd)} == {code}


def test_temperature_of_nobody_is_out_of_range():
    assert remarks("symptom", {"occurred": "2026-11-20", "temperature_c": 47.5}) == {"out_of_range"}
    assert remarks("symptom", {"occurred": "2026-11-20", "temperature_c": 38.5}) == set()


@pytest.mark.parametrize("score", [7.5, True, "7", 2**40])
def test_rating_is_a_whole_number(score):
    assert faults(PROTOCOL.form(EntryKind.PAIN), {"score": score})


def test_remark_asks_nobody_while_a_finding_waits_for_an_answer():
    found, _ = check(PROTOCOL, EntryKind.PAIN, {**FLACC, "leg_hurt_or_in_cast": True}, KNOWN)

    assert {f["code"]: f["confirmed"] for f in confirmed(found, [])} == {
        "scale_not_for_age": False, "leg_item_confounded": True}


async def test_family_is_stored_with_the_finding_and_staff_are_refused(phone_of, as_, cast):
    both = sites({"bone": "sternum", "side": "left"}, {"bone": "sternum", "side": "left"})
    (answer,) = await phone_of("mia").push(phone_of("mia").item(both))

    at = f"/api/v1/participants/{cast.leo.id}/entries-on-behalf/01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"
    refused = await as_("nora").put(at, headers={"If-None-Match": "*"}, json={
        "kind": "fracture", "data": both, "source": "chart_review"})

    assert answer["status"] == "applied"
    assert {f["code"] for f in answer["findings"]} == {"side_of_midline_bone", "bone_twice"}
    assert refused.status_code == 422, refused.text
    assert {f["code"] for f in refused.json()["findings"]} == {"side_of_midline_bone", "bone_twice"}
    assert {f["field"] for f in refused.json()["findings"]} == {"sites"}


async def test_healed_before_it_broke_is_found_in_any_order_of_arrival(phone_of, cast):
    mia, ben = phone_of("mia"), phone_of("ben")
    first, later = mia.item(sites({"bone": "femur"})), ben.item(sites({"bone": "femur"}))
    healed = {"healed": "using_as_before", "healed_on": "2026-10"}

    await mia.push(first, mia.item({**healed, "parent_id": first["id"]}, kind="follow_up"))
    await ben.push(ben.item({**healed, "parent_id": later["id"]}, kind="follow_up"))
    await ben.push(later)

    for entry in await DiaryEntry.filter(kind="follow_up", pending=False):
        assert [f["code"] for f in entry.findings] == ["healed_before_fracture"]
    assert await DiaryEntry.filter(kind="follow_up", pending=False).count() == 2


async def test_entry_of_an_earlier_form_is_still_shown_and_corrected(phone_of, as_, cast):
    mia = phone_of("mia")
    item = mia.item(sites({"bone": "femur", "side": "left"}))
    (stored,) = await mia.push(item)
    old = {"occurred": "soon", "sites": "left thigh", "pain": "much", "epoch": ["x"],
           "noticed_on": 7, "part_of_day": {}}
    await DiaryEntry.filter(id=item["id"]).update(data=old)

    at = f"/api/v1/participants/{cast.leo.id}/entries/{item['id']}"
    shown = await as_("mia").get(at)
    reviewed = await as_("nora").get(f"/api/v1/review/entries/{item['id']}")
    mended = await as_("mia").patch(at, json={"data": {"note": "x"}}, headers={"If-Match": shown.headers["ETag"]})

    assert (shown.status_code, shown.json()["data"], shown.json()["precision"]) == (200, old, "unknown")
    assert reviewed.status_code == 200, reviewed.text
    assert mended.status_code == 200, mended.text
    assert "of_another_form" not in {f["code"] for f in mended.json()["findings"]}, "what stands is not remarked on"
    assert await EntryRevision.filter(entry_id=item["id"]).count() == 2
    assert stored["status"] == "applied"


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01", "9999-12-30", "9999-12-29", "2026/9999-12-30"])
async def test_days_at_the_ends_of_the_calendar_stop_nobody(day, phone_of, as_, cast):
    """What is reckoned from a date (weeks around it, six weeks after it) must be a date, too."""
    phone = phone_of("mia")
    kinds = {"fracture": {"occurred": day}, "hospital_stay": {"from": day, "to": day}, "pain": {"occurred": day}}

    results = await phone.push(*[phone.item(data, kind=kind) for kind, data in kinds.items()])

    assert {result["status"] for result in results} == {"rejected"}
    assert (await as_("mia").get(f"{phone.url}/follow-ups")).status_code == 200
