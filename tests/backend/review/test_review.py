"""Review: worklist, decisions under the version seen, data queries that travel to the family and back."""

import pytest

from models import AuditEvent, DiaryEntry, Guardianship, Notice, OutboxMessage
from models.vocabulary import Relation


@pytest.fixture
async def fracture(phone_of):
    """A fracture that Mia logged for Leo."""
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item())
    return await DiaryEntry.get(id=made["id"])


async def act(client, entry_id, what, body=None, seen=None):
    seen = seen or (await client.get(f"/api/v1/review/entries/{entry_id}")).headers.get("etag", '"s0"')
    content = {"json": body} if body is not None else {}
    return await client.post(f"/api/v1/review/entries/{entry_id}/{what}", headers={"If-Match": seen}, **content)


async def test_new_entry_stands_on_the_worklist_of_its_own_site_only(as_, fracture):
    at_stockholm = await as_("nora").get("/api/v1/worklist")
    at_london = await as_("otto").get("/api/v1/worklist")

    assert [item["entry_id"] for item in at_stockholm.json()["items"]] == [str(fracture.id)]
    assert at_london.json()["items"] == []
    assert (await as_("otto").get("/api/v1/worklist", params={"site": "SE01"})).status_code == 404


async def test_coordinator_of_another_site_gets_not_found(as_, fracture):
    assert (await as_("otto").get(f"/api/v1/review/entries/{fracture.id}")).status_code == 404
    assert (await act(as_("otto"), fracture.id, "validation")).status_code == 404


async def test_validating_puts_one_message_per_destination_into_the_outbox(as_, fracture):
    answer = await act(as_("nora"), fracture.id, "validation")

    assert answer.status_code == 200, answer.text
    assert answer.json()["entry"]["state"] == "validated"
    message = await OutboxMessage.get()
    assert (message.kind, message.entry_version, message.number) == ("created", 1, 1)
    assert (await AuditEvent.get(action="diary_entry.validate")).changes["state"] == ["received", "validated"]


async def test_monitor_can_read_but_not_decide(as_, fracture):
    assert (await as_("max").get(f"/api/v1/review/entries/{fracture.id}")).status_code == 200
    assert (await act(as_("max"), fracture.id, "validation")).status_code == 403


async def test_second_reviewer_is_told_what_changed(as_, fracture):
    seen = (await as_("nora").get(f"/api/v1/review/entries/{fracture.id}")).headers["etag"]
    await act(as_("iris"), fracture.id, "rejection", {"reason": "not_plausible"}, seen)

    late = await act(as_("nora"), fracture.id, "validation", seen=seen)

    assert late.status_code == 412
    assert late.json()["changed_since"][0]["action"] == "diary_entry.reject"
    assert await OutboxMessage.all().count() == 0


async def test_act_without_the_version_seen_is_refused(as_, fracture):
    answer = await as_("nora").post(f"/api/v1/review/entries/{fracture.id}/validation")

    assert answer.status_code == 428


async def test_question_goes_to_the_family_and_the_answer_returns_the_entry(as_, cast, fracture):
    asked = await act(as_("nora"), fracture.id, "data-queries", {"field": "/sites", "question": "Which side was it?"})
    assert asked.status_code == 201, asked.text
    assert (await DiaryEntry.get(id=fracture.id)).state == "query_open"
    assert {notice.account_id for notice in await Notice.filter(kind="query_waiting")} == {cast.mia.id, cast.ben.id}

    (question,) = (await as_("ben").get(f"/api/v1/participants/{cast.leo.id}/data-queries")).json()
    answered = await as_("ben").post(
        f"/api/v1/data-queries/{question['id']}/replies", json={"text": "The left one"},
        headers={"Idempotency-Key": "k1"},
    )

    assert answered.status_code == 201, answered.text
    assert (await DiaryEntry.get(id=fracture.id)).state == "answered"
    worklist = (await as_("nora").get("/api/v1/worklist")).json()["items"]
    assert [item["state"] for item in worklist] == ["answered"]


async def test_entry_with_an_open_question_cannot_be_validated(as_, fracture):
    await act(as_("nora"), fracture.id, "data-queries", {"question": "Which side was it?"})

    answer = await act(as_("nora"), fracture.id, "validation")

    assert (answer.status_code, answer.json()["code"]) == (409, "diary_entry.query_open")


async def test_correction_answers_the_question_and_returns_the_entry(as_, phone_of, fracture):
    await act(as_("nora"), fracture.id, "data-queries", {"field": "/sites", "question": "Which side was it?"})
    phone = phone_of("mia")

    await phone.push(phone.item({"sites": [{"bone": "femur", "side": "right"}]}, id=str(fracture.id), base_version=1,
                                reason="answer_to_query"))

    assert (await DiaryEntry.get(id=fracture.id)).state == "answered"
    assert (await act(as_("nora"), fracture.id, "validation")).json()["queries"][0]["state"] == "closed"


