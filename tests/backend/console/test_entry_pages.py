"""An entry on the console: read in words, decided on in a form; whoever comes second is told and loses nothing."""

from datetime import timedelta

import pytest

from models import DataQuery, DiaryEntry, OutboxMessage
from tests.browsers import OUR_PAGE, read


async def test_entry_is_shown_in_words(browser_of, fracture):
    shown = read(await (await browser_of("nora")).see(f"/console/entries/{fracture.id}"))

    for words in ("SE01-001", "Thigh bone (femur), left", "20 Nov 2026, 14:30", "Reported by Mother",
                  "20 Nov 2026, 14:35 (UTC+01:00)", "Europe/Stockholm"):
        assert words in shown.text, words


async def test_nurse_gets_from_an_entry_to_its_participant(browser_of, cast, fracture):
    nora, max_ = await browser_of("nora"), await browser_of("max")
    there = f"/console/participants/{fracture.participant_id}"

    assert f'href="{there}"' in (await nora.see(f"/console/entries/{fracture.id}")).text
    assert (await nora.see(there)).status_code == 200
    for browser in (nora, max_):  # a link only for whom it leads somewhere
        shown = f'href="{there}"' in (await browser.see(f"/console/entries/{fracture.id}")).text
        assert shown == ((await browser.see(there)).status_code == 200)


async def test_code_that_the_dictionary_lacks_is_shown_as_it_is(browser_of, phone_of):
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item({"activity": "trampolining", "helmet": {"worn": True}}))

    shown = read(await (await browser_of("nora")).see(f"/console/entries/{made['id']}"))

    assert "trampolining" in shown.text
    assert 'helmet {"worn": true}' in shown.text
    assert "An answer is not on the list (What was going on) — not confirmed by the reporter" in shown.text


async def test_nora_validates_and_the_next_entry_opens(browser_of, phone_of):
    phone = phone_of("mia")
    first, second = [made["id"] for made in await phone.push(phone.item(), phone.item())]
    nora = await browser_of("nora")

    on = await nora.decide(first, "validation")
    last = await nora.decide(second, "validation")

    assert on.status_code == 303
    assert on.headers["location"].startswith(f"/console/entries/{second}?done=validation")
    assert last.headers["location"].startswith("/console/worklist?done=validation")
    assert "Everything is cleared." in read(await nora.see(last.headers["location"])).text
    assert await DiaryEntry.filter(state="validated").count() == 2
    assert await OutboxMessage.all().count() == 2


async def test_next_entry_is_not_one_that_a_colleague_has_taken(browser_of, phone_of):
    phone = phone_of("mia")
    first, second, third = [made["id"] for made in await phone.push(*[phone.item() for _ in range(3)])]
    await (await browser_of("iris")).decide(second, "assignment")

    on = await (await browser_of("nora")).decide(first, "validation")

    assert on.headers["location"].startswith(f"/console/entries/{third}")


async def test_question_goes_to_the_family_about_the_chosen_field(browser_of, fracture):
    answer = await (await browser_of("nora")).decide(
        fracture.id, "data-queries", field="/sites", question="Which side\r\nwas it?"
    )

    assert answer.status_code == 303
    query = await DataQuery.get()
    assert (query.field, query.question) == ("/sites", "Which side\nwas it?")
    assert (await DiaryEntry.get(id=fracture.id)).state == "query_open"


async def test_second_reviewer_is_told_what_changed_and_keeps_the_question(browser_of, fracture):
    nora, iris = await browser_of("nora"), await browser_of("iris")
    seen = read(await nora.see(f"/console/entries/{fracture.id}")).hidden["seen"]
    await iris.decide(fracture.id, "assignment")

    late = await nora.decide(fracture.id, "data-queries", seen=seen, field="/pain", question="How long did it hurt?")

    assert late.status_code == 412
    shown = read(late)
    assert "investigator took it or handed it over (received → in review)" in shown.text
    assert ">How long did it hurt?</textarea>" in late.text
    assert '<option value="/pain" selected>' in late.text
    assert await DataQuery.all().count() == 0
    again = await nora.decide(fracture.id, "data-queries", seen=shown.hidden["seen"], question="How long did it hurt?")
    assert again.status_code == 303


