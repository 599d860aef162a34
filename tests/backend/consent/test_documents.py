"""Texts are added once and stay word for word; per code the newest that fits is in force."""

import hashlib
from datetime import timedelta

import pytest
from tortoise.exceptions import BaseORMException

from backend.consent.ages import person_of
from backend.consent.documents import documents_for, in_force, versions_that_fit
from models import ConsentDocument, Participant
from models.statement import rows
from tests.backend.consent.conftest import ADULT, CHILD

URL = "/api/v1/consent-documents"
BODY = "# Till dig som förälder\r\n\n  Du får säga nej. \u2764\n"


def wanted(**more):
    return {"code": "guardian-information", "version": "1", "audience": "custodian", "language": "sv",
            "title": "Till föräldrar", "body": BODY, "valid_from": "2026-01-01T00:00:00+01:00", "site": "SE01", **more}


async def names_in_force(study, participant, at):
    child = await Participant.get(id=participant.id).select_related("site")
    person = person_of(study.protocol, child, child.site, at)
    return [f"{v.code} {v.name}" for v in in_force(versions_that_fit(await documents_for(child, at), person))]


async def test_coordinator_adds_a_text_that_is_kept_word_for_word(as_):
    added = await as_("nora").post(f"{URL}/", json=wanted())
    read = await as_("nora").get(f"{URL}/{added.json()['id']}")

    assert added.status_code == 201
    assert read.json()["body"] == BODY
    assert read.json()["body_hash"] == hashlib.sha256(BODY.encode()).hexdigest() == added.json()["body_hash"]
    assert "body" not in (await as_("nora").get(f"{URL}/")).json()["items"][0]


async def test_text_is_never_changed_and_never_deleted(consent):
    document = await consent.text()

    with pytest.raises(BaseORMException):
        await ConsentDocument.filter(id=document.id).update(body="You agreed to more")
    with pytest.raises(BaseORMException):
        await rows("DELETE FROM consent_document")

    assert (await ConsentDocument.get(id=document.id)).body == "Text guardian-information 1"


async def test_same_version_in_the_same_language_is_added_once(as_):
    await as_("nora").post(f"{URL}/", json=wanted())

    again = await as_("nora").post(f"{URL}/", json=wanted(body="other words"))

    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(("who", "site", "status"), [
    ("nora", "SE01", 201), ("nora", "GB01", 404), ("nora", None, 404), ("nora", "XX99", 404), ("alma", None, 201),
    ("alma", "GB01", 201), ("alma", "XX99", 404), ("max", "SE01", 403), ("mia", "SE01", 403),
])
async def test_texts_of_all_sites_are_added_by_those_who_work_for_all(as_, who, site, status):
    answer = await as_(who).post(f"{URL}/", json=wanted(site=site))

    assert answer.status_code == status, answer.text


async def test_coordinator_sees_no_text_of_another_site(as_):
    theirs = await as_("otto").post(f"{URL}/", json=wanted(site="GB01"))
    everybodys = await as_("alma").post(f"{URL}/", json=wanted(site=None))

    listed = {row["id"] for row in (await as_("nora").get(f"{URL}/")).json()["items"]}

    assert listed == {everybodys.json()["id"]}
    assert (await as_("nora").get(f"{URL}/{theirs.json()['id']}")).status_code == 404


@pytest.mark.parametrize(("more", "code"), [
    ({"required_from": "2025-12-31T00:00:00Z"}, "required_from.before_valid_from"),
    ({"age_from": 12, "age_to": 6}, "age_to.below_age_from"),
    ({"valid_from": "0001-01-01T00:00:00+14:00"}, "day.not_plausible"),
    ({"required_from": "9999-12-31T23:59:59-14:00"}, "day.not_plausible"),
])
async def test_coordinator_is_told_what_does_not_fit(as_, more, code):
    answer = await as_("nora").post(f"{URL}/", json=wanted(**more))

    assert answer.status_code == 422
    assert code in [finding["code"] for finding in answer.json()["findings"]]


async def test_code_keeps_its_audience_for_ever(as_):
    await as_("nora").post(f"{URL}/", json=wanted())

    answer = await as_("nora").post(f"{URL}/", json=wanted(version="2", audience="child"))

    assert answer.json()["findings"][0]["code"] == "audience.differs_from_older_version"


async def test_text_larger_than_200_kb_is_refused(as_):
    fits = await as_("nora").post(f"{URL}/", json=wanted(body="x" * 200_000))
    too_long = await as_("nora").post(f"{URL}/", json=wanted(version="2", body="å" * 100_001))

    assert fits.status_code == 201
    assert (too_long.status_code, too_long.json()["errors"][0]["pointer"]) == (422, "/body")


async def test_newest_version_that_holds_is_in_force(consent, study, cast, now):
    await consent.text(version="2", valid_from=now - timedelta(days=1))
    await consent.text(version="1", valid_from=now - timedelta(days=9))
    await consent.text(version="3", valid_from=now + timedelta(days=1))

    assert await names_in_force(study, cast.leo, now) == ["guardian-information 2"]
    assert await names_in_force(study, cast.leo, now + timedelta(days=2)) == ["guardian-information 3"]


async def test_child_gets_the_text_of_its_age(consent, study, cast, now):
    for code, ages in (("child-6-11", (6, 11)), ("child-12-14", (12, 14)), ("youth", (15, 17))):
        await consent.text(code, audience=CHILD, age_from=ages[0], age_to=ages[1])
    await consent.text("adult", audience=ADULT)

    found = []
    for age in (5, 6, 11, 12, 15, 17, 18):
        await consent.turns("leo", age)
        found.append(await names_in_force(study, cast.leo, now))

    assert found == [[], ["child-6-11 1"], ["child-6-11 1"], ["child-12-14 1"], ["youth 1"], ["youth 1"], ["adult 1"]]


async def test_text_of_another_arm_or_site_is_not_in_force(consent, study, cast, now):
    await consent.text("prenatal-only", arm="prenatal")
    await consent.text("of-london", by="otto")
    await consent.text("of-all", by="alma")

    assert await names_in_force(study, cast.leo, now) == ["of-all 1"]


async def test_reader_gets_their_language_else_the_sites_else_english(consent, as_, cast):
    english = await consent.text(language="en")
    swedish = await consent.text(language="sv")

    async def shown_to(name, language):
        await as_(name).patch("/api/v1/me", json={"language": language})
        answer = await as_(name).get(f"/api/v1/participants/{cast.leo.id}/consents")
        return [found["document"]["id"] for found in answer.json()["in_force"]]

    assert await shown_to("mia", "sv-FI") == [str(swedish.id)]
    assert await shown_to("mia", "en") == [str(english.id)]
    assert await shown_to("mia", "fi") == [str(swedish.id)]
