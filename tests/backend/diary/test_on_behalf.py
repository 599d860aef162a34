"""What staff write down for a parent who phones, and from charts: whose words, who wrote, and what then happens."""

import json
from datetime import timedelta
from typing import Any

import pytest

from models import AuditEvent, DiaryEntry, EntryRevision, Guardianship, OutboxMessage
from models.fields import new_id
from models.vocabulary import Collection, EntrySource, Relation

FEMUR = {"occurred": "2026-10-02", "sites": [{"bone": "femur", "side": "left"}], "pain": 6}
NEW = {"If-None-Match": "*"}


def url_of(cast, entry_id, participant="leo"):
    return f"/api/v1/participants/{cast.participants[participant].id}/entries-on-behalf/{entry_id}"


def told(data: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    by = {} if {"guardianship_id", "source"} & more.keys() else {"relation": "father"}
    return {"kind": "fracture", "data": FEMUR if data is None else data, "source": "site_interview", **by, **more}


async def logged(as_, cast, **more: Any) -> dict[str, Any]:
    answer = await as_("nora").put(url_of(cast, new_id()), json=told(**more), headers=NEW)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_telling_parent_is_the_originator_and_the_nurse_the_author(as_, cast):
    link = await Guardianship.get(account_id=cast.mia.id)

    entry = await logged(as_, cast, guardianship_id=str(link.id), told_at="2026-10-03T08:00:00+02:00")

    first = await EntryRevision.get(entry_id=entry["id"])
    assert (entry["source"], entry["relation"], entry["recorded_by"]) == ("site_interview", "mother", str(cast.nora.id))
    assert (first.author_id, first.originator_id, first.relation) == (cast.nora.id, cast.mia.id, Relation.MOTHER)
    assert first.source is EntrySource.SITE_INTERVIEW
    assert first.device_time == "2026-10-03T08:00:00+02:00"
    act = await AuditEvent.get(subject_id=entry["id"])
    assert (act.action, act.actor_role) == ("diary_entry.log_on_behalf", "coordinator")


async def test_the_family_finds_it_on_the_phone_with_its_source(as_, cast, phone_of):
    entry = await logged(as_, cast)

    change = (await phone_of("mia").pull())["changes"][0]
    revisions = (await as_("ben").get(f"/api/v1/participants/{cast.leo.id}/entries/{entry['id']}/revisions")).json()

    assert (change["id"], change["source"], change["relation"]) == (entry["id"], "site_interview", "father")
    assert (revisions[0]["source"], revisions[0]["originator_id"]) == ("site_interview", None)


async def test_it_is_reviewed_like_any_other_and_leaves_with_its_source(as_, cast):
    entry = await logged(as_, cast)

    item = (await as_("iris").get("/api/v1/worklist")).json()["items"][0]
    url = f"/api/v1/review/entries/{entry['id']}"
    mine, others = [(await as_(who).get(url)).json() for who in ("nora", "iris")]
    answer = await as_("iris").post(f"{url}/validation", headers={"If-Match": f'"s{item["seq"]}"'})

    assert answer.status_code == 200, answer.text
    assert (item["source"], mine["written_by_reader"], others["written_by_reader"]) == ("site_interview", True, False)
    message = await OutboxMessage.get()
    payload = json.loads(message.payload)
    assert (payload["source"], payload["revisions"][0]["source"]) == ("site_interview", "site_interview")
    assert payload["revisions"][0]["relation"] == "father"
    assert str(cast.nora.id) not in message.payload


async def test_sent_twice_it_is_stored_once_and_other_content_is_stale(as_, cast):
    url = url_of(cast, new_id())
    answers = [await as_("nora").put(url, json=told(), headers=NEW) for _ in range(2)]
    other = await as_("nora").put(url, json=told({**FEMUR, "pain": 1}), headers=NEW)
    other_person = await as_("nora").put(url, json=told(relation="mother"), headers=NEW)

    assert [answer.json() for answer in answers] == [answers[0].json()] * 2
    assert await EntryRevision.all().count() == 1
    assert (other.status_code, other.json()["current"]["data"]["pain"]) == (412, 6)
    assert other_person.status_code == 412


@pytest.mark.parametrize(("data", "finding"), [
    ({**FEMUR, "occurred": "2031-01"}, {"code": "onset_in_future", "field": "occurred"}),
    ({**FEMUR, "occurred": "2018-12"}, {"code": "onset_before_birth", "field": "occurred"}),
    ({"occurred": "2026-10-02"}, {"code": "place_missing", "field": "sites"}),
])
async def test_a_finding_is_refused_until_the_nurse_confirms_it(as_, cast, data, finding):
    url = url_of(cast, new_id())

    refused = await as_("nora").put(url, json=told(data), headers=NEW)
    confirmed = await as_("nora").put(url, json=told(data, confirmed=[finding["code"]]), headers=NEW)

    assert (refused.status_code, refused.json()["findings"]) == (422, [finding])
    assert confirmed.status_code == 201
    assert confirmed.json()["findings"] == [{**finding, "confirmed": True}]
    assert await DiaryEntry.all().count() == 1


async def test_days_are_counted_on_the_clocks_of_the_site(as_, cast):
    """Otto's own account says Stockholm; the child lives in London."""
    answer = await as_("otto").put(url_of(cast, new_id(), "tom"), json=told(), headers=NEW)

    assert answer.json()["occurred_from"] == "2026-10-01T23:00:00Z"


@pytest.mark.parametrize("wrong", [
    {"relation": None},
    {"relation": "site_staff_on_behalf"},
    {"guardianship_id": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"},
    {"source": "chart_review", "relation": "mother"},
    {"source": "app", "relation": "mother"},
    {"relation": "father", "recorded_by": "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"},
])
async def test_who_told_must_be_said_rightly(as_, cast, wrong):
    answer = await as_("nora").put(url_of(cast, new_id()), json=told(**wrong), headers=NEW)

    unfit = (answer.status_code, answer.json()["code"]) == (422, "body.does_not_fit")
    assert unfit or (("source" in wrong or "recorded_by" in wrong) and answer.json()["code"] == "body.invalid")


async def test_who_is_no_guardian_any_more_is_no_originator(as_, cast):
    ended, locked, foreign = [await Guardianship.get(account_id=cast.people[n].id) for n in ("ben", "mia", "eve")]
    await Guardianship.filter(id=ended.id).update(ends_at=cast.now)
    await Guardianship.filter(id=locked.id).update(locked_at=cast.now)

    for guardianship in (ended, locked, foreign):
        body = told(guardianship_id=str(guardianship.id))
        assert (await as_("nora").put(url_of(cast, new_id()), json=body, headers=NEW)).status_code == 422


async def test_a_chart_is_nobodys_words_but_the_sites(as_, cast):
    entry = await logged(as_, cast, source="chart_review")

    assert (entry["source"], entry["relation"]) == ("chart_review", "site_staff_on_behalf")


async def test_staff_of_elsewhere_and_families_can_not(as_, cast):
    url = url_of(cast, new_id())

    assert (await as_("otto").put(url, json=told(), headers=NEW)).status_code == 404
    assert (await as_("mia").put(url, json=told(), headers=NEW)).status_code == 403
    assert (await as_("max").put(url, json=told(), headers=NEW)).status_code == 403
    assert (await as_("dag").put(url, json=told(), headers=NEW)).status_code == 201


async def test_staff_correct_what_staff_wrote_with_a_reason(as_, cast):
    entry = await logged(as_, cast)
    seen = {"If-Match": f'"s{entry["seq"]}"'}
    url = url_of(cast, entry["id"])

    without = await as_("nora").put(url, json=told({**FEMUR, "pain": 2}), headers=seen)
    answer = await as_("nora").put(url, json=told({**FEMUR, "pain": 2}, reason="mistyped"), headers=seen)
    late = await as_("dag").put(url, json=told({**FEMUR, "pain": 3}, reason="mistyped"), headers=seen)

    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (answer.status_code, answer.json()["version"], answer.json()["data"]["pain"]) == (200, 2, 2)
    assert (late.status_code, late.json()["current"]["version"]) == (412, 2)
    assert [r.version for r in await EntryRevision.all().order_by("version")] == [1, 2]


async def test_what_the_family_wrote_staff_can_only_ask_about(as_, cast, phone_of):
    phone = phone_of("mia")
    own, [of_staff] = phone.item(), [await logged(as_, cast)]
    await phone.push(own)
    await phone.push(phone.item({"pain": 9}, id=of_staff["id"], base_version=1, reason="remembered_better"))

    for entry_id in (own["id"], of_staff["id"]):
        entry = await DiaryEntry.get(id=entry_id)
        answer = await as_("nora").put(
            url_of(cast, entry_id), json=told(reason="mistyped"), headers={"If-Match": f'"s{entry.seq}"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "state.refuses")
    assert (await DiaryEntry.get(id=of_staff["id"])).data["pain"] == 9


async def test_without_consent_nothing_is_written_down(as_, cast):
    cast.leo.collection = Collection.NO_CONSENT
    await cast.leo.save()

    answer = await as_("nora").put(url_of(cast, new_id()), json=told(), headers=NEW)

    assert (answer.status_code, answer.json()["code"]) == (403, "collection.closed")


async def test_version_seen_or_new_must_be_said_and_the_future_tells_nothing(as_, cast, now):
    url = url_of(cast, new_id())
    tomorrow = told(told_at=(now + timedelta(days=1)).isoformat())

    assert (await as_("nora").put(url, json=told())).status_code == 428
    assert (await as_("nora").put(url, json=tomorrow, headers=NEW)).status_code == 422
    assert (await as_("nora").put(url, json=told(), headers={"If-Match": '"s1"'})).status_code == 404


async def test_ids_of_another_child_are_unusable(as_, cast):
    entry = await logged(as_, cast)

    answer = await as_("otto").put(url_of(cast, entry["id"], "tom"), json=told(), headers=NEW)

    assert (answer.status_code, answer.json()["code"]) == (403, "id_unusable")