async def test_question_survives_also_when_the_entry_was_decided_meanwhile(browser_of, fracture):
    nora = await browser_of("nora")
    seen = read(await nora.see(f"/console/entries/{fracture.id}")).hidden["seen"]
    await (await browser_of("iris")).decide(fracture.id, "rejection", reason="not_plausible")

    late = await nora.decide(fracture.id, "data-queries", seen=seen, question="How long did it hurt?")

    assert late.status_code == 412
    assert "Your question was: How long did it hurt?" in read(late).text


async def test_validation_with_an_open_question_is_refused_on_the_page(browser_of, fracture):
    nora = await browser_of("nora")
    await nora.decide(fracture.id, "data-queries", question="Which side was it?")
    page = read(await nora.see(f"/console/entries/{fracture.id}"))

    answer = await nora.decide(fracture.id, "validation", seen=page.hidden["seen"])

    assert not any(action.endswith("/validation") for action in page.actions)
    assert answer.status_code == 409
    assert "A question about this entry is still open" in read(answer).text


async def test_answered_question_can_be_closed_but_not_unread(browser_of, phone_of, fracture):
    nora = await browser_of("nora")
    await nora.decide(fracture.id, "data-queries", question="Which side was it?")
    query = await DataQuery.get()
    before = read(await nora.see(f"/console/entries/{fracture.id}")).hidden["seen"]
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 3}, id=str(fracture.id), base_version=1, reason="answer_to_query"))

    unread = await nora.decide(fracture.id, f"data-queries/{query.id}/closure", seen=before)
    closed = await nora.decide(fracture.id, f"data-queries/{query.id}/closure")

    assert unread.status_code == 412
    assert closed.status_code == 303
    assert (await DataQuery.get()).state == "closed"


async def test_rejected_entry_is_opened_again(browser_of, fracture):
    nora = await browser_of("nora")
    no_reason = await nora.decide(fracture.id, "rejection")
    await nora.decide(fracture.id, "rejection", reason="not_plausible")

    back = await nora.decide(fracture.id, "reopening", reason="It was the right child")

    assert no_reason.status_code == 400
    assert "Please check “Reason”." in read(no_reason).text
    assert back.headers["location"] == f"/console/entries/{fracture.id}?done=reopening"
    assert (await DiaryEntry.get(id=fracture.id)).state == "in_review"


async def test_second_report_is_linked_to_the_first(browser_of, phone_of, fracture):
    ben = phone_of("ben")
    (second,) = await ben.push(ben.item())
    nora = await browser_of("nora")
    assert f'value="{fracture.id}"' in (await nora.see(f"/console/entries/{second['id']}")).text

    await nora.decide(second["id"], "duplicate-link", duplicate_of=str(fracture.id), reason="told_by_another")

    assert (await DiaryEntry.get(id=second["id"])).duplicate_of_id == fracture.id


async def test_both_sides_of_a_conflict_stand_side_by_side(browser_of, phone_of, fracture):
    mia, ben = phone_of("mia"), phone_of("ben")
    await mia.push(mia.item({"sites": [{"bone": "femur", "side": "right"}]}, id=str(fracture.id), base_version=1))
    (clash,) = await ben.push(ben.item({"sites": [{"bone": "tibia"}]}, id=str(fracture.id), base_version=1))
    assert clash["status"] == "conflict"

    shown = read(await (await browser_of("nora")).see(f"/console/entries/{fracture.id}"))

    assert "Two people wrote different things" in shown.text
    assert "Thigh bone (femur), right Shin bone (tibia)" in shown.text
    assert not any(action.endswith("/validation") for action in shown.actions)


async def test_correction_is_shown_with_what_it_changed(browser_of, phone_of, fracture):
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 7}, id=str(fracture.id), base_version=1, reason="remembered_better"))

    shown = read(await (await browser_of("nora")).see(f"/console/entries/{fracture.id}"))

    assert "Version 2" in shown.text
    assert "remembered better" in shown.text
    assert "Pain (0–10): 7 (added)" in shown.text
    assert "Version 1 Source data" in shown.text