async def test_answer_sent_twice_is_one_reply(as_, cast, fracture):
    await act(as_("nora"), fracture.id, "data-queries", {"question": "Which side was it?"})
    (question,) = (await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/data-queries")).json()
    url, key = f"/api/v1/data-queries/{question['id']}/replies", {"Idempotency-Key": "k1"}

    first = await as_("mia").post(url, json={"text": "left"}, headers=key)
    again = await as_("mia").post(url, json={"text": "left"}, headers=key)
    other = await as_("mia").post(url, json={"text": "right"}, headers=key)

    assert again.json() == first.json()
    assert len(again.json()["replies"]) == 1
    assert other.status_code == 422
    assert (await as_("mia").post(url, json={"text": "left"})).status_code == 400


async def test_correction_after_validation_goes_back_to_review_and_leaves_as_amended(as_, phone_of, fracture):
    await act(as_("nora"), fracture.id, "validation")
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 7}, id=str(fracture.id), base_version=1, reason="remembered_better"))
    assert (await DiaryEntry.get(id=fracture.id)).state == "in_review"
    assert await OutboxMessage.all().count() == 1

    await act(as_("nora"), fracture.id, "validation")

    assert [m.kind for m in await OutboxMessage.all().order_by("number")] == ["created", "amended"]


async def test_retraction_of_a_validated_entry_is_told_at_once(as_, phone_of, fracture):
    await act(as_("nora"), fracture.id, "validation")
    phone = phone_of("mia")

    await phone.push(phone.item({}, id=str(fracture.id), op="delete", base_version=1, reason="entered_in_error"))

    assert [m.kind for m in await OutboxMessage.all().order_by("number")] == ["created", "voided"]


async def test_reopened_entry_can_be_rejected_and_is_voided(as_, fracture):
    await act(as_("nora"), fracture.id, "validation")
    await act(as_("nora"), fracture.id, "reopening", {"reason": "wrong child"})

    await act(as_("nora"), fracture.id, "rejection", {"reason": "not_this_participant"})

    assert [m.kind for m in await OutboxMessage.all().order_by("number")] == ["created", "voided"]


async def test_second_report_of_the_same_event_is_linked_and_both_stay(as_, phone_of, fracture):
    ben = phone_of("ben")
    (second,) = await ben.push(ben.item())

    body = {"duplicate_of": str(fracture.id), "reason": "told_by_another"}
    answer = await act(as_("nora"), second["id"], "duplicate-link", body)

    assert answer.json()["entry"]["state"] == "duplicate"
    assert (await DiaryEntry.get(id=second["id"])).duplicate_of_id == fracture.id
    assert await DiaryEntry.all().count() == 2


async def test_entry_is_handed_to_a_colleague_of_the_site_only(as_, cast, fracture):
    to_otto = await act(as_("nora"), fracture.id, "assignment", {"assignee_id": str(cast.otto.id)})
    to_iris = await act(as_("nora"), fracture.id, "assignment", {"assignee_id": str(cast.iris.id)})

    assert to_otto.status_code == 422
    assert to_iris.json()["entry"]["state"] == "in_review"


async def test_worklist_pages_without_skipping_or_repeating(as_, phone_of):
    phone = phone_of("mia")
    made = [r["id"] for r in await phone.push(*[phone.item() for _ in range(7)])]

    seen, cursor = [], None
    while True:
        page = (await as_("nora").get("/api/v1/worklist", params={"limit": 3} | ({"cursor": cursor} if cursor else {})))
        seen += [item["entry_id"] for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if not cursor:
            break

    assert sorted(seen) == sorted(made)


async def test_audit_trail_numbers_every_act_without_a_gap(as_, cast, phone_of, fracture):
    await act(as_("nora"), fracture.id, "data-queries", {"question": "Which side was it?"})
    await act(as_("nora"), fracture.id, "rejection", {"reason": "other"})

    events = (await as_("max").get(f"/api/v1/participants/{cast.leo.id}/audit-events")).json()["items"]

    assert [e["seq"] for e in events] == list(range(len(events), 0, -1))
    assert not any("mia" in str(event).lower() for event in events)


async def test_answer_that_nobody_has_read_is_not_closed_with_its_question(as_, cast, fracture):
    asked = (await act(as_("nora"), fracture.id, "data-queries", {"question": "Which side was it?"})).json()
    await as_("mia").post(f"/api/v1/data-queries/{asked['id']}/replies", json={"text": "left"},
                          headers={"Idempotency-Key": "k1"})
    closure = f"/api/v1/data-queries/{asked['id']}/closure"

    unread = await as_("nora").post(closure, headers={"If-Match": f'"s{asked["seq"]}"'})
    (read,) = (await as_("nora").get(f"/api/v1/review/entries/{fracture.id}")).json()["queries"]
    closed = await as_("nora").post(closure, headers={"If-Match": f'"s{read["seq"]}"'})

    assert unread.status_code == 412
    assert unread.json()["changed_since"][0]["action"] == "data_query.answer"
    assert closed.json()["state"] == "closed"


async def test_kept_answer_is_not_given_to_a_guardian_whose_guardianship_has_ended(as_, fracture, cast, now):
    await cast.guardian("mia", cast.tom, Relation.MOTHER)  # so that her role still allows answering, elsewhere
    question = (await act(as_("nora"), fracture.id, "data-queries", {"question": "Which hospital?"})).json()
    url, key = f"/api/v1/data-queries/{question['id']}/replies", {"Idempotency-Key": "k1"}
    first = await as_("mia").post(url, json={"text": "The big one"}, headers=key)

    await Guardianship.filter(account_id=cast.mia.id, participant_id=cast.leo.id).update(ends_at=now)
    again = await as_("mia").post(url, json={"text": "The big one"}, headers=key)

    assert (first.status_code, again.status_code) == (201, 404)
