"""Two people report one fracture: suggested to staff, asked of families, linked by staff alone, always reversible."""

import pytest

from models import AuditEvent, DiaryEntry, EntryComparison, OutboxMessage
from models.statement import rows

FEMUR = {"occurred": "2026-11-10", "sites": [{"bone": "femur", "side": "left"}]}


@pytest.fixture
def report(phone_of):
    """`await report("ben", …)`: a fracture that this person logs for Leo; returns its id."""

    async def log(name, data=None, **changes):
        phone = phone_of(name)
        (made,) = await phone.push(phone.item({**(data or FEMUR), **changes}))
        assert made["status"] == "applied", made
        return made["id"]

    return log


async def suggested(client, participant):
    answer = await client.get(f"/api/v1/participants/{participant.id}/duplicate-suggestions")
    assert answer.status_code == 200, answer.text
    return [(pair["kind"], pair["first"]["entry_id"], pair["second"]["entry_id"]) for pair in answer.json()]


async def act(client, entry_id, what, body):
    seen = (await client.get(f"/api/v1/review/entries/{entry_id}")).headers.get("etag", '"s0"')
    return await client.post(f"/api/v1/review/entries/{entry_id}/{what}", headers={"If-Match": seen}, json=body)


async def link(client, entry_id, of, reason="told_by_another"):
    return await act(client, entry_id, "duplicate-link", {"duplicate_of": str(of), "reason": reason})


@pytest.mark.parametrize(("changes", "kind"), [
    ({}, "same_event"),
    ({"occurred": "2026-11-13"}, "same_event"),
    ({"occurred": "2026-11"}, "same_event"),
    ({"sites": [{"bone": "femur"}]}, "same_event"),
    ({"sites": [{"bone": "unknown"}, {"bone": "rib"}]}, "same_event"),
    ({"sites": []}, "same_event"),
    ({"occurred": "2026-11-14"}, "re_fracture"),
    ({"occurred": "2026-10-01"}, "re_fracture"),
    ({"occurred": "2026-09-28"}, None),
    ({"occurred": "2026-11-20", "sites": [{"bone": "femur", "side": "left", "segment": "shaft"}]}, "re_fracture"),
    ({"occurred": "2026-11-20", "sites": [{"bone": "unknown", "side": "left"}]}, None),
    ({"sites": [{"bone": "femur", "side": "right"}]}, None),
    ({"sites": [{"bone": "tibia", "side": "left"}]}, None),
])
async def test_two_reports_are_suggested_by_time_and_bone(as_, cast, report, changes, kind):
    first, second = await report("mia"), await report("ben", **changes)

    assert await suggested(as_("nora"), cast.leo) == ([(kind, first, second)] if kind else [])


async def test_place_that_had_not_healed_asks_about_the_last_fracture_there_whenever_that_was(as_, cast, report):
    await report("mia", occurred="2025-01-10")
    last = await report("mia", occurred="2026-01-10")
    again = await report("mia", sites=[{"bone": "femur", "side": "left", "same_place_before": "yes_not_healed"}])

    assert await suggested(as_("nora"), cast.leo) == [("re_fracture", last, again)]


@pytest.mark.parametrize("name", ["mia", "greta", "nora"])
async def test_reports_are_compared_whoever_wrote_them(as_, cast, report, name, now):
    first = await report("ben")
    if name == "nora":
        body = {"kind": "fracture", "data": FEMUR, "source": "chart_review", "told_at": now.isoformat()}
        second = "01932f6e-8a00-7c4e-9d11-5b1f0c3a2e77"
        url = f"/api/v1/participants/{cast.leo.id}/entries-on-behalf/{second}"
        answer = await as_("nora").put(url, json=body, headers={"If-None-Match": "*"})
        assert answer.status_code == 201, answer.text
    else:
        second = await report(name)

    assert await suggested(as_("max"), cast.leo) == [("same_event", first, second)]


async def test_what_was_taken_back_or_rejected_is_not_suggested(as_, cast, phone_of, report):
    first, second = await report("mia"), await report("ben")
    await act(as_("nora"), first, "rejection", {"reason": "test_entry"})
    assert await suggested(as_("nora"), cast.leo) == []

    third = await report("mia")
    assert await suggested(as_("nora"), cast.leo) == [("same_event", second, third)]
    phone = phone_of("mia")
    await phone.push(phone.item({}, id=third, op="delete", base_version=1, reason="entered_in_error"))
    assert await suggested(as_("nora"), cast.leo) == []


