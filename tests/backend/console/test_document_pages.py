"""Consent texts on the staff pages: added, listed, and kept word for word."""

import hashlib
import re

import pytest

from models import ConsentDocument
from tests.browsers import read

HERE = "/console/documents"
TEXT = "\n  Dear parents,\r\n\r\n<b>read</b> this &amp; \"sign\".  \r\nÅsa\r\n"
KEPT = TEXT.replace("\r\n", "\n")
TYPED = {
    "title": "Information for guardians", "code": "guardian-information", "version": "1.0", "language": "sv",
    "audience": "custodian", "site": "SE01", "valid_from": "2026-03-01", "body": TEXT,
}


async def added(browser, **more):
    return await browser.post(f"{HERE}/new", **{**TYPED, **more})


async def test_coordinator_adds_a_text_that_is_kept_word_for_word(browser_of, cast):
    nora = await browser_of("nora")

    answer = await added(nora)

    document = await ConsentDocument.get()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/{document.id}?done=document")
    assert (document.body, document.site_id) == (KEPT, cast.sites["SE01"].id)
    assert document.valid_from.isoformat() == "2026-02-28T23:00:00+00:00"
    shown = await nora.see(answer.headers["location"])
    assert "&lt;b&gt;read&lt;/b&gt; this &amp;amp; &#34;sign&#34;.  \nÅsa\n</section>" in shown.text
    assert hashlib.sha256(KEPT.encode()).hexdigest() in shown.text
    listed = read(await nora.see(HERE)).text
    assert "Information for guardians guardian-information 1.0 sv not in en Custodians SE01 1 Mar 2026" in listed


async def test_page_warns_of_the_languages_of_the_families_until_they_are_there(browser_of, cast):
    nora = await browser_of("nora")

    one = await nora.see((await added(nora)).headers["location"])
    other = await nora.see((await added(nora, language="en", body="Dear parents")).headers["location"])

    assert "Version 1.0 is missing in: en. Families at SE01 read this language" in read(one).text
    assert "is missing in" not in read(other).text
    assert "not in" not in read(await nora.see(HERE)).text.partition("Title")[2]


@pytest.mark.parametrize(("wrong", "question"), [
    ({"code": "Not A Code"}, "code"),
    ({"valid_from": "soon"}, "valid_from"),
    ({"body": " \r\n "}, "body"),
    ({"body": "ö" * 100_001}, "body"),
    ({"audience": ""}, "audience"),
    ({"required_from": "2026-01-01"}, "required_from"),
    ({"age_from": "12", "age_to": "6"}, "age_to"),
])
async def test_what_is_wrong_stands_beside_its_question_and_nothing_is_lost(browser_of, wrong, question):
    answer = await added(await browser_of("nora"), **wrong)

    assert answer.status_code in (400, 422), answer.text
    assert re.search(rf'<div class="fault" id="about-{question}">', answer.text)
    assert 'value="Information for guardians"' in answer.text
    if question != "body":
        assert "&lt;b&gt;read&lt;/b&gt;" in answer.text
    assert await ConsentDocument.all().count() == 0


async def test_the_same_version_twice_is_refused(browser_of):
    nora = await browser_of("nora")
    await added(nora)

    again = await added(nora, body="Another wording")

    assert (again.status_code, "This exists already." in read(again).text) == (409, True)
    assert "Another wording" in again.text


async def test_texts_of_all_sites_come_from_whoever_works_for_all(browser_of):
    own, foreign = [await added(await browser_of("nora"), site=site) for site in ("all", "GB01")]
    unsaid, for_all = [await added(await browser_of("alma"), site=site) for site in ("", "all")]

    assert (own.status_code, foreign.status_code) == (404, 404)
    assert (unsaid.status_code, 'id="about-site"' in unsaid.text, for_all.status_code) == (400, True, 303)
    assert (await ConsentDocument.get()).site_id is None
    assert "All sites" not in (await (await browser_of("nora")).see(f"{HERE}/new")).text


async def test_others_read_or_stay_outside(browser_of):
    await added(await browser_of("nora"))
    document = await ConsentDocument.get()

    for who in ("max", "dag"):
        reader = await browser_of(who)
        assert f"{HERE}/new" not in (await reader.see(HERE)).text
        assert (await reader.see(f"{HERE}/{document.id}")).status_code == 200
        assert (await reader.see(f"{HERE}/new")).status_code == (await added(reader)).status_code == 403
    assert (await (await browser_of("otto")).see(f"{HERE}/{document.id}")).status_code == 404
    assert (await (await browser_of("mia")).see(HERE)).status_code == 403
