"""Who says yes, and when it is enough: all custodians in Sweden, one in the United Kingdom."""

import hashlib
from datetime import timedelta

import pytest

from models import AuditEvent, ConsentSignature, Guardianship, Participant
from models.actions import Action
from models.fields import new_id
from models.vocabulary import Collection, Relation, Role
from tests.backend.consent.conftest import CHILD, DECLINED, WITHDRAWN

OPEN, NO_CONSENT = Collection.OPEN, Collection.NO_CONSENT


def url(participant):
    return f"/api/v1/participants/{participant.id}/consents"


def signature(document, **more):
    return {"document_id": str(document.id), "body_hash": document.body_hash, "decision": "given", **more}


async def test_in_sweden_all_custodians_have_to_say_yes(consent):
    document = await consent.text()

    assert await consent.collection("leo") is NO_CONSENT
    assert await consent.signs("mia", "leo", document) is NO_CONSENT
    assert await consent.signs("ben", "leo", document) is OPEN


async def test_in_the_united_kingdom_one_custodian_is_enough(consent, cast):
    await Participant.filter(id=cast.tom.id).update(custodians=["mother", "father"])
    document = await consent.text(by="otto")

    assert await consent.collection("tom") is NO_CONSENT
    assert await consent.signs("eve", "tom", document) is OPEN


async def test_nobody_has_signed_where_nobody_was_attested(consent, cast):
    await Participant.filter(id=cast.tom.id).update(custodians=[])
    await consent.text(by="otto")

    assert await consent.collection("tom") is NO_CONSENT


async def test_every_text_in_force_needs_its_own_yes(consent):
    await consent.of_leo()
    second = await consent.text("data-protection")

    assert await consent.collection("leo") is NO_CONSENT
    assert await consent.signs("mia", "leo", second) is NO_CONSENT
    assert await consent.signs("ben", "leo", second) is OPEN


async def test_father_abroad_signs_on_paper(consent):
    document = await consent.text()
    await consent.signs("mia", "leo", document)

    assert await consent.on_paper(Relation.FATHER, "leo", document) is OPEN


async def test_no_of_one_custodian_closes_again_and_a_new_yes_opens(consent, now):
    document = await consent.of_leo()

    assert await consent.signs("ben", "leo", document, DECLINED, now + timedelta(minutes=1)) is NO_CONSENT
    assert await consent.signs("ben", "leo", document, at=now + timedelta(minutes=2)) is OPEN


async def test_paper_of_last_month_does_not_undo_todays_no(consent, now):
    document = await consent.of_leo()
    await consent.signs("ben", "leo", document, WITHDRAWN)

    assert await consent.on_paper(Relation.FATHER, "leo", document, signed_at=now - timedelta(days=30)) is NO_CONSENT


async def test_mother_signs_in_the_app_and_everybody_sees_who_is_missing(consent, as_, cast):
    document = await consent.text()

    signed = await as_("mia").post(url(cast.leo), json=signature(document))
    seen = (await as_("nora").get(url(cast.leo))).json()

    assert (signed.status_code, signed.json()["relation"], signed.json()["method"]) == (201, "mother", "app")
    assert (seen["in_force"][0]["given"], seen["in_force"][0]["missing"]) == (["mother"], ["father"])
    assert [(row["relation"], row["decision"], row["version"]) for row in seen["history"]] == [("mother", "given", "1")]
    asks = [(await as_(name).get(url(cast.leo))).json()["in_force"][0]["asks_you"] for name in ("mia", "ben", "nora")]
    assert asks == [False, True, False]


async def test_signature_says_which_words_were_read(consent, as_, cast):
    document = await consent.text()
    other = hashlib.sha256(b"other words").hexdigest()

    answer = await as_("mia").post(url(cast.leo), json=signature(document, body_hash=other))

    assert (answer.status_code, answer.json()["code"]) == (409, "consent.out_of_date")
    assert not await ConsentSignature.all().exists()


async def test_outdated_version_is_not_signed_any_more(consent, as_, cast, now):
    old = await consent.text(version="1", valid_from=now - timedelta(days=2))
    await consent.text(version="2")

    answer = await as_("mia").post(url(cast.leo), json=signature(old))

    assert (answer.status_code, answer.json()["code"]) == (409, "consent.out_of_date")


async def test_same_yes_twice_is_one_signature(consent, as_, cast):
    document = await consent.text()

    answers = [await as_("mia").post(url(cast.leo), json=signature(document)) for _ in range(2)]

    assert [answer.json()["id"] for answer in answers] == [answers[0].json()["id"]] * 2
    assert await ConsentSignature.all().count() == 1


