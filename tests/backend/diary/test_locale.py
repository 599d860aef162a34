"""The language in which a question was read stays with the answer (domain.md, section 7)."""

from backend.diary import sync
from models import EntryRevision
from tests.backend.diary.test_fast_path import not_plain, used  # noqa: F401 - a fixture


async def test_every_answer_keeps_the_language_it_was_asked_in(phone_of, used, monkeypatch):  # noqa: F811
    mia = phone_of("mia")
    fast, silent = await mia.push(mia.item(kind="growth", locale="sv"), mia.item(kind="growth"))
    assert used == [2]
    monkeypatch.setattr(sync, "create_entries", not_plain)
    [plain] = await mia.push(mia.item(kind="growth", locale="de-AT"))
    again = mia.item({"weight_kg": 11.4}, kind="growth", id=fast["id"], base_version=1, locale="en")
    [corrected] = await mia.push(again)

    versions = await EntryRevision.filter(entry_id=corrected["id"]).order_by("version")
    assert [(r.version, r.locale) for r in versions] == [(1, "sv"), (2, "en")]
    assert (await EntryRevision.get(entry_id=plain["id"])).locale == "de-AT"
    assert (await EntryRevision.get(entry_id=silent["id"])).locale is None
