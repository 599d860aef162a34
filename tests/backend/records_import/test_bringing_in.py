"""A file goes in whole or not at all, says every fault by row and column, and twice is as good as once."""

import pytest

from backend.errors import NotFound, RoleMayNot
from backend.records_import.acting import staff_actor
from backend.records_import.faults import UnusableFile
from backend.records_import.templates import RecordKind, printed
from models import AuditEvent, DiaryEntry, Dose, EntryRevision, Participant, StaffRole, Visit
from models.statement import rows
from models.vocabulary import Arm, Collection, EntrySource, Relation, Role, VisitState
from tests.backend.records_import.conftest import told

PEOPLE = "code,arm,birth_month,gestational_age\nSE01-901,historical,2015-03,38+2\nSE01-902,postnatal,2020-07,\n"
DOSES = "participant;number;given_on;route\nSE01-001;1;2020-06-01;intravenous\nSE01-001;2;2020-10-02;\n"
FRACTURES = (
    "participant,reference,occurred,sites,pain,care_sought,imaging,confirmed\n"
    "SE01-001,chart-1,2020-11,femur:left;tibia:right:shaft,7,emergency_ward;admitted,done,\n"
    "SE01-001,chart-2,2021-02-03,,,,,place_missing\n"
)


async def contents() -> list[int]:
    found = await rows("SELECT seq FROM study")
    counted = [await table.all().count() for table in (Participant, Dose, Visit, DiaryEntry, EntryRevision, AuditEvent)]
    return [found[0]["seq"], *counted]


async def test_participants_are_enrolled_as_staff_enrol_them(bring):
    report = await bring(PEOPLE)

    assert (report.kind, report.rows, report.new, told(report)) == ("participants", 2, 2, [])
    historical, postnatal = await Participant.filter(code__startswith="SE01-9").order_by("code")
    assert (historical.arm, historical.gestational_days) == (Arm.HISTORICAL, 268)
    assert historical.collection is Collection.OPEN
    assert postnatal.collection is Collection.NO_CONSENT


async def test_a_woman_and_her_child_go_in_together(bring):
    report = await bring(
        "code,arm,kind,woman,custodians\nSE01-903,prenatal,woman,,\nSE01-904,prenatal,child,SE01-903,mother;father\n")

    child = await Participant.get(code="SE01-904").select_related("woman")
    assert told(report) == []
    assert (child.woman.code, child.custodians) == ("SE01-903", ["father", "mother"])


async def test_the_trail_shows_who_and_that_no_session_stood_behind_it(bring, cast):
    await bring(PEOPLE)

    enrolled = await AuditEvent.filter(action="participant.enrol").order_by("at").first()
    whole = await AuditEvent.get(action="records.import")
    assert (enrolled.actor_id, enrolled.session_id, enrolled.actor_role) == (cast.nora.id, None, "coordinator")
    assert whole.changes["rows"] == [None, 2]
    assert len(whole.changes["sha256"][1]) == 64


@pytest.mark.parametrize("content", [PEOPLE, DOSES, FRACTURES])
async def test_the_same_file_twice_changes_nothing(bring, content):
    await bring(content)
    before = await contents()

    again = await bring(content, by="iris")

    assert (again.new, again.unchanged, told(again)) == (0, 2, [])
    assert await contents() == before


async def test_a_row_that_differs_from_the_study_is_an_error(bring):
    for content in (PEOPLE, DOSES, FRACTURES):
        await bring(content)
    before = await contents()

    reports = [await bring(content) for content in (
        PEOPLE.replace("2015-03", "2015-04"), DOSES.replace("2020-06-01", "2020-06-02"),
        FRACTURES.replace(",7,", ",8,"),
    )]

    differs = "differs from what the study has; an import changes nothing that stands"
    assert [told(report) for report in reports] == [
        [f"row 2, column birth_month: {differs}"], [f"row 2, column given_on: {differs}"],
        [f"row 2, column reference: {differs}"],
    ]
    assert await contents() == before


