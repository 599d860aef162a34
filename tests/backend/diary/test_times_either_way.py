"""Fast path and plain form give the same entry the same times and findings, however vaguely it was dated."""

from copy import deepcopy
from itertools import pairwise

from backend.diary import sync
from models import DiaryEntry
from models.fields import new_id
from tests.backend.diary.test_fast_path import not_plain, rows_about, used  # noqa: F401 - a fixture

DATES = ["unknown", "2026", "2026-W40", "2025-11/2026-02", "2026-02/2025-11", "../2026-10", "2026-09/..", "2026-11-01",
         "2026-10-25T02:30", "2027-05", "2018"]


def vaguely_dated(phone) -> list[dict]:
    items = [phone.item({"occurred": text, "scale": "FPS-R", "score": 3}, kind="pain") for text in DATES]
    items += [phone.item({"occurred": text}, kind=kind, timezone=zone) for text in DATES
              for kind, zone in (("growth", "Pacific/Apia"), ("milestone", "No/Where"))]
    items += [phone.item({"from": first, "to": last}, kind="medication") for first, last in pairwise(DATES)]
    return [*items, phone.item({}, kind="pain"), phone.item({"drug": "calcium"}, kind="medication")]


async def test_vaguely_dated_entries_get_the_same_rows_either_way(phone_of, used, monkeypatch):  # noqa: F811
    mia = phone_of("mia")
    items = vaguely_dated(mia)
    copies = [{**deepcopy(item), "id": str(new_id())} for item in items]

    fast = await mia.push(*items)
    assert used == [len(items)]
    monkeypatch.setattr(sync, "create_entries", not_plain)
    mia.replica_id = new_id()
    plain = await mia.push(*copies)

    assert await DiaryEntry.filter(occurred_from=None).count() == await DiaryEntry.filter(occurred_to=None).count() == 0
    for one, other in zip(fast, plain, strict=True):
        assert one.get("findings") == other.get("findings")
        quick, slow = [(await rows_about("diary_entry", "id", each["id"]))[0] for each in (one, other)]
        assert {**quick, "seq": 0} == {**slow, "seq": 0}