async def test_otto_sees_nothing_of_stockholm(browser_of, fracture):
    otto = await browser_of("otto")

    assert "SE01-001" not in (await otto.see("/console/worklist")).text
    for answer in (await otto.see(f"/console/entries/{fracture.id}"), await otto.see("/console/worklist?site=SE01"),
                   await otto.decide(fracture.id, "validation", seen="s1")):
        assert answer.status_code == 404
        assert "There is nothing here" in read(answer).text
        assert "SE01" not in read(answer).text


async def test_monitor_sees_no_buttons_and_a_forged_post_is_refused(browser_of, fracture):
    nora, max_ = await browser_of("nora"), await browser_of("max")
    await nora.decide(fracture.id, "data-queries", question="Which side was it?")
    query = await DataQuery.get()
    page = await max_.see(f"/console/entries/{fracture.id}")

    assert page.status_code == 200
    assert read(page).actions == []
    for what in ("validation", "assignment", "release", "rejection", "reopening", "duplicate-link", "data-queries",
                 f"data-queries/{query.id}/closure"):
        forged = await max_.decide(fracture.id, what, seen=f"s{fracture.seq}")
        assert (what, forged.status_code) == (what, 403)
    assert "Your role does not allow this" in read(forged).text


async def test_data_manager_may_ask_and_not_validate(browser_of, fracture):
    actions = read(await (await browser_of("dana")).see(f"/console/entries/{fracture.id}")).actions

    assert [action.rpartition("/")[2] for action in actions] == ["data-queries"]


async def test_form_of_a_foreign_page_is_refused(browser_of, fracture):
    nora = await browser_of("nora")
    url = f"/console/entries/{fracture.id}/validation"

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {},
                    {"Origin": "https://elsewhere.example"}):
        answer = await nora.client.post(url, data={"seen": f"s{fracture.seq}"}, headers=headers)
        assert answer.status_code == 403
        assert "did not come from our page" in read(answer).text
    assert (await DiaryEntry.get(id=fracture.id)).state == "received"


async def test_act_without_the_version_seen_is_refused(browser_of, fracture):
    answer = await (await browser_of("nora")).post(f"/console/entries/{fracture.id}/validation", note="x")

    assert answer.status_code == 428
    read(answer)


@pytest.mark.parametrize(("content", "kind"), [
    (b"seen=s1&question=%ff", "application/x-www-form-urlencoded"), (b"seen=\xff", "application/x-www-form-urlencoded"),
    (b"seen=s1&question=%00", "application/x-www-form-urlencoded"), (b'{"seen": "s1"}', "application/json"),
    (b"a=1&" * 50, "application/x-www-form-urlencoded"), (b"seen=s1&due_on=2026-13-45&question=x",
                                                          "application/x-www-form-urlencoded"),
])
async def test_form_that_can_not_be_read_is_a_calm_page(browser_of, fracture, content, kind):
    nora = await browser_of("nora")

    answer = await nora.client.post(f"/console/entries/{fracture.id}/data-queries", content=content,
                                    headers={**OUR_PAGE, "Content-Type": kind})

    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text
    assert await DataQuery.all().count() == 0


async def test_question_due_in_the_past_is_refused_and_kept(browser_of, fracture, now):
    yesterday = (now - timedelta(days=1)).date().isoformat()

    answer = await (await browser_of("nora")).decide(fracture.id, "data-queries", question="Side?", due_on=yesterday)

    assert answer.status_code == 400
    assert "Please check “Answer wanted by”." in read(answer).text
    assert ">Side?</textarea>" in answer.text


async def test_what_a_family_writes_is_text_and_never_markup(browser_of, phone_of):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"
    phone = phone_of("mia")
    (made,) = await phone.push(phone.item({"note": evil, "activity": evil[:100], evil[:50]: evil}))
    (again,) = await phone.push(phone.item({"note": "calm"}, id=made["id"], base_version=1))
    assert again["status"] == "applied"

    shown = await (await browser_of("nora")).see(f"/console/entries/{made['id']}")

    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text
    assert evil in read(shown).text
