"""A lost phone: staff of the site sign all devices of one guardian out."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.access.sessions import Device, start_session
from models import AuditEvent, Guardianship
from models.actions import Action
from models.vocabulary import SessionKind


async def link_of(person) -> Guardianship:
    return await Guardianship.get(account_id=person.id)


async def end(client, person):
    return await client.post(f"/api/v1/guardianships/{(await link_of(person)).id}/devices/end")


async def test_all_of_mias_devices_are_out_at_once_and_nobody_elses(as_, cast, study, now):
    await start_session(study.seal, cast.mia.account, Device(SessionKind.BROWSER), now)
    mia = as_("mia")
    assert (await mia.get("/api/v1/me")).status_code == 200

    answer = await end(as_("nora"), cast.mia)

    assert (answer.status_code, answer.json()) == (200, {"sessions": 2})
    assert (await mia.get("/api/v1/me")).status_code == 401
    assert (await as_("ben").get("/api/v1/me")).status_code == 200


async def test_the_childs_trail_says_who_did_it(as_, cast):
    await end(as_("nora"), cast.mia)

    event = await AuditEvent.get(action=Action.DEVICES_END)
    assert (event.actor_id, event.participant_id, event.subject_id) == (
        cast.nora.id, cast.leo.id, (await link_of(cast.mia)).id
    )
    assert (event.reason, event.changes) == ("ended_by_site", {"sessions": [1, 0]})


async def test_she_signs_in_again_as_before(as_, cast, signs_in):
    body = await signs_in("mia")
    await end(as_("nora"), cast.mia)

    assert (await as_().post("/api/v1/sessions", json=body)).status_code == 201


@pytest.mark.parametrize("who", ["mia", "ben", "max", "dana", "alma", "bea", "dag"])
async def test_nobody_but_the_sites_staff_does_it(as_, cast, who):
    assert (await end(as_(who), cast.greta)).status_code == 403


async def test_other_sites_and_made_up_ones_are_not_there(as_, cast):
    assert (await end(as_("otto"), cast.mia)).status_code == 404
    assert (await as_("nora").post(f"/api/v1/guardianships/{uuid4()}/devices/end")).status_code == 404
    assert (await as_("mia").get("/api/v1/me")).status_code == 200


async def test_former_guardians_devices_are_not_the_sites_to_end(as_, cast, now):
    await Guardianship.filter(account_id=cast.ben.id).update(ends_at=now - timedelta(seconds=1))

    refused = await end(as_("nora"), cast.ben)

    assert (refused.status_code, refused.json()["state"]) == (409, "ended")
