"""Since when a diary counts: enrolment, a consent given here, a birth, or what a chart tells of."""

from datetime import date, timedelta

import pytest

from backend.access.actor import SYSTEM
from backend.consent.adding import add_document
from backend.consent.collection import settle_collection
from backend.consent.schemas import NewConsentDocument, PaperSignature
from backend.consent.signing import record_on_paper
from backend.participants.enrolment import enrol
from backend.participants.schemas import NewParticipant
from models import Participant
from models.actions import Action
from models.vocabulary import Arm, ConsentAudience, ConsentDecision, Relation


async def activated(as_, participant):
    answer = await as_("nora").get(f"/api/v1/participants/{participant.id}/coverage")
    assert answer.status_code == 200, answer.text
    return answer.json()["activated_on"]


@pytest.fixture
async def enrolled(cast, study, now):
    """A child enrolled fifty days ago, whose custodians have not signed."""
    past = now - timedelta(days=50)
    child = NewParticipant("SE01-900", Arm.POSTNATAL, birth_month="2024-05", custodians=[Relation.MOTHER])
    return await enrol(await cast.actor("nora", Action.PARTICIPANT_ENROL), study.protocol, child, past)


async def test_diary_is_not_opened_before_consent_is_given_and_then_since_the_day_of_signing(
    as_, cast, study, enrolled, now, ago, noon
):
    before = await activated(as_, enrolled)
    text = NewConsentDocument(
        code="guardian-information", version="1", audience=ConsentAudience.CUSTODIAN, language="en", site="SE01",
        title="T", body="B", valid_from=now - timedelta(days=49))
    nora = await cast.actor("nora", Action.CONSENT_DOCUMENT_ADD)
    document, _ = await add_document(nora, study.protocol, text, now - timedelta(days=49))
    signed = PaperSignature(document.id, Relation.MOTHER, ConsentDecision.GIVEN, noon(40))

    await record_on_paper(nora.acting(Action.CONSENT_RECORD), study.protocol, enrolled.id, signed,
                          now - timedelta(days=30))

    assert before is None
    assert (await Participant.get(id=enrolled.id)).collection == "open"
    assert await activated(as_, enrolled) == ago(40)


async def test_who_took_part_before_consent_was_collected_here_counts_from_enrolment(as_, cast, study, now, ago, noon):
    await Participant.filter(id=cast.leo.id).update(enrolled_at=noon(50))
    leo = await Participant.get(id=cast.leo.id)

    await settle_collection(SYSTEM, study.protocol, leo, now)

    assert leo.collection == "no_consent"
    assert await activated(as_, leo) == ago(50)


async def test_days_of_a_child_of_the_prenatal_arm_begin_with_its_month_of_birth(as_, cast, now):
    await Participant.filter(id=cast.leo.id).update(
        arm=Arm.PRENATAL, birth_month=None, enrolled_at=now - timedelta(days=100))
    unborn = await activated(as_, cast.leo)
    born = (now - timedelta(days=40)).date().replace(day=1)
    await Participant.filter(id=cast.leo.id).update(birth_month=born)

    assert unborn is None
    assert await activated(as_, cast.leo) == born.isoformat()


async def test_what_a_chart_tells_of_a_historical_control_counts_before_enrolment(as_, cast, told_to_nora, ago):
    await Participant.filter(id=cast.leo.id).update(arm=Arm.HISTORICAL)

    await told_to_nora(source="chart_review", **{"from": "2021-03-01", "to": "2021-12-31", "answer": "had"})

    found = (await as_("nora").get(f"/api/v1/participants/{cast.leo.id}/coverage")).json()
    assert (found["activated_on"], found["days_by_class"]["historical"]) == ("2021-03-01", 306)
    assert found["check_ins"] == {"every_days": 7, "expected": 0, "completed": 0, "share": None}


async def test_a_chart_of_before_the_birth_covers_nothing(as_, cast, told_to_nora):
    await Participant.filter(id=cast.leo.id).update(arm=Arm.HISTORICAL, birth_month=date(2021, 6, 1))

    await told_to_nora(source="chart_review", **{"from": "2021-05-01", "to": "2021-06-30", "answer": "had"})

    found = (await as_("nora").get(f"/api/v1/participants/{cast.leo.id}/coverage")).json()
    assert (found["activated_on"], found["covered_days"]) == ("2021-06-01", 30)
