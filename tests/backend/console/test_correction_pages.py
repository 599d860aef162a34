"""Correcting what staff wrote down: the page shows it as it was typed, asks why, and keeps what it does not ask."""

from html.parser import HTMLParser

import httpx
import pytest

from backend.console.on_behalf_form import answers_typed, typed_from
from models import DiaryEntry, EntryRevision
from models.protocol import load_protocol
from tests.backend.console.test_on_behalf_pages import FRACTURE, page_of, written
from tests.browsers import read

FORM = load_protocol().form("fracture")


class _Fields(HTMLParser):
    """What a browser would send back: what is typed, chosen and ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found[given["name"]] = given["value"]
        if tag in ("select", "textarea"):
            self.inside, self.found[given["name"]] = given["name"], ""
        if tag == "option" and "selected" in given:
            self.found[self.inside] = given["value"]

    def handle_data(self, data):
        if self.lasttag == "textarea" and self.inside:
            self.found[self.inside], self.inside = data.removeprefix("\n"), ""


def fields_of(answer: httpx.Response) -> dict[str, str]:
    reader = _Fields()
    reader.feed(answer.text)
    return reader.found


@pytest.mark.parametrize("data", [
    {}, {"occurred": "2026"}, {"occurred": "2026-09"}, {"occurred": "2026-09-02"}, {"occurred": "2026-09-02T04:05"},
    {"sites": [{"bone": "femur", "side": "left"}, {"bone": "tibia"}], "pain": 0, "care_sought": ["admitted"],
     "note": "A\nB", "activity": "play"},
])
def test_answers_come_back_as_they_were_shown(data):
    assert answers_typed(FORM, typed_from(FORM, data)) == data


@pytest.fixture
async def told(browser_of, cast):
    await written(await browser_of("nora"), cast, FRACTURE)
    return await DiaryEntry.get()


async def test_nurse_corrects_one_answer_with_a_reason_and_all_others_stay(browser_of, cast, told):
    nora, url = await browser_of("nora"), f"{page_of(cast)}/{told.id}"
    await DiaryEntry.filter(id=told.id).update(data={**told.data, "newer_field": "kept"})

    entry_page = await nora.see(f"/console/entries/{told.id}")
    form = fields_of(await nora.see(url))
    without = await nora.post(url, **{**form, "data.pain": "2"})
    done = await nora.post(url, **{**form, "data.pain": "2", "reason": "mistyped"})

    assert f'href="{url}"' in entry_page.text
    assert form["told_by"] == "relation:father"
    assert (without.status_code, "Please say why you correct it" in without.text) == (422, True)
    assert done.headers["location"] == f"/console/entries/{told.id}?done=corrected"
    entry, revision = await DiaryEntry.get(), await EntryRevision.get(version=2)
    assert entry.data == {**told.data, "newer_field": "kept", "pain": 2}
    assert (revision.reason, revision.author_id, revision.relation) == ("mistyped", cast.nora.id, "father")


async def test_what_changed_meanwhile_is_not_overwritten(browser_of, cast, told):
    nora, url = await browser_of("nora"), f"{page_of(cast)}/{told.id}"
    form = fields_of(await nora.see(url))
    await nora.post(url, **{**form, "data.pain": "2", "reason": "mistyped"})

    late = await nora.post(url, **{**form, "data.pain": "9", "reason": "other"})

    assert late.status_code == 412
    assert "Somebody has changed it since you opened this page." in read(late).text
    assert (await DiaryEntry.get()).data["pain"] == 2


async def test_what_the_family_wrote_has_no_such_page(browser_of, cast, fracture):
    nora = await browser_of("nora")

    typed = {"seen": f"s{fracture.seq}", "reason": "mistyped", "told_by": "chart"}
    answer = await nora.post(f"{page_of(cast)}/{fracture.id}", **typed)

    assert "Correct what was written down" not in (await nora.see(f"/console/entries/{fracture.id}")).text
    assert (answer.status_code, "ask them with a data query" in answer.text) == (409, True)


@pytest.mark.parametrize(("who", "status"), [("max", 403), ("bea", 403), ("otto", 404)])
async def test_others_correct_nothing(browser_of, cast, told, who, status):
    browser, url = await browser_of(who), f"{page_of(cast)}/{told.id}"

    assert (await browser.see(url)).status_code == status
    assert (await browser.post(url, seen=f"s{told.seq}", reason="mistyped", told_by="chart")).status_code == status
    elsewhere = await (await browser_of("nora")).see(f"{page_of(cast, 'tom')}/{told.id}")
    assert elsewhere.status_code == 404
