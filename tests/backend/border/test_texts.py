"""Texts that break other systems are kept character for character, on both databases, in every text field."""

import msgspec
import pytest

from models import DataQuery, DiaryEntry, EntryRevision, QuarantinedItem, QueryReply

NASTY = [
    " ", "\t", "\n", "\r\n", " leading and trailing ", "\u00a0", "\u200b", "\u200d", "\ufeff", "\ufeffbom first",
    "\ufffe",
    "\uffff", "\u2028", "\u2029", "\x01", "\x07\x08\x0b\x0c", "\x1b[31mred", "\x7f", "\x80\x9f", "\u0085",
    "'; DROP TABLE diary_entry; --", "' OR '1'='1", "\\'; SELECT 1", "1; SELECT pg_sleep(9)",
    "$1 ? ?1 :name %s %(a)s",
    "%", "%%", "100 %", "_", "\\", "\\\\", "\\u0041", "\\u0000", "\\n", '"', '""', "'", "`", "´",
    "$$", "$tag$", "{}",
    "{0}",
    "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "<script>alert(1)</script>", "<!--", "]]>", "&amp;",
    "&#0;",
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "=1+1", "+1", "-1", "@SUM(A1)",
    "=cmd|' /C calc'!A0", "|", ";",
    "null", "NULL", "undefined", "None", "true", "NaN", "0", "-0", "1e999", "0x10", "[]",
    '{"a":1}', "../../etc/passwd",
    "C:\\con", "CON", "\u202eright to left", "\u2066isolated\u2069", "مرحبا بالعالم", "שלום",
    "日本語", "한국어", "Ω≈ç√∫", "ÅÄÖåäö",
    "A\u030aA\u0308O\u0308", "\u1e9e\u0130\u0131\u017f", "👩‍👩‍👧‍👦", "👍🏿", "🏳️‍🌈", "🇸🇪🇬🇧",
    "\U0001f469\u200d\U0001f9bd", "\U0010ffff", "\ud7ff\ue000",
    "Z" + "\u0351\u036b\u0343\u036a\u0302\u036b" * 80, "ﷺ" * 40, "a" * 500, "𝕱𝖗𝖆𝖈𝖙𝖚𝖗𝖊", "ｆｕｌｌ",
    "\ufb01", "\u3000",
]


def test_list_is_long_enough_and_names_no_text_twice():
    assert len(set(NASTY)) == len(NASTY) >= 84


async def test_nasty_texts_of_a_family_are_kept_character_for_character(phone_of):
    mia = phone_of("mia")
    items = [mia.item({"occurred": "2026-11-20",
    "note": text, f"new {text}": text, "sites": [{"bone": text[:100]}]},
                      app_note=None) for text in NASTY]
    for item in items:
        del item["app_note"]

    results = await mia.push(*items, app_version="\ufeff'1")
    changes = {change["id"]: change["data"] for change in (await mia.pull(limit=500))["changes"]}
    for item, result in zip(items, results, strict=True):
        assert result["status"] == "applied", (item["data"]["note"], result)
        entry = await DiaryEntry.get(id=item["id"])
        revision = await EntryRevision.get(entry_id=item["id"])
        assert entry.data == revision.data == revision.sent == changes[item["id"]] == item["data"]
        assert revision.app_version == "\ufeff'1"


async def test_nasty_texts_in_corrections_filters_and_conflicts_are_kept(phone_of):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    for text in NASTY:
        (mine,) = await mia.push(mia.item({"note": text}, id=made["id"], base_version=1000))
        (clash,) = await ben.push(ben.item({"note": f"not {text}"}, id=made["id"], base_version=1))
        assert (mine["status"], clash["status"]) in (("applied", "conflict"), ("conflict", "conflict")), text
        assert (await EntryRevision.get(id=clash["revision_id"])).sent == {"note": f"not {text}"}


async def test_nasty_texts_in_refused_items_are_kept_word_for_word(phone_of, as_):
    mia = phone_of("mia")
    items = [mia.item({"note": text, text: text}, kind=text) for text in NASTY]

    results = await mia.push(*items)

    assert {result["status"] for result in results} == {"rejected"}
    kept = [msgspec.json.decode(row.body) for row in await QuarantinedItem.all()]
    assert {row["id"]: row for row in kept} == {item["id"]: item for item in items}
    first = (await as_("nora").get("/api/v1/quarantined-items", params={"limit": 100})).json()["items"]
    assert [row["item"] for row in first] == items[: len(first)]


@pytest.mark.parametrize("text", NASTY[::4])
async def test_nasty_texts_of_staff_and_family_are_kept_in_questions_and_replies(text, phone_of, as_, cast):
    mia = phone_of("mia")
    (made,) = await mia.push(mia.item())
    asked = await as_("nora").post(f"/api/v1/review/entries/{made['id']}/data-queries", json={"question": text},
                                   headers={"If-Match": f'"s{made["seq"]}"'})
    assert asked.status_code == 201, asked.text

    answered = await as_("mia").post(f"/api/v1/data-queries/{asked.json()['id']}/replies", json={"text": text},
                                     headers={"Idempotency-Key": "k"})

    assert answered.json()["question"] == answered.json()["replies"][0]["text"] == text
    assert (await DataQuery.get()).question == (await QueryReply.get()).text == text
