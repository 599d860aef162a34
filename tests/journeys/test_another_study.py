"""Another study, with other arms, bones, sites, rhythm, consent, rules and counting, from enrolment to forwarding:
only its protocol file is different."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from backend.forwarding.jobs import forward_due
from models import Site
from models.protocol import plus_period
from models.vocabulary import Role
from tests.cast import Cast
from tests.phones import Phone

PROTOCOL = Path(__file__).parent / "other_study.toml"
JEANNE = {"email": "jeanne@example.org", "password": "one child and two dogs", "display_name": "Jeanne",
          "language": "fr", "timezone": "Europe/Paris", "kind": "app", "device_name": "phone", "app_version": "1.0"}


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, protocol_file=str(PROTOCOL))


@pytest.fixture
async def cast(study, now):
    """Odile coordinates Lyon, Paul investigates there, Theo coordinates Utrecht."""
    cast = Cast(study, now - timedelta(minutes=1))
    cast.sites = {site.code: site for site in await Site.all()}
    for name, role, site in (("odile", Role.COORDINATOR, "FR09"), ("paul", Role.INVESTIGATOR, "FR09"),
                             ("theo", Role.COORDINATOR, "NL03")):
        await cast.staff(name, role, site)
    return cast


@pytest.fixture
async def jeanne(as_):
    """Mother of a child of the treated arm at Lyon, on her phone; nobody has consented yet."""
    odile, at_home = as_("odile"), as_()
    wanted = {"code": "FR09-001", "arm": "postnatal", "birth_month": "2022-02", "gestational_weeks": 38,
              "custodians": ["mother"]}
    assert (await odile.post("/api/v1/participants", json={**wanted, "arm": "prenatal"})).status_code == 422
    enrolled = await odile.post("/api/v1/participants", json=wanted)
    assert enrolled.status_code == 201, enrolled.text
    child = enrolled.json()["id"]
    issued = await odile.post(f"/api/v1/participants/{child}/linking-codes",
                              json={"relation": "mother", "role": "guardian"})
    redeemed = await at_home.post("/api/v1/linking-codes/redemption", json={**JEANNE, "code": issued.json()["code"]})
    assert redeemed.status_code == 201, redeemed.text
    at_home.headers["Authorization"] = f"Bearer {redeemed.json()['access_token']}"
    return Phone(at_home, child)


async def consented(jeanne, odile):
    text = await odile.post("/api/v1/consent-documents", json={
        "code": "parents", "version": "1", "audience": "custodian", "language": "fr", "site": "FR09",
        "title": "Aux parents", "body": "Vous pouvez dire non.", "valid_from": "2026-01-01T00:00:00Z"})
    (asked,) = (await jeanne.client.get(f"{jeanne.url}/consents")).json()["in_force"]
    signed = await jeanne.client.post(f"{jeanne.url}/consents", json={
        "document_id": text.json()["id"], "body_hash": asked["document"]["body_hash"], "decision": "given"})
    assert signed.status_code == 201, signed.text


async def test_another_study_runs_on_its_protocol_file_alone(as_, jeanne, study, now):
    odile, paul = as_("odile"), as_("paul")
    yesterday = (now - timedelta(days=1)).date().isoformat()

    # The phone is told what this study asks: two forms, every day, and neither pain scale nor follow-up.
    told = (await jeanne.client.get("/api/v1/protocol")).json()
    assert (told["code"], told["version"], told["hash"]) == ("TWIG-2", "2031a", study.protocol.hash)
    assert (set(told["forms"]), told["pain_scales"], told["follow_up"]) == ({"fracture", "check_in"}, [], None)
    assert (told["check_in"]["every_days"], told["check_in"]["later"][0]["every_days"]) == (1, 28)
    assert {one["key"] for one in told["not_published"]} == {
        "visit.bring", "country.child_tiers", "country.own_account_from", "safety.fracture_with_admission_is_serious"}

    # Without consent it waits; with it, it is there. A pain assessment is nothing that this study asks for.
    fall = jeanne.item({"occurred": yesterday, "weather": "icy", "stairs": 12, "sites": [
        {"bone": "radius", "side": "left"}, {"bone": "ulna", "side": "left"}, {"bone": "hyoid", "side": "right"}]})
    assert (await jeanne.push(fall))[0]["error"]["code"] == "collection.closed"
    await consented(jeanne, odile)
    assert (await jeanne.push(fall))[0]["status"] == "unchanged"
    (pain,) = await jeanne.push(jeanne.item({"score": 3}, kind="pain"))
    assert pain["status"] not in ("accepted", "applied", "unchanged"), pain

    # Its own rules judge: the fall on ice opens a case with a clock of six hours, the dry stairs are remarked on.
    (case,) = (await paul.get("/api/v1/safety-cases")).json()["items"]
    assert case["rules"] == ["ICE/3"]
    (dry,) = await jeanne.push(jeanne.item({"occurred": yesterday, "weather": "dry", "stairs": 3,
                                            "sites": [{"bone": "femur", "side": "left"}]}))
    seen = (await odile.get(f"/api/v1/review/entries/{dry['id']}")).json()
    assert {finding["code"] for finding in seen["entry"]["findings"]} == {"stairs_when_dry", "code_unknown"}
    assert len((await paul.get("/api/v1/safety-cases")).json()["items"]) == 1

    # A day is attested; staff of another site see nothing; pages are shown in the study's own words.
    (week,) = await jeanne.push(jeanne.item(
        {"from": yesterday, "to": yesterday, "answer": "nothing_happened"}, kind="check_in"))
    assert week["status"] == dry["status"]
    assert (await as_("theo").get("/api/v1/worklist")).json()["items"] == []

    # Validated, it leaves under this protocol's own name.
    await validated(odile, fall["id"])
    await forward_due(study)
    (sent,) = received_by_study_team(study)
    assert (sent["protocol_hash"], sent["data"]["weather"]) == (study.protocol.hash, "icy")

    # And it is counted as this study counts: both bones of the forearm, the hyoid not.
    count = await paul.get(f"{jeanne.url}/fracture-count", params={"case_definition": "ALL-TOLD"})
    assert count.status_code == 200, count.text
    assert (await paul.get(f"{jeanne.url}/fracture-count", params={"case_definition": "CD-FAMILY"})).status_code != 200
    units = [unit["bone"] for episode in count.json()["episodes"] for unit in episode["units"]]
    assert (sorted(units), count.json()["paired_bones"]) == (["femur", "radius", "ulna"], "always_two")


async def validated(client, entry_id):
    url = f"/api/v1/review/entries/{entry_id}"
    seen = (await client.get(url)).headers["etag"]
    answer = await client.post(f"{url}/validation", headers={"If-Match": seen})
    assert answer.is_success, answer.text


async def test_visits_and_doses_of_another_study_follow_its_plan(as_, jeanne, now):
    odile = as_("odile")
    first = (now - timedelta(days=30)).date()

    welcome = (await jeanne.client.get(f"{jeanne.url}/visits")).json()["visits"]
    given = await odile.put(f"{jeanne.url}/doses/1", json={"given_on": first.isoformat()})
    planned = (await jeanne.client.get(f"{jeanne.url}/visits")).json()["visits"]
    third = await odile.put(f"{jeanne.url}/doses/3", json={"given_on": first.isoformat()})

    assert given.is_success, given.text
    assert [(v["plan_code"], v["phase"], v["bring"]) for v in welcome] == [
        ("WELCOME", "before", ["earlier_images", "medicine_list"])], "planned with the enrolment"
    halfway = first + timedelta(weeks=10)
    by_code = {visit["plan_code"]: visit for visit in planned}
    assert [by_code["HALFWAY"][day] for day in ("target_on", "opens_on", "closes_on")] == [
        (halfway + timedelta(days=days)).isoformat() for days in (0, -3, 4)]
    assert {code: by_code[code]["target_on"] for code in ("CALL-1", "CALL-2")} == {
        f"CALL-{n}": plus_period(halfway, f"P{n}M").isoformat() for n in (1, 2)}
    assert third.status_code == 422


def received_by_study_team(study):
    files = Path(study.settings.data_folder, "forwarded").glob("*.jsonl")
    return [json.loads(file.read_text()) for file in files]
