"""What a report-only carer may touch, and what settles a conflict."""

from models import DiaryEntry
from tests.ledger import require_whole
from tests.phones import FRACTURE


async def test_carer_who_may_only_report_knows_nothing_of_others_entries(phone_of, as_, cast):
    mia, greta = phone_of("mia"), phone_of("greta")
    (made,) = await mia.push(mia.item({**FRACTURE, "note": "for the parents"}))
    (own,) = await greta.push(greta.item())
    url = f"/api/v1/participants/{cast.leo.id}/entries"

    (pushed,) = await greta.push(greta.item({"note": "x"}, id=made["id"], base_version=1))
    answers = [
        await as_("greta").put(f"{url}/{made['id']}", json={"data": {}}, headers={"If-Match": '"v1"'}),
        await as_("greta").patch(f"{url}/{made['id']}", json={"data": {}}, headers={"If-Match": '"v7"'}),
        await as_("greta").delete(f"{url}/{made['id']}?reason=other", headers={"If-Match": '"v1"'}),
        await as_("greta").put(f"{url}/{made['id']}", json={"kind": "fracture", "data": {}},
                               headers={"If-None-Match": "*"}),
    ]

    assert pushed["error"]["code"] == "id_unusable"
    assert [answer.status_code for answer in answers] == [404, 404, 404, 403]
    assert "for the parents" not in str(pushed) + "".join(answer.text for answer in answers)
    (corrected,) = await greta.push(greta.item({"note": "mine"}, id=own["id"], base_version=1))
    assert corrected["status"] == "applied"


async def test_carer_is_not_told_what_the_parents_made_of_the_report(phone_of, as_, cast):
    mia, greta = phone_of("mia"), phone_of("greta")
    (own,) = await greta.push(greta.item())
    await mia.push(mia.item({"note": "for the parents"}, id=own["id"], base_version=1))

    (clash,) = await greta.push(greta.item({"note": "mine"}, id=own["id"], base_version=1))
    stale = await as_("greta").put(f"/api/v1/participants/{cast.leo.id}/entries/{own['id']}", json={"data": {}},
                                   headers={"If-Match": '"v1"'})

    assert (clash["status"], stale.status_code) == ("conflict", 412)
    assert "for the parents" not in str(clash) + stale.text


async def test_settlement_that_itself_clashes_settles_nothing(phone_of, cast):
    mia, ben = phone_of("mia"), phone_of("ben")
    (made,) = await mia.push(mia.item())
    await mia.push(mia.item({"pain": 2}, id=made["id"], base_version=1))
    (first,) = await ben.push(ben.item({"pain": 8}, id=made["id"], base_version=1))

    (second,) = await ben.push(ben.item({"pain": 7}, id=made["id"], base_version=1, resolves=[first["revision_id"]]))

    assert second["status"] == "conflict"
    shown = (await mia.pull())["changes"][0]
    assert {c["revision_id"] for c in shown["conflicts"]} == {first["revision_id"], second["revision_id"]}
    await mia.push(mia.item({"pain": 7}, id=made["id"], base_version=2, resolves=[second["revision_id"]]))
    assert (await DiaryEntry.get(id=made["id"])).open_conflicts == 1
    await require_whole(cast.leo.id)
