"""Readers sign what a fracture was: bound to the version, never rewritten, checked before the signature."""

from datetime import timedelta

import pytest

from models import Adjudication, AuditEvent, DiaryEntry, Session, StaffRole
from models.content_hash import content_hash
from models.statement import rows
from models.vocabulary import Role


async def test_reader_signs_with_name_meaning_and_hash(cast, validated, sign):
    fracture = await validated()

    answer = await sign("iris", fracture, ao_code="22r-D/5.1", comment="AP and lateral")

    assert answer.status_code == 201, answer.text
    signed, entry = await Adjudication.get(), await DiaryEntry.get(id=fracture)
    assert (signed.signed_name, signed.meaning, signed.blinded) == ("Iris", "i_adjudicated_this", False)
    assert signed.content_hash == content_hash(entry.data)
    assert signed.place == {"bone": "radius", "side": "left", "segment": "shaft", "level": "unknown", "count": 1}
    event = await AuditEvent.get(action="adjudication.sign")
    assert (event.subject_id, event.seq) == (signed.id, signed.seq)
    assert "Iris" not in str(event.changes)
    (first, second) = answer.json()["places"]
    assert [j["signed_name"] for j in first["judgements"]] == ["Iris"]
    assert second["judgements"] == []
    assert entry.data["sites"][0]["bone"] == "radius", "the family's words stay"


async def test_judgement_of_a_version_that_was_corrected_meanwhile_is_refused(phone_of, as_, validated, sign):
    fracture = await validated()
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 3}, id=fracture, base_version=1, reason="details_added"))

    assert (await sign("iris", fracture, version=1)).status_code == 412
    assert (await sign("iris", fracture, version=2)).status_code == 409, "nobody has validated the correction"
    assert (await as_("iris").post(f"/api/v1/adjudication/entries/{fracture}/judgements", json={
        "status": "probable"})).status_code == 428
    assert await Adjudication.all().count() == 0


async def test_correction_leaves_the_judgement_about_an_earlier_version(phone_of, as_, validated, sign):
    fracture = await validated()
    await sign("iris", fracture)
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 3}, id=fracture, base_version=1, reason="details_added"))

    view = (await as_("nora").get(f"/api/v1/adjudication/entries/{fracture}")).json()

    (judgement,) = view["places"][0]["judgements"]
    assert (judgement["entry_version"], judgement["is_of_this_version"], judgement["is_newest"]) == (1, False, True)


@pytest.mark.parametrize(("judgement", "code", "pointer"), [
    ({"ao_code": "22r-D5"}, "ao_code.grammar", "/ao_code"),
    ({"ao_code": "22r-M/3.1"}, "ao_code.segment_and_part", "/ao_code"),
    ({"ao_code": "23r-D/3.1"}, "ao_code.segment_and_part", "/ao_code"),
    ({"ao_code": "32r-D/3.1"}, "ao_code.letter", "/ao_code"),
    ({"ao_code": "22u-D/3.1"}, "ao_code.another_bone", "/ao_code"),
    ({"ao_code": "32-D/3.1"}, "ao_code.another_bone", "/ao_code"),
    ({"ao_code": "23r-M/3.1"}, "ao_code.another_segment", "/ao_code"),
    ({"ao_code": "22r-D/5.1", "status": "probable", "evidence": ["telephone"]}, "evidence.imaging_missing",
     "/evidence"),
    ({"evidence": ["family_photo"]}, "evidence.imaging_missing", "/evidence"),
    ({"genant": 2}, "genant.not_a_vertebra", "/genant"),
    ({"place": {"bone": "radius", "level": "L1"}}, "level.not_a_vertebra", "/level"),
    ({"place": {"bone": "wing"}}, "code_unknown", "/bone"),
    ({"place": {"bone": "radius", "side": "upside"}}, "code_unknown", "/side"),
    ({"site_index": 2}, "place.missing", "/bone"),
    ({"site_index": 3, "place": {"bone": "tibia"}}, "site_index.not_next", "/site_index"),
])
async def test_what_can_not_be_right_is_refused_before_it_is_signed(validated, sign, judgement, code, pointer):
    answer = await sign("iris", await validated(), **judgement)

    assert answer.status_code == 422, answer.text
    assert {"code": code, "pointer": pointer} in answer.json()["findings"]
    assert await Adjudication.all().count() == 0


