"""What staff attest: the woman of the prenatal arm, a birth, and who must consent."""

import pytest

from models import AuditEvent, Participant
from models.actions import Action

URL = "/api/v1/participants"
WOMAN = {"code": "SE01-020", "arm": "prenatal", "kind": "woman"}
CHILD = {"code": "SE01-021", "arm": "prenatal"}


@pytest.fixture
def enrol(as_):
    async def ask(by="nora", **wanted):
        return await as_(by).post(URL, json=wanted)

    return ask


@pytest.fixture
def born(as_):
    async def ask(participant_id, by="nora", **told):
        return await as_(by).post(f"{URL}/{participant_id}/birth", json=told)

    return ask


async def test_woman_and_child_are_two_participants(enrol):
    woman = await enrol(**WOMAN)
    child = await enrol(**CHILD, woman_code="SE01-020", custodians=["mother"])

    assert (woman.json()["kind"], woman.json()["birth_month"], woman.json()["custodians"]) == ("woman", None, [])
    assert (child.json()["kind"], child.json()["woman_id"]) == ("child", woman.json()["id"])
    assert child.json()["custodians"] == ["mother"]


@pytest.mark.parametrize(("wanted", "finding"), [
    (WOMAN | {"arm": "postnatal"}, "woman.wrong_arm"),
    (WOMAN | {"birth_month": "1990-01"}, "birth_month.of_a_child"),
    (WOMAN | {"gestational_weeks": 38}, "gestational_weeks.of_a_child"),
    (WOMAN | {"custodians": ["mother"]}, "custodians.of_a_child"),
    (CHILD | {"woman_code": "SE01-099"}, "woman_code.unknown"),
    (CHILD | {"woman_code": "SE01-001"}, "woman_code.unknown"),  # Leo is no woman
    (CHILD | {"woman_code": "GB01-001"}, "woman_code.unknown"),
])
async def test_what_does_not_go_together_is_a_finding(enrol, wanted, finding):
    answer = await enrol(**wanted)

    assert (answer.status_code, [found["code"] for found in answer.json()["findings"]]) == (422, [finding])


async def test_child_of_another_arm_has_no_woman(enrol):
    await enrol(**WOMAN)

    answer = await enrol(code="SE01-022", arm="postnatal", birth_month="2021-11", woman_code="SE01-020")

    assert answer.json()["findings"][0]["code"] == "woman_code.wrong_arm"


async def test_birth_is_noted_once_it_happened_and_corrected_later(enrol, born, cast):
    child = (await enrol(**CHILD)).json()["id"]

    first = await born(child, birth_month="2026-10", gestational_weeks=37, gestational_days=3)
    again = await born(child, birth_month="2026-10", gestational_weeks=37, gestational_days=3)
    corrected = await born(child, birth_month="2026-09", gestational_weeks=37, gestational_days=3)

    assert (first.status_code, first.json()["birth_month"], first.json()["gestational_days"]) == (200, "2026-10", 3)
    assert (again.status_code, corrected.json()["birth_month"]) == (200, "2026-09")
    events = await AuditEvent.filter(action=Action.PARTICIPANT_BIRTH).order_by("seq")
    assert [event.changes for event in events] == [
        {"birth_month": [None, "2026-10"], "gestational_days": [None, 262]}, {"birth_month": ["2026-10", "2026-09"]}]


@pytest.mark.parametrize(("told", "finding"), [
    ({"birth_month": "2099-01"}, "birth_month.in_future"),
    ({"birth_month": "2026-01", "gestational_days": 3}, "gestational_weeks.missing"),
])
async def test_impossible_birth_is_a_finding(born, cast, told, finding):
    answer = await born(cast.leo.id, **told)

    assert (answer.status_code, answer.json()["findings"][0]["code"]) == (422, finding)


async def test_woman_is_not_born_and_neither_is_who_was_lost(enrol, born):
    woman, child = (await enrol(**WOMAN)).json()["id"], (await enrol(**CHILD)).json()["id"]
    await Participant.filter(id=child).update(state="pregnancy_lost")

    assert (await born(woman, birth_month="2026-01")).json()["state"] == "woman"
    assert (await born(child, birth_month="2026-01")).json()["state"] == "pregnancy_lost"


async def test_staff_attest_who_must_consent(as_, cast):
    answer = await as_("nora").patch(f"{URL}/{cast.leo.id}", json={"custodians": ["other_guardian", "mother"]})

    assert (answer.status_code, answer.json()["custodians"]) == (200, ["mother", "other_guardian"])
    event = await AuditEvent.get(action=Action.PARTICIPANT_CHANGE)
    assert event.changes == {"custodians": [["mother", "father"], ["mother", "other_guardian"]]}


@pytest.mark.parametrize("custodians", [
    ["participant_self"], ["site_staff_on_behalf"], ["school_or_nursery"], ["mother"] * 3, ["uncle"], "mother",
])
async def test_odd_custodians_are_refused(as_, enrol, cast, custodians):
    changed = await as_("nora").patch(f"{URL}/{cast.leo.id}", json={"custodians": custodians})
    enrolled = await enrol(**CHILD, custodians=custodians)

    assert changed.json()["code"] == enrolled.json()["code"] in ("body.invalid", "body.does_not_fit")
    assert changed.json()["errors"][0]["pointer"].startswith("/custodians")


async def test_others_attest_nothing(as_, born, cast):
    for who, status in {"otto": 404, "max": 403, "mia": 403, "alma": 403, "dag": 403}.items():
        assert (await born(cast.leo.id, who, birth_month="2019-06")).status_code == status
        changed = await as_(who).patch(f"{URL}/{cast.leo.id}", json={"custodians": ["mother"]})
        assert changed.status_code == status, who


async def test_what_the_woman_reports_never_mixes_with_the_childs(enrol, as_, cast, hand_in, phone_of):
    woman = (await enrol(**WOMAN)).json()
    child = (await enrol(**CHILD, woman_code="SE01-020")).json()
    for participant, place in ((woman, {"relation": "participant_self", "role": "participant"}),
                               (child, {"relation": "mother", "role": "guardian"})):
        await Participant.filter(id=participant["id"]).update(collection="open")
        issued = await as_("nora").post(f"{URL}/{participant['id']}/linking-codes", json=place)
        await hand_in("dana", issued.json()["code"])
        cast.participants[place["relation"]] = await Participant.get(id=participant["id"])
    hers, childs = phone_of("dana", "participant_self"), phone_of("dana", "mother")
    (own,) = await hers.push(hers.item())
    (about_child,) = await childs.push(childs.item())

    async def seen(phone):
        changes = (await phone.client.get(f"{phone.url}/changes")).json()["changes"]
        return [(change["id"], change["relation"]) for change in changes if change["collection"] == "entries"]

    assert await seen(hers) == [(own["id"], "participant_self")]
    assert await seen(childs) == [(about_child["id"], "mother")]
