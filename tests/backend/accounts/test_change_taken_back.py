"""A thief who was in for a moment has asked for another address: what lets them out ends that wish too."""

import pytest

from models import Account, Guardianship
from tests.cast import PASSWORD

NEW = "a kettle sings at dawn"
CHANGE = "/api/v1/me/email"
RESETS = "/api/v1/password-resets"


async def new_password(as_, cast, post):
    return await as_("mia").put("/api/v1/me/password", json={"current": PASSWORD, "new": NEW})


async def forgotten_password(as_, cast, post):
    await as_().post(RESETS, json={"email": "mia@example.org"})
    (token,) = [parcel.link.partition("#")[2] for parcel in await post.collect() if "reset" in (parcel.link or "")]
    return await as_().post(f"{RESETS}/completion", json={"token": token, "password": NEW})


async def signed_out_everywhere(as_, cast, post):
    return await as_("mia").delete("/api/v1/sessions")


async def signed_out_by_the_site(as_, cast, post):
    link = await Guardianship.get(account_id=cast.mia.id)
    return await as_("nora").post(f"/api/v1/guardianships/{link.id}/devices/end")


ACTS = [new_password, forgotten_password, signed_out_everywhere, signed_out_by_the_site]


@pytest.mark.parametrize("act", ACTS)
async def test_link_to_the_other_address_is_over(act, as_, signs_in, cast, post):
    await signs_in("mia")
    await as_("mia").post(CHANGE, json={"email": "thief@example.org"})
    token = await post.token()

    assert (await act(as_, cast, post)).is_success

    answer = await as_().post("/api/v1/email-verifications", json={"token": token})
    assert (answer.status_code, answer.json()["code"]) == (410, "link.refused")
    assert (await Account.get(id=cast.mia.id)).email == "mia@example.org"


@pytest.mark.parametrize("act", [new_password, signed_out_everywhere, signed_out_by_the_site])
async def test_link_that_has_not_left_yet_never_leaves(act, as_, signs_in, cast, post):
    await signs_in("mia")
    await as_("mia").post(CHANGE, json={"email": "thief@example.org"})

    assert (await act(as_, cast, post)).is_success

    assert [parcel.address for parcel in await post.collect() if parcel.link] == []


async def test_nobody_moves_the_address_of_staff_who_begin_anew(as_, signs_in, cast, post):
    await signs_in("nora", authenticator=True)
    await as_("nora").post(CHANGE, json={"email": "thief@example.org"})
    token = await post.token()

    assert (await as_("alma").post(f"/api/v1/staff/{cast.nora.id}/reset")).is_success

    assert (await as_().post("/api/v1/email-verifications", json={"token": token})).status_code == 410
    nora = await Account.get(id=cast.nora.id)
    assert (nora.email, nora.email_verified_at) == ("nora@example.org", None)