async def test_a_column_that_the_file_lacks_is_not_compared(bring):
    await bring(PEOPLE)

    report = await bring("code,arm\nSE01-901,historical\n")

    assert (report.unchanged, told(report)) == (1, [])


@pytest.mark.parametrize("content", [PEOPLE, DOSES, FRACTURES])
async def test_a_dry_run_says_what_would_happen_and_takes_it_back(bring, content):
    before = await contents()

    report = await bring(content, dry_run=True)

    assert (report.new, told(report)) == (2, [])
    assert await contents() == before


async def test_one_wrong_row_keeps_the_whole_file_out(bring):
    before = await contents()

    report = await bring(PEOPLE + "SE01-905,historical,05/2015,\nSE01-906,unknown,2015-05,38+9\n")

    assert told(report) == [
        "row 4, column birth_month: is not YYYY-MM",
        "row 5, column arm: is not one of postnatal, prenatal, prospective_untreated, historical",
        "row 5, column gestational_age: is not weeks+days such as 38+2",
    ]
    assert await contents() == before


async def test_a_thousand_errors_are_counted_and_a_hundred_told(bring):
    lines = "".join(f"SE01-{number},postnatal,never,\n" for number in range(1000, 2000))

    report = await bring(PEOPLE + lines)

    assert (report.faults.count, len(report.faults.told)) == (1000, 100)
    assert told(report)[-1] == "row 103, column birth_month: is not YYYY-MM"
    assert await Participant.filter(code__startswith="SE01-1").count() == 0


async def test_use_cases_speak_by_row_and_column(bring):
    reports = [await bring(content) for content in (
        "code,arm,birth_month\nSE01-905,historical,2099-05\nSE01-905,historical,\nFR01-001,historical,2015-05\n",
        "participant,number,given_on\nSE01-001,2,2020-10-02\nSE01-999,1,2020-10-02\nSE01-001,1,2099-10-02\n",
        "participant,reference,occurred,sites\nSE01-001,r1,2018-01,femur\nSE01-001,r2,once,femur\n"
        "SE01-001,r 3,2020,hip\n",
        "participant,plan_code\nSE01-001,FU-Y3\nSE01-001,NOT-1\n",
    )]

    assert [told(report) for report in reports] == [[
        "row 2, column birth_month: lies in the future", "row 3, column birth_month: is missing",
        "row 4, column code: does not begin with the code of a site where you may do this",
    ], [
        "row 2, column number: comes after a dose that is not noted; put the earlier doses first",
        "row 3, column participant: is no participant at a site where you may do this",
        "row 4, column given_on: lies in the future",
    ], [
        "row 2, column occurred: onset_before_birth; if it is right all the same, write onset_before_birth into the"
        " column confirmed",
        "row 3, column occurred: must be a date such as 2026-11 or 2026-11-20T14:30",
        "row 4, column reference: takes at most 40 letters, digits and . _ / - (no names)",
        told(reports[2])[3],
    ], [
        "row 2, column target_on: is needed: the dose that this visit is counted from is not noted",
        "row 3, column plan_code: is not in the visit plan of this participant's arm",
    ]]
    assert told(reports[2])[3].startswith("row 4, column sites: is not one of femur, tibia")


async def test_fractures_become_entries_from_the_chart(bring, cast):
    await bring(FRACTURES)

    first, second = await DiaryEntry.all().order_by("occurred_from")
    assert first.data == {
        "occurred": "2020-11", "sites": [{"bone": "femur", "side": "left"},
                                         {"bone": "tibia", "side": "right", "segment": "shaft"}],
        "pain": 7, "care_sought": ["emergency_ward", "admitted"], "imaging": "done",
    }
    assert (first.source, first.relation, first.recorded_by_id) == (
        EntrySource.CHART_REVIEW, Relation.SITE_STAFF, cast.nora.id)
    assert second.findings == [{"code": "place_missing", "field": "sites", "confirmed": True}]


