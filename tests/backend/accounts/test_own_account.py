"""What the app learns about its account, and the few things one may change."""

from datetime import datetime

import pytest

from models import Account, AuditEvent
from models.actions import Action

URL = "/api/v1/me"


async def test_mia_learns_for_whom_she_may_speak_and_no_names_of_children(as_, cast, study):
    me = (await as_("mia").get(URL)).json()

    assert me["participants"] == [{
        "id": str(cast.leo.id), "code": "SE01-001", "state": "active", "words": "usual", "role": "guardian",
        "relation": "mother", "collection": "open", "child_tasks": True,
        "capabilities": ["answer", "invite", "log", "see"], "birth_month": "2019-05",
        "kind": "child", "gestational_days": cast.leo.gestational_days, "observer_rated": False,
        "enrolled_at": me["participants"][0]["enrolled_at"],
    }]
    assert datetime.fromisoformat(me["participants"][0]["enrolled_at"]) == cast.leo.enrolled_at
    assert me["staff_roles"] == []
    assert me["sync"] == {"schema": 2, "min_schema": 1}
    assert me["protocol"] == study.protocol.hash


async def test_staff_learn_their_roles_with_sites(as_):
    assert (await as_("nora").get(URL)).json()["staff_roles"] == [{"role": "coordinator", "site": "SE01"}]
    assert (await as_("max").get(URL)).json()["staff_roles"] == [{"role": "monitor", "site": None}]


async def test_mia_moves_house_and_the_trail_carries_no_name(as_, cast):
    wanted = {"display_name": " Mia Berg ", "language": "sv", "timezone": "Asia/Tokyo"}

    answer = await as_("mia").patch(URL, json=wanted)

    assert {name: answer.json()[name] for name in wanted} == wanted | {"display_name": "Mia Berg"}
    event = await AuditEvent.get(action=Action.ACCOUNT_CHANGE)
    assert event.changes["timezone"] == ["Europe/Stockholm", "Asia/Tokyo"]
    assert "Mia" not in str(event.changes)


async def test_only_what_is_sent_changes(as_, cast):
    await as_("mia").patch(URL, json={"language": "sv"})

    account = await Account.get(id=cast.mia.id)
    assert (account.language, account.display_name, account.timezone) == ("sv", "Mia", "Europe/Stockholm")


@pytest.mark.parametrize("faulty", [
    {"timezone": "Mars/Olympus"}, {"timezone": "../../etc/passwd"}, {"timezone": None}, {"language": "Swedish"},
    {"display_name": "   "}, {"display_name": ""}, {"display_name": "a\nBcc: b"}, {"display_name": "x" * 121},
    {"email": "other@example.org"}, {"staff_roles": []},
])
async def test_what_can_not_be_is_refused_with_its_pointer(as_, faulty):
    answer = await as_("mia").patch(URL, json=faulty)

    assert answer.status_code == (422 if faulty.get("timezone") else 400)
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(faulty))}"
