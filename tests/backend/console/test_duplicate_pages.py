"""Two reports side by side on the entry page: linked, unlinked or told apart with one button each."""

import pytest

from models import DiaryEntry, EntryComparison
from tests.browsers import read


@pytest.fixture
async def second(phone_of, fracture):
    """What Ben told of the same fracture; his own words."""
    ben = phone_of("ben")
    told = {"occurred": "2026-11-20", "sites": [{"bone": "femur"}], "pain": 7}
    (made,) = await ben.push(ben.item(told))
    return made["id"]


async def test_suggested_report_stands_beside_this_one(browser_of, fracture, second):
    nora = await browser_of("nora")
    assert "Told twice?" in (await nora.see("/console/worklist")).text

    shown = read(await nora.see(f"/console/entries/{second}"))

    assert "May tell of the same fracture" in shown.text
    assert "Where (differs) Thigh bone (femur) Thigh bone (femur), left" in shown.text
    assert any(action.endswith("/duplicate-link") for action in shown.actions)


async def test_nora_links_and_unlinks(browser_of, fracture, second):
    nora = await browser_of("nora")
    await nora.decide(second, "duplicate-link", duplicate_of=str(fracture.id), reason="told_by_another")
    linked = read(await nora.see(f"/console/entries/{second}"))
    head = read(await nora.see(f"/console/entries/{fracture.id}"))

    assert "This report is linked to another one, which stands for both" in linked.text
    assert "Another report is linked to this one, which stands for both" in head.text
    assert [action.rpartition("/")[2] for action in linked.actions] == ["duplicate-unlinking"]

    back = await nora.decide(second, "duplicate-unlinking", reason="another_event")
    assert back.headers["location"] == f"/console/entries/{second}?done=duplicate-unlinking"
    assert (await DiaryEntry.get(id=second)).duplicate_of_id is None


async def test_link_without_a_reason_is_refused_on_the_page(browser_of, fracture, second):
    answer = await (await browser_of("nora")).decide(second, "duplicate-link", duplicate_of=str(fracture.id))

    assert answer.status_code == 400
    assert "Please check “Reason”." in read(answer).text


async def test_told_apart_is_not_shown_again(browser_of, fracture, second):
    nora = await browser_of("nora")

    await nora.decide(second, "told-apart", other_id=str(fracture.id), other_version="1")

    assert "May tell of the same" not in (await nora.see(f"/console/entries/{second}")).text
    assert "Told twice?" not in (await nora.see("/console/worklist")).text


async def test_other_report_corrected_meanwhile_is_not_told_apart_unseen(browser_of, phone_of, fracture, second):
    nora = await browser_of("nora")
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 1}, id=str(fracture.id), base_version=1, reason="details_added"))

    late = await nora.decide(second, "told-apart", other_id=str(fracture.id), other_version="1")

    assert late.status_code == 412
    assert await EntryComparison.all().count() == 0
    assert "May tell of the same fracture" in read(late).text


async def test_familys_word_stands_beside_the_suggestion(as_, cast, browser_of, fracture, second):
    await as_("ben").post(f"/api/v1/participants/{cast.leo.id}/entries/{second}/comparisons",
                          json={"other_id": str(fracture.id), "said": "different"})

    shown = read(await (await browser_of("nora")).see(f"/console/entries/{second}"))

    assert "Somebody of the family was asked, and said: another one." in shown.text


@pytest.mark.parametrize("name", ["max", "bea"])
async def test_who_may_not_decide_gets_no_buttons(browser_of, fracture, second, name):
    browser = await browser_of(name)
    page = read(await browser.see(f"/console/entries/{second}"))

    assert page.actions == []
    assert ("May tell of the same fracture" in page.text) is (name == "max"), "a blinded reader sees one report"
    for what in ("duplicate-unlinking", "told-apart"):
        assert (await browser.decide(second, what, seen="s1")).status_code == 403