async def test_visits_are_counted_from_the_doses_or_as_the_records_say(bring):
    await bring(DOSES)

    report = await bring("participant,plan_code,target_on,attended_on\nSE01-001,FU-Y3,,2023-06-09\n"
                         "SE01-001,FU-P6,2022-01-10,\n")
    again = await bring("participant,plan_code,attended_on\nSE01-001,FU-Y3,2023-06-09\nSE01-001,FU-P6,2022-01-11\n")
    moved = await bring("participant,plan_code,target_on\nSE01-001,FU-P6,2022-01-12\n")

    assert (told(report), told(again), again.new, again.unchanged) == ([], [], 1, 1)
    assert told(moved) == [
        "row 2, column target_on: differs from what the study has; an import changes nothing that stands"]
    found = await Visit.filter(plan_code__in=["FU-P6", "FU-Y3"]).order_by("plan_code")
    assert [(v.plan_code, f"{v.target_on}", v.state, f"{v.attended_on}") for v in found] == [
        ("FU-P6", "2022-01-10", VisitState.ATTENDED, "2022-01-11"),
        ("FU-Y3", "2023-06-01", VisitState.ATTENDED, "2023-06-09"),
    ]
    assert [v.protocol_hash is None for v in found] == [True, False], "what the records say is never counted again"


async def test_without_consent_no_fracture_goes_in(bring, cast):
    await bring(PEOPLE)

    report = await bring("participant,reference,occurred,sites\nSE01-902,r1,2021,femur\n")

    assert told(report) == [
        "row 2: Without a valid consent nothing is taken in; nothing was stored (collection.closed)"]


@pytest.mark.parametrize(("header", "says"), [
    ("code,number", "fits no template"), ("code,arm,Name", "has no column name"),
    ("participant,reference,occurred,sites,parent_id", "has no column parent_id"), ("code,arm,", "without a name"),
])
async def test_a_header_that_fits_no_template_is_refused(bring, header, says):
    with pytest.raises(UnusableFile, match=says):
        await bring(f"{header}\na,b,c\n")


@pytest.mark.parametrize("kind", RecordKind)
async def test_the_printed_template_goes_in_once_its_example_is_no_remark(bring, study, kind):
    await bring("code,arm,birth_month\nSE01-901,postnatal,2017-05\n" if kind != "participants" else PEOPLE)
    await Participant.filter(code="SE01-901").update(collection=Collection.OPEN)
    template = printed(kind, study.protocol)
    with pytest.raises(UnusableFile, match="no row below the header"):
        await bring(template)

    report = await bring(template.replace("# SE01-901", "SE01-907" if kind == "participants" else "SE01-901", 1))

    assert (report.new, told(report)) == (1, [])


async def test_whose_name_it_is_bounds_it(bring, cast, now):
    """Otto coordinates London: Stockholm is as unknown to him as a site that does not exist."""
    for content in (PEOPLE, DOSES, FRACTURES):
        report = await bring(content, by="otto")
        assert report.faults.count == 2
        assert "where you may do this" in told(report)[0]
    with pytest.raises(RoleMayNot):
        await staff_actor("max@example.org", now)
    with pytest.raises(RoleMayNot):
        await staff_actor("mia@example.org", now)
    with pytest.raises(NotFound):
        await staff_actor("nobody@example.org", now)


async def test_a_weaker_role_elsewhere_opens_nothing(bring, cast, now):
    """Who may write on behalf in Stockholm, but import in London only, brings in nothing to Stockholm."""
    stockholm = cast.sites["SE01"]
    await StaffRole.create(account=cast.otto.account, site=stockholm, role=Role.DUTY_PERSON, starts_at=cast.now)

    report = await bring(FRACTURES, by="otto")

    assert "where you may do this" in told(report)[0]


@pytest.mark.parametrize("gone", ["ends_at", "disabled_at"])
async def test_who_has_left_lends_no_name(cast, now, gone):
    if gone == "ends_at":
        await StaffRole.filter(account_id=cast.nora.id).update(ends_at=now)
    else:
        cast.nora.account.disabled_at = now
        await cast.nora.account.save()

    with pytest.raises((NotFound, RoleMayNot)):
        await staff_actor("nora@example.org", now)