async def test_linked_reports_ask_no_more_and_both_voices_stay(as_, cast, phone_of, report):
    first, second = await report("mia"), await report("ben", pain=7)

    answer = await link(as_("nora"), second, first)

    assert answer.status_code == 200, answer.text
    assert await suggested(as_("nora"), cast.leo) == []
    told = {change["id"]: change for change in (await phone_of("ben").pull())["changes"]}
    assert (told[second]["state"], told[second]["duplicate_of"], told[second]["data"]["pain"]) == (
        "duplicate", first, 7)
    assert "duplicate_of" not in told[first]
    view = await as_("mia").get(f"/api/v1/participants/{cast.leo.id}/entries/{second}")
    assert view.json()["duplicate_of"] == first
    assert (await AuditEvent.get(action="diary_entry.mark_duplicate")).reason == "told_by_another"


async def test_carer_who_may_report_only_does_not_learn_of_the_other_report(as_, cast, report):
    first, second = await report("mia"), await report("greta")
    await link(as_("nora"), second, first)

    greta = as_("greta")
    answer = await greta.patch(
        f"/api/v1/participants/{cast.leo.id}/entries/{second}", headers={"If-Match": '"v1"'},
        json={"data": {"pain": 2}, "reason": "mistyped"},
    )

    assert answer.status_code == 200, answer.text
    assert first not in answer.text
    assert (await greta.get(f"/api/v1/participants/{cast.leo.id}/similar-entries")).status_code in (403, 404)


async def test_link_needs_a_reason_of_the_list(as_, report):
    first, second = await report("mia"), await report("ben")

    assert (await act(as_("nora"), second, "duplicate-link", {"duplicate_of": first})).status_code == 400
    assert (await link(as_("nora"), second, first, "felt like it")).status_code == 400
    assert (await DiaryEntry.get(id=second)).state == "received"


async def test_links_make_neither_chain_nor_circle(as_, report):
    nora = as_("nora")
    first, second, third, fourth = [await report(name) for name in ("mia", "ben", "mia", "ben")]
    await link(nora, second, first)
    await link(nora, third, second)  # to a linked one: to the one that stands for it
    assert str((await DiaryEntry.get(id=third)).duplicate_of_id) == first
    circle = await link(nora, first, second)
    assert (circle.status_code, circle.json()["code"]) == (409, "state.refuses")

    await link(nora, first, fourth)  # brings its own along

    assert {str(entry.duplicate_of_id) for entry in await DiaryEntry.filter(state="duplicate")} == {fourth}
    assert await DiaryEntry.filter(state="duplicate").count() == 3


async def test_unlinking_takes_back_exactly_what_linking_did(as_, report):
    nora = as_("nora")
    first, second, third, fourth = [await report(name) for name in ("mia", "ben", "mia", "ben")]
    await link(nora, second, first)
    await link(nora, third, fourth)
    await link(nora, first, fourth)

    answer = await act(nora, first, "duplicate-unlinking", {"reason": "linked_by_mistake"})

    assert answer.status_code == 200, answer.text
    heads = {str(entry.id): str(entry.duplicate_of_id) for entry in await DiaryEntry.all()}
    assert heads == {first: "None", second: first, third: fourth, fourth: "None"}
    assert (await DiaryEntry.get(id=first)).state == "in_review"
    events = await AuditEvent.filter(action="diary_entry.unlink").order_by("seq")
    assert [event.changes["duplicate_of"] for event in events] == [[fourth, first], [fourth, None]]
    assert (await act(nora, first, "duplicate-unlinking", {"reason": "another_event"})).status_code == 409


async def test_link_of_what_had_left_is_told_to_the_study_team(as_, report):
    nora = as_("nora")
    first, second = await report("mia"), await report("ben")
    seen = (await nora.get(f"/api/v1/review/entries/{second}")).headers["etag"]
    await nora.post(f"/api/v1/review/entries/{second}/validation", headers={"If-Match": seen})

    await link(nora, second, first)

    assert [m.kind for m in await OutboxMessage.filter(entry_id=second).order_by("number")] == ["created", "voided"]


async def test_nothing_is_linked_to_what_was_rejected_or_is_of_another_child(as_, phone_of, report):
    nora = as_("nora")
    first, second = await report("mia"), await report("ben")
    await act(nora, first, "rejection", {"reason": "test_entry"})
    eve = phone_of("eve", "tom")
    (foreign,) = await eve.push(eve.item(FEMUR))

    assert (await link(nora, second, first)).status_code == 409
    assert (await link(nora, second, foreign["id"])).status_code == 404
    assert (await link(nora, second, second)).status_code == 404