async def test_signing_asks_for_the_password_once_more(consent, as_, cast, now):
    document = await consent.text()
    cast.mia.session.proved_at = now - timedelta(minutes=11)
    await cast.mia.session.save()

    answer = await as_("mia").post(url(cast.leo), json=signature(document))

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up.required")


@pytest.mark.parametrize(("who", "status"), [("eve", 404), ("greta", 404), ("nora", 403), ("otto", 403)])
async def test_nobody_else_signs(consent, as_, cast, who, status):
    """Greta may report only: to her there is no consent. Staff have no word of their own."""
    document = await consent.text()

    answer = await as_(who).post(url(cast.leo), json=signature(document))

    assert answer.status_code in (status, 403), answer.text
    assert not await ConsentSignature.all().exists()


async def test_guardian_invited_by_the_family_does_not_sign(consent, as_, cast):
    document = await consent.text()
    await Guardianship.filter(account_id=cast.ben.id).update(invited_by_id=cast.mia.id)

    answer = await as_("ben").post(url(cast.leo), json=signature(document))

    assert (answer.status_code, answer.json()["code"]) == (403, "role.may_not")


async def test_guardian_without_custody_does_not_sign(consent, as_, cast):
    document = await consent.text()
    await Participant.filter(id=cast.leo.id).update(custodians=["mother"])

    assert (await as_("ben").post(url(cast.leo), json=signature(document))).status_code == 403


async def test_custodian_does_not_sign_what_addresses_the_child(consent, as_, cast):
    childs = await consent.text("child-information", audience=CHILD)

    assert (await as_("mia").post(url(cast.leo), json=signature(childs))).status_code == 404


@pytest.mark.parametrize(("more", "status", "code"), [
    ({"signed_at": "2100-01-01T00:00:00Z"}, 422, "signed_at.in_future"),
    ({"signed_at": "0001-01-01T00:00:00+14:00"}, 422, "signed_at.not_plausible"),
    ({"relation": "grandparent"}, 422, "relation.no_custodian"),
    ({"relation": "participant_self"}, 422, "relation.not_addressed"),
    ({"document_id": str(new_id())}, 404, None),
])
async def test_coordinator_is_told_what_does_not_fit_about_a_paper(consent, as_, cast, more, status, code):
    document = await consent.text()
    paper = {"document_id": str(document.id), "relation": "father", "decision": "given",
             "signed_at": "2026-01-01T10:00:00+01:00", **more}

    answer = await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/paper-consents", json=paper)

    assert answer.status_code == status, answer.text
    assert code is None or code in [finding["code"] for finding in answer.json()["findings"]]


async def test_coordinator_of_another_site_records_nothing(consent, as_, cast):
    document = await consent.text()
    paper = {"document_id": str(document.id), "relation": "father", "decision": "given",
             "signed_at": "2026-01-01T10:00:00+01:00"}

    answer = await as_("otto").post(f"/api/v1/participants/{cast.leo.id}/paper-consents", json=paper)

    assert answer.status_code == 404


async def test_every_word_stands_in_the_trail_and_opens_once(consent, cast):
    await consent.of_leo()

    events = await AuditEvent.filter(participant_id=cast.leo.id).order_by("seq")

    assert [event.action for event in events] == [
        Action.COLLECTION_CHANGE, Action.CONSENT_SIGN, Action.CONSENT_SIGN, Action.COLLECTION_CHANGE,
    ]
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert events[-1].changes == {"collection": ["no_consent", "open"]}


async def test_family_reads_the_text_that_concerns_it_and_no_other(consent, as_, cast):
    ours, theirs = await consent.text(), await consent.text("of-london", by="otto")

    def text(who, document):
        return as_(who).get(f"/api/v1/participants/{cast.leo.id}/consent-documents/{document.id}")

    assert (await text("mia", ours)).json()["body"] == "Text guardian-information 1"
    assert (await text("mia", theirs)).status_code == 404
    assert (await text("eve", ours)).status_code in (403, 404)
    assert (await text("greta", ours)).status_code in (403, 404)


async def test_woman_consents_for_herself(consent, cast, now):
    await Participant.filter(id=cast.tom.id).update(kind="woman", birth_month=None, custodians=[])
    await Guardianship.filter(account_id=cast.eve.id).update(role=Role.PARTICIPANT, relation="participant_self")
    document = await consent.text("woman-information", audience="adult", by="otto")

    assert await consent.collection("tom") is Collection.OWN_CONSENT_NEEDED
    assert await consent.signs("eve", "tom", document) is OPEN
