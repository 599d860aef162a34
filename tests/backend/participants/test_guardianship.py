"""Who may speak for Leo: names for his site's staff only, and the end takes effect at once."""

import pytest

from models import AuditEvent, Guardianship, StaffRole
from models.actions import Action


@pytest.fixture
def of_leo(cast):
    return f"/api/v1/participants/{cast.leo.id}/guardianships"


async def test_staff_of_the_site_see_names(as_, of_leo):
    items = (await as_("nora").get(of_leo)).json()["items"]

    assert [(item["relation"], item["display_name"]) for item in items] == [
        ("mother", "Mia"), ("father", "Ben"), ("grandparent", "Greta"),
    ]


@pytest.mark.parametrize("who", ["max", "dana", "mia"])
async def test_others_see_relations_and_no_names(as_, of_leo, who):
    items = (await as_(who).get(of_leo)).json()["items"]

    assert [item["relation"] for item in items] == ["mother", "father", "grandparent"]
    assert {item["display_name"] for item in items} == {None}
    assert {item["locked_at"] for item in items} == {item["court_order_at"] for item in items} == {None}


async def test_helper_another_family_and_another_site_see_nothing(as_, of_leo):
    assert (await as_("greta").get(of_leo)).status_code == 403  # no helper may, whatever the diary shows them
    assert (await as_("eve").get(of_leo)).status_code == 404
    assert (await as_("otto").get(of_leo)).status_code == 404


async def test_ended_guardianship_takes_access_at_once(as_, cast, of_leo):
    ben = as_("ben")
    assert (await ben.get(of_leo)).status_code == 200
    link = await Guardianship.get(account_id=cast.ben.id)

    ended = await as_("nora").post(f"/api/v1/guardianships/{link.id}/end")
    again = await as_("nora").post(f"/api/v1/guardianships/{link.id}/end")

    assert (ended.status_code, again.status_code) == (200, 409)
    assert ended.json()["ends_at"] is not None
    assert (await ben.get(of_leo)).status_code == 401  # nobody left for whom he speaks: signed out
    event = await AuditEvent.get(action=Action.GUARDIANSHIP_END)
    assert (event.participant_id, event.subject_id) == (cast.leo.id, link.id)


async def test_only_staff_of_the_site_end_a_guardianship(as_, cast):
    link = await Guardianship.get(account_id=cast.ben.id)

    statuses = {name: (await as_(name).post(f"/api/v1/guardianships/{link.id}/end")).status_code
                for name in ("otto", "max", "mia", "alma", "nora")}

    assert statuses == {"otto": 404, "max": 403, "mia": 403, "alma": 403, "nora": 200}


async def test_monitor_of_the_very_site_sees_no_names_either(as_, cast, of_leo):
    await StaffRole.filter(account_id=cast.max.id).update(site_id=cast.sites["SE01"].id)

    links = (await as_("max").get(of_leo)).json()["items"]

    assert len(links) == 3
    assert {link["display_name"] for link in links} == {None}