async def test_told_apart_is_not_asked_again_until_one_of_them_changes(as_, cast, phone_of, report):
    first, second = await report("mia"), await report("ben")
    body = {"other_id": first, "other_version": 1}

    answer = await act(as_("nora"), second, "told-apart", body)

    assert answer.status_code == 200, answer.text
    assert await suggested(as_("nora"), cast.leo) == []
    assert (await AuditEvent.get(action="diary_entry.tell_apart")).changes["said"] == [None, "different"]
    phone = phone_of("ben")
    await phone.push(phone.item({"pain": 3}, id=second, base_version=1, reason="details_added"))
    assert await suggested(as_("nora"), cast.leo) == [("same_event", first, second)]
    assert (await act(as_("nora"), first, "told-apart", {"other_id": second, "other_version": 1})).status_code == 412


async def test_guardians_answer_is_a_note_for_staff_and_links_nothing(as_, cast, report):
    first, second = await report("mia"), await report("ben")
    here = f"/api/v1/participants/{cast.leo.id}"
    asked = (await as_("ben").get(f"{here}/similar-entries")).json()
    assert asked == [{"entry_id": first, "other_id": second, "kind": "same_event", "answered": None}]

    said = await as_("ben").post(f"{here}/entries/{second}/comparisons", json={"other_id": first, "said": "same"})

    assert said.status_code == 201, said.text
    assert said.json()[0]["answered"] == "same"
    assert (await as_("mia").get(f"{here}/similar-entries")).json()[0]["answered"] is None
    assert {entry.state for entry in await DiaryEntry.all()} == {"received"}
    (pair,) = (await as_("nora").get(f"{here}/duplicate-suggestions")).json()
    assert [(word["said"], word["from_staff"]) for word in pair["said"]] == [("same", False)]
    await as_("ben").post(f"{here}/entries/{first}/comparisons", json={"other_id": second, "said": "same"})
    assert await EntryComparison.all().count() == 1, "the same word again is no further one"
    await as_("ben").post(f"{here}/entries/{second}/comparisons", json={"other_id": first, "said": "different"})
    assert len(await suggested(as_("nora"), cast.leo)) == 1, "a family's word ends no question"


@pytest.mark.parametrize("rewrite", ["UPDATE entry_comparison SET said = 'same'", "DELETE FROM entry_comparison"])
async def test_what_was_said_can_not_be_rewritten(as_, cast, report, rewrite):
    first, second = await report("mia"), await report("ben")
    await act(as_("nora"), second, "told-apart", {"other_id": first, "other_version": 1})

    with pytest.raises(Exception, match="append-only"):
        await rows(rewrite)


async def test_foreign_family_and_staff_of_another_site_get_nowhere(as_, cast, report):
    first, second = await report("mia"), await report("ben")
    here = f"/api/v1/participants/{cast.leo.id}"
    body = {"other_id": first, "said": "same"}

    for name in ("eve", "otto", "nora", "bea"):
        answer = await as_(name).post(f"{here}/entries/{second}/comparisons", json=body)
        assert answer.status_code in (403, 404), name
    assert (await as_("otto").get(f"{here}/duplicate-suggestions")).status_code == 404
    assert (await as_("bea").get(f"{here}/duplicate-suggestions")).status_code == 403
    assert (await act(as_("otto"), second, "told-apart", {"other_id": first, "other_version": 1})).status_code == 404
    assert (await act(as_("max"), second, "told-apart", {"other_id": first, "other_version": 1})).status_code == 403
    assert await EntryComparison.all().count() == 0


async def test_worklist_marks_reports_that_may_be_of_one_fracture(as_, report):
    first, second = await report("mia"), await report("ben")
    third = await report("mia", sites=[{"bone": "toe", "side": "left"}])

    items = (await as_("nora").get("/api/v1/worklist")).json()["items"]

    assert {item["entry_id"]: item["may_be_duplicate"] for item in items} == {first: True, second: True, third: False}


async def test_corrected_duplicate_that_is_validated_stands_for_itself(as_, phone_of, report):
    nora = as_("nora")
    first, second = await report("mia"), await report("ben")
    await link(nora, second, first)
    phone = phone_of("ben")
    await phone.push(phone.item({"sites": [{"bone": "toe"}]}, id=second, base_version=1, reason="remembered_better"))
    seen = (await nora.get(f"/api/v1/review/entries/{second}")).headers["etag"]

    await nora.post(f"/api/v1/review/entries/{second}/validation", headers={"If-Match": seen})

    entry = await DiaryEntry.get(id=second)
    assert (entry.state, entry.duplicate_of_id) == ("validated", None)