@pytest.mark.parametrize("judgement", [
    {"ao_code": "22-D/4.2"}, {"ao_code": "22r-D/5.1 II"}, {"status": "not_fracture", "evidence": []},
    {"place": {"bone": "radius", "side": "left", "segment": "lower_end"}, "ao_code": "23r-E/2.1"},
    {"place": {"bone": "vertebra", "level": "L2"}, "genant": 0, "detection": "screening"},
    {"site_index": 2, "place": {"bone": "tibia", "side": "right"}},
    {"status": "iatrogenic_osteotomy"},
])
async def test_sound_judgement_is_signed(validated, sign, judgement):
    answer = await sign("iris", await validated(), **judgement)

    assert answer.status_code == 201, answer.text


async def test_only_what_is_validated_and_a_fracture_is_judged(phone_of, validated, sign):
    phone = phone_of("mia")
    (fracture,) = await phone.push(phone.item())
    (symptom,) = await phone.push(phone.item({"symptom": "pain", "occurred": "2026-11-10"}, kind="symptom"))

    assert (await sign("iris", fracture["id"])).status_code == 409
    assert (await sign("iris", symptom["id"])).status_code == 404


async def test_signing_asks_for_a_fresh_proof(cast, now, validated, sign):
    fracture = await validated()
    await Session.filter(account_id=cast.iris.id).update(proved_at=now - timedelta(minutes=30))

    answer = await sign("iris", fracture)

    assert (answer.status_code, await Adjudication.all().count()) == (403, 0)
    assert "step_up" in answer.json()["code"]


@pytest.mark.parametrize(("name", "status"), [
    ("nora", 403), ("max", 403), ("mia", 403), ("dag", 403), ("iris", 201), ("bea", 201),
])
async def test_readers_sign_and_nobody_else(validated, sign, name, status):
    assert (await sign(name, await validated())).status_code == status


async def test_investigator_of_another_site_finds_nothing(cast, as_, now, validated, sign):
    fracture = await validated()
    await StaffRole.create(account=cast.otto.account, site=cast.sites["GB01"], role=Role.INVESTIGATOR, starts_at=now)

    assert (await sign("otto", fracture)).status_code == 404
    assert (await as_("otto").get(f"/api/v1/adjudication/entries/{fracture}")).status_code == 404


async def test_double_click_signs_once_and_another_word_is_a_new_judgement(as_, validated, sign):
    fracture = await validated()
    await sign("iris", fracture)
    await sign("iris", fracture)
    assert await Adjudication.all().count() == 1

    answer = await sign("iris", fracture, status="not_fracture")

    newest, older = answer.json()["places"][0]["judgements"]
    assert (newest["status"], newest["is_newest"], older["is_newest"]) == ("not_fracture", True, False)


@pytest.mark.parametrize("rewrite", ["UPDATE adjudication SET status = 'probable'", "DELETE FROM adjudication"])
async def test_what_was_signed_can_not_be_rewritten(validated, sign, rewrite):
    await sign("iris", await validated())

    with pytest.raises(Exception, match="append-only"):
        await rows(rewrite)


async def test_two_readers_who_differ_are_seen_to_differ(as_, validated, sign):
    fracture = await validated()
    await sign("iris", fracture)
    await sign("bea", fracture, status="not_fracture")

    first, second = (await as_("nora").get(f"/api/v1/adjudication/entries/{fracture}")).json()["places"]

    assert (first["readers_disagree"], second["readers_disagree"]) == (True, False)
    await sign("bea", fracture)
    first, _ = (await as_("nora").get(f"/api/v1/adjudication/entries/{fracture}")).json()["places"]
    assert first["readers_disagree"] is False


async def test_blinded_reader_sees_own_judgements_and_nothing_that_unblinds(as_, validated, sign):
    fracture = await validated()
    await sign("iris", fracture, comment="second dose in May")
    await sign("iris", fracture, site_index=2, place={"bone": "tibia"})
    url = f"/api/v1/adjudication/entries/{fracture}"

    before = await as_("bea").get(url)
    assert "May" not in before.text
    assert "infusion" not in before.text
    assert [(place["judgements"], place["readers_disagree"]) for place in before.json()["places"]] == [([], None)] * 2

    after = (await sign("bea", fracture, status="probable")).json()
    assert [j["signed_name"] for j in after["places"][0]["judgements"]] == ["Bea"]
    assert after["places"][0]["judgements"][0]["blinded"] is True
    assert after["places"][0]["readers_disagree"] is True


@pytest.mark.parametrize("is_over", [False, True])
async def test_who_has_looked_in_another_role_is_not_blinded(cast, now, validated, sign, is_over):
    await StaffRole.create(
        account=cast.bea.account, site=cast.sites["SE01"], role=Role.COORDINATOR, starts_at=now - timedelta(days=9),
        ends_at=now - timedelta(days=2) if is_over else None,
    )

    await sign("bea", await validated())

    assert (await Adjudication.get()).blinded is False
