"""What staff do about a work item: take it, note what they tried, close it; and what happens to it besides."""

import asyncio

import pytest

from models import AuditEvent, Participant, WorkItem, WorkItemContact
from models.vocabulary import WorkItemClosing

URL = "/api/v1/work-items"


async def act(as_, who, item, what, seen=None, **body):
    client = as_(who)
    if seen is None:
        seen = (await client.get(f"{URL}/{item.id}")).headers.get("etag", '"s0"')
    return await client.post(f"{URL}/{item.id}/{what}", json=body or None, headers={"If-Match": seen})


async def test_nora_takes_it_calls_writes_it_down_and_closes_it(as_, silence, cast):
    taken = await act(as_, "nora", silence, "owner")
    await act(as_, "nora", silence, "contacts", way="phone", reached=False, note="No answer")
    await act(as_, "nora", silence, "contacts", way="phone", reached=True, note="They were abroad")
    closed = await act(as_, "nora", silence, "closing", closing="reached")

    assert taken.json()["item"]["owner"] == {"id": str(cast.nora.id), "name": "Nora"}
    view = closed.json()
    assert [(one["way"], one["reached"], one["note"], one["by"]["name"]) for one in view["contacts"]] == [
        ("phone", False, "No answer", "Nora"), ("phone", True, "They were abroad", "Nora")]
    assert (view["item"]["closing"], view["closed_by"]["name"]) == ("reached", "Nora")
    assert closed.headers["etag"] == f'"s{view["item"]["seq"]}"'
    events = await AuditEvent.filter(participant_id=cast.leo.id, action__startswith="work_item").order_by("seq")
    assert [event.action for event in events] == [
        "work_item.take", "work_item.contact", "work_item.contact", "work_item.close"]
    assert "abroad" not in str([event.changes for event in events]), "what was said stands in the log of contacts"


async def test_list_shows_what_is_open_first_due_first_and_what_is_mine(as_, silence, cast, now):
    sooner = await WorkItem.create(
        participant=cast.tom, site=cast.sites["GB01"], kind="silence", slot="2026-05-24", seq=0, opened_at=now,
        due_at=now.replace(year=2025))
    await act(as_, "nora", silence, "owner")

    async def shown(who, **wanted):
        answer = await as_(who).get(URL, params=wanted)
        assert answer.status_code == 200, answer.text
        return [(row["participant_code"], row["is_overdue"]) for row in answer.json()["items"]]

    assert await shown("max") == [("GB01-001", True), ("SE01-001", False)]
    assert await shown("max", site="SE01") == [("SE01-001", False)]
    assert await shown("nora", mine="true") == [("SE01-001", False)]
    assert await shown("iris", mine="true") == []
    page = (await as_("max").get(URL, params={"limit": 1})).json()
    rest = (await as_("max").get(URL, params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [row["id"] for row in page["items"] + rest["items"]] == [str(sooner.id), str(silence.id)]
    await act(as_, "nora", silence, "closing", closing="not_reached")
    assert await shown("max") == [("GB01-001", True)]
    assert await shown("max", closed="true") == [("SE01-001", False)]


async def test_other_sites_find_nothing_and_readers_change_nothing(as_, silence, cast):
    for who in ("otto", "eve", "mia", "bea", "alma"):
        answer = await as_(who).get(f"{URL}/{silence.id}")
        assert answer.status_code in (403, 404), who
    for who, status in (("otto", 404), ("max", 403), ("dana", 403), ("mia", 403)):
        for what, body in (("owner", {}), ("contacts", {"way": "phone", "reached": True}),
                           ("closing", {"closing": "reached"})):
            assert (await act(as_, who, silence, what, '"s0"', **body)).status_code == status, (who, what)
    assert (await as_("otto").get(URL)).json()["items"] == []
    assert (await as_("otto").get(URL, params={"site": "SE01"})).status_code == 404
    assert not await WorkItemContact.all().exists()


async def test_who_comes_second_is_told_what_changed(as_, silence, cast):
    nora, iris = await asyncio.gather(*(act(as_, who, silence, "owner", '"s0"') for who in ("nora", "iris")))

    first, second = sorted([nora, iris], key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "stale"
    assert second.json()["current"]["owner"] == first.json()["item"]["owner"]["id"]
    missing = await as_("nora").post(f"{URL}/{silence.id}/owner")
    assert missing.status_code == 428


async def test_iris_may_take_over_from_nora(as_, silence):
    await act(as_, "nora", silence, "owner")

    taken = await act(as_, "iris", silence, "owner")

    assert taken.json()["item"]["owner"]["name"] == "Iris"


async def test_closed_item_is_closed_and_nobody_says_that_the_family_answered(as_, silence):
    by_hand = await act(as_, "nora", silence, "closing", closing="answered")
    await act(as_, "nora", silence, "closing", closing="not_needed")

    assert by_hand.status_code == 400
    for what, body in (("owner", {}), ("contacts", {"way": "letter", "reached": False}),
                       ("closing", {"closing": "reached"})):
        answer = await act(as_, "nora", silence, what, **body)
        assert (answer.status_code, answer.json()["state"]) == (409, "not_needed"), what


async def test_log_of_contacts_is_for_ever(as_, silence):
    await act(as_, "nora", silence, "contacts", way="at_a_visit", reached=True)
    contact = await WorkItemContact.get()

    with pytest.raises(Exception, match="append-only"):
        await WorkItemContact.filter(id=contact.id).update(note="Something else")
    with pytest.raises(Exception, match="append-only"):
        await contact.delete()


@pytest.mark.parametrize(("state", "reason", "closing"), [
    ("died", "death", WorkItemClosing.NOT_NEEDED), ("withdrawn", "family_wish", WorkItemClosing.NOT_NEEDED),
    ("paused", "holiday", None),
])
async def test_who_has_left_is_looked_for_no_more(as_, silence, cast, now, state, reason, closing):
    today = now.date().isoformat()
    answer = await as_("nora").post(
        f"/api/v1/participants/{cast.leo.id}/status",
        json={"state": state, "effective_on": today, "reason": reason})
    assert answer.status_code == 200, answer.text

    item = await WorkItem.get(id=silence.id)

    assert item.closing is closing
    closed = await AuditEvent.filter(participant_id=cast.leo.id, action="work_item.close")
    assert [event.subject_id for event in closed] == ([item.id] if closing else [])


async def test_child_that_moves_takes_the_item_to_the_new_site_free_for_its_staff(as_, silence, cast, now):
    await act(as_, "nora", silence, "owner")

    moved = await as_("nora").post(
        f"/api/v1/participants/{cast.leo.id}/transfer",
        json={"site": "GB01", "effective_on": now.date().isoformat(), "reason": "moved"})

    assert moved.status_code in (200, 201), moved.text
    assert (await as_("nora").get(URL)).json()["items"] == []
    (found,) = (await as_("otto").get(URL)).json()["items"]
    assert (found["id"], found["site"], found["owner"]) == (str(silence.id), "GB01", None)
    assert (await Participant.get(id=cast.leo.id)).site_id == cast.sites["GB01"].id
