"""Who opened my child's data: by role and site or by relation, never by name."""

from datetime import timedelta

import pytest

from backend.audit import note_read
from models import Guardianship, Participant, RecordRead, StaffRole
from models.actions import Action
from models.statement import is_postgres
from tests.bench.plans import steps


@pytest.fixture
def readers(as_, cast):
    async def ask(who="mia", **params):
        return await as_(who).get(f"/api/v1/participants/{cast.leo.id}/readers", params=params)

    return ask


@pytest.fixture
def opens(cast, now):
    """`await opens("nora", minutes_ago)`: what opening a record writes."""

    async def read(name, minutes_ago, participant=None):
        at = now - timedelta(minutes=minutes_ago)
        await note_read(await cast.actor(name, Action.PARTICIPANT_READ), (participant or cast.leo).id, at)

    return read


async def test_mia_sees_who_opened_leos_record_newest_first_and_no_names(readers, opens, cast):
    await Guardianship.all().update(starts_at=cast.now - timedelta(days=1))
    await StaffRole.all().update(starts_at=cast.now - timedelta(days=1))
    for number, name in enumerate(["mia", "nora", "max", "ben"]):
        await opens(name, 20 * (4 - number))
    await opens("eve", 5, cast.tom)

    answer = await readers()

    rows = [(item["role"], item["site"], item["relation"], item["is_you"]) for item in answer.json()["items"]]
    assert rows == [("guardian", None, "father", False), ("monitor", None, None, False),
                    ("coordinator", "SE01", None, False), ("guardian", None, "mother", True)]
    assert "display_name" not in answer.text
    for name in cast.people:
        assert str(cast.people[name].id) not in answer.text
        assert f'"{name.capitalize()}"' not in answer.text


async def test_opening_the_record_shows_up(readers, as_, cast):
    await as_("max").get(f"/api/v1/participants/{cast.leo.id}")

    assert [item["role"] for item in (await readers()).json()["items"]] == ["monitor"]


async def test_role_is_the_one_of_that_day(readers, opens, cast, now):
    """Iris read as an investigator of Stockholm; since then she has left, and Leo has moved."""
    await StaffRole.filter(account_id=cast.iris.id).update(starts_at=now - timedelta(days=9))
    await opens("iris", 60 * 24 * 3)
    await StaffRole.filter(account_id=cast.iris.id).update(ends_at=now - timedelta(days=2))
    await StaffRole.create(account=cast.iris.account, role="monitor", starts_at=now - timedelta(days=1))
    await Participant.filter(id=cast.leo.id).update(site_id=cast.sites["GB01"].id)

    assert [(item["role"], item["site"]) for item in (await readers()).json()["items"]] == [("investigator", "SE01")]


async def test_of_several_roles_the_one_at_the_childs_site_is_told(readers, opens, cast):
    for site in ("GB01", None):
        await StaffRole.create(account=cast.nora.account, role="monitor", starts_at=cast.now,
                               site=cast.sites[site] if site else None)
    await opens("nora", 0)

    assert [(item["role"], item["site"]) for item in (await readers()).json()["items"]] == [("coordinator", "SE01")]


async def test_whoever_is_nobody_any_more_is_an_account(readers, cast, now):
    await RecordRead.create(account_id=cast.otto.id, participant_id=cast.leo.id, slot_at=now - timedelta(days=400))

    assert [item["role"] for item in (await readers()).json()["items"]] == ["account"]


async def test_list_comes_in_pages(readers, opens, cast):
    for number in range(5):
        await opens(["mia", "ben", "nora", "max", "dana"][number], 30 * (number // 2 + 1))
    seen, cursor = [], None
    while True:
        page = (await readers(limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [item["at"] for item in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


async def test_list_does_not_grow_slower_with_what_was_read(study, cast):
    plan = await steps(
        "SELECT id FROM record_read WHERE participant_id = $1 ORDER BY slot_at DESC, id DESC LIMIT 51", cast.leo.id)

    if not is_postgres():  # which reads small tables whole
        assert plan == ["SEARCH record_read USING COVERING INDEX record_read_newest (participant_id=?)"]


async def test_others_learn_nothing(readers):
    assert {who: (await readers(who)).status_code for who in ("eve", "greta", "nora", "max", "alma")} == {
        "eve": 404, "greta": 403, "nora": 403, "max": 403, "alma": 403}
