"""Bea judges what happened without learning who is treated: no arm, no infusion, no free text, no questions."""

import pytest

from models import StaffRole
from models.fields import new_id
from models.vocabulary import Role

CANARY = "since the second infusion"


@pytest.fixture
async def symptom(phone_of):
    """What Mia told, with everything in it that tells of the treatment."""
    phone = phone_of("mia")
    told = {"occurred": "2026-11-01", "symptom": "pain", "severity": "mild", "new_since_infusion": True,
            "note": CANARY, "asked_next_year": CANARY}
    (made,) = await phone.push(phone.item(told, kind="symptom"))
    return f"/api/v1/review/entries/{made['id']}"


async def test_blinded_reader_sees_the_event_and_nothing_that_unblinds(as_, symptom):
    answer = await as_("bea").get(symptom)

    assert answer.status_code == 200
    assert answer.json()["entry"]["data"] == {"occurred": "2026-11-01", "symptom": "pain", "severity": "mild"}
    assert CANARY not in answer.text
    assert "new_since_infusion" not in answer.text


async def test_blinded_reader_sees_no_words_inside_a_list_and_no_name_of_a_drug(as_, phone_of):
    phone = phone_of("mia")
    (broken, taken) = await phone.push(
        phone.item({"occurred": "2026-11-01", "sites": [{"bone": "femur", "why": CANARY}],
                    "attachments": [{"id": str(new_id()), "purpose": "photo", "title": CANARY}]}),
        phone.item({"occurred": "2026-11-01", "drug": "other_bone_drug", "drug_name": CANARY}, kind="medication"),
    )

    told = await as_("bea").get(f"/api/v1/review/entries/{broken['id']}")
    drug = await as_("bea").get(f"/api/v1/review/entries/{taken['id']}")

    assert told.json()["entry"]["data"]["sites"] == [{"bone": "femur"}]
    assert drug.json()["entry"]["data"]["drug"] == "other_bone_drug"
    assert CANARY not in told.text + drug.text


async def test_blinded_reader_sees_no_question_and_no_delivery(as_, symptom):
    nora = as_("nora")
    seen = (await nora.get(symptom)).headers["etag"]
    question = {"question": f"Did it begin {CANARY}?"}
    assert (await nora.post(f"{symptom}/data-queries", headers={"If-Match": seen}, json=question)).status_code == 201

    view = (await as_("bea").get(symptom)).json()

    assert (view["queries"], view["deliveries"]) == ([], [])


@pytest.mark.parametrize(
    "where", ["", "/audit-events", "/guardianships", "/schedule", "/status", "/doses", "/consents"]
)
async def test_blinded_reader_can_open_neither_the_record_nor_its_trail(as_, cast, where):
    answer = await as_("bea").get(f"/api/v1/participants/{cast.leo.id}{where}")

    assert answer.status_code in (403, 404)


async def test_coordinator_who_also_reads_blinded_elsewhere_sees_all_at_the_own_site(as_, cast, now, symptom):
    await StaffRole.create(account=cast.nora.account, site=None, role=Role.BLINDED_READER, starts_at=now)

    assert (await as_("nora").get(symptom)).json()["entry"]["data"]["note"] == CANARY


async def test_coordinator_of_another_site_reads_blinded_here(as_, cast, now, symptom):
    await StaffRole.create(account=cast.otto.account, site=None, role=Role.BLINDED_READER, starts_at=now)

    assert CANARY not in (await as_("otto").get(symptom)).text
