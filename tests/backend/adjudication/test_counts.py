"""A participant's fractures by a case definition: named, explained, and refused where the study has not decided."""

import dataclasses

import msgspec
import pytest

from models.protocol import CaseDefinition, CountingRule

FEMUR = {"occurred": "2026-11-10", "sites": [{"bone": "femur", "side": "left"}]}


@pytest.fixture
def counted(as_, cast):
    async def count(definition, name="nora"):
        url = f"/api/v1/participants/{cast.leo.id}/fracture-count"
        return await as_(name).get(url, params={"case_definition": definition})

    return count


def totals(answer):
    assert answer.status_code == 200, answer.text
    return [(total["epoch"], total["episodes"], total["units"]) for total in answer.json()["totals"]]


async def test_count_names_definition_protocol_and_rule(study, counted, validated):
    fracture = await validated()

    answer = await counted("CD-FAMILY")

    assert totals(answer) == [("postnatal", 1, 2)]
    shown = answer.json()
    assert (shown["case_definition"], shown["protocol_hash"]) == ("CD-FAMILY", study.protocol.hash)
    assert [episode["entry_id"] for episode in shown["episodes"]] == [fracture]


async def test_radiographic_definition_waits_for_readers_and_says_so(counted, validated, sign):
    fracture = await validated()
    before = await counted("CD-RX-NOMORPH")
    assert totals(before) == [("postnatal", 0, 0)]
    assert {(e["entry_id"], e["site_index"], e["why"]) for e in before.json()["excluded"]} == {
        (fracture, 0, "not_adjudicated"), (fracture, 1, "not_adjudicated")}

    await sign("iris", fracture, ao_code="22r-D/5.1")
    await sign("bea", fracture, site_index=1, ao_code="22u-D/5.2",
               place={"bone": "ulna", "side": "left", "segment": "shaft"})

    assert totals(await counted("CD-RX-NOMORPH")) == [("postnatal", 1, 1)], "one pattern in paired bones"
    assert totals(await counted("CD-FAMILY")) == [("postnatal", 1, 1)]


async def test_linked_report_counts_once(as_, counted, validated, phone_of):
    first = await validated(FEMUR)
    ben = phone_of("ben")
    (second,) = await ben.push(ben.item(FEMUR))
    assert totals(await counted("CD-FAMILY")) == [("postnatal", 2, 2)]

    seen = (await as_("nora").get(f"/api/v1/review/entries/{second['id']}")).headers["etag"]
    await as_("nora").post(f"/api/v1/review/entries/{second['id']}/duplicate-link", headers={"If-Match": seen},
                           json={"duplicate_of": first, "reason": "told_by_another"})

    answer = await counted("CD-FAMILY")
    assert totals(answer) == [("postnatal", 1, 1)]
    assert [(e["entry_id"], e["why"]) for e in answer.json()["excluded"]] == [(second["id"], "linked")]


async def test_fractures_before_and_at_birth_are_never_added_to_the_others(counted, validated):
    await validated(FEMUR)
    await validated({**FEMUR, "occurred": "2019-05", "epoch": "present_at_birth"})

    assert totals(await counted("CD-FAMILY")) == [("postnatal", 1, 1), ("present_at_birth", 1, 1)]


async def test_definition_that_the_trial_has_not_published_counts_nothing(counted, validated):
    await validated()

    answer = await counted("CD-BOOSTB4")

    assert (answer.status_code, answer.json()["code"]) == (409, "case_definition.not_set")
    assert (await counted("CD-NOBODYS")).status_code == 422


async def test_another_study_counts_by_its_own_rules(app, study, counted, validated):
    other = msgspec.structs.replace(
        study.protocol.file, counting=CountingRule("always_one", "per_side_per_episode"),
        case_definition=[CaseDefinition("OURS", "Forearms", family_reports=True, only_bones=["radius", "ulna"])],
    )
    await validated()
    await validated(FEMUR)
    app.state.wiring = dataclasses.replace(study, protocol=dataclasses.replace(study.protocol, file=other))

    answer = await counted("OURS")

    assert totals(answer) == [("postnatal", 1, 1)]
    assert [unit["bone"] for unit in answer.json()["episodes"][0]["units"]] == ["radius+ulna"]
    assert (await counted("CD-FAMILY")).status_code == 422


@pytest.mark.parametrize(("name", "status"), [("max", 200), ("otto", 404), ("mia", 403), ("bea", 403), ("alma", 403)])
async def test_staff_in_sight_of_the_record_count(counted, validated, name, status):
    await validated()

    assert (await counted("CD-FAMILY", name)).status_code == status
