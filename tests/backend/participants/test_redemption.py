"""Redeeming: once, by whoever holds the code, with a new or an existing account; guessing is limited."""

import asyncio

import pytest

from backend.access.passwords import hash_password
from backend.participants.code_alphabet import as_shown, new_code
from models import Account, AuditEvent, Guardianship, LinkingCode, Session
from models.actions import Action
from tests.cast import PASSWORD

URL = "/api/v1/linking-codes/redemption"
MINE = f"{URL}/mine"


@pytest.fixture
def code_for(as_, cast):
    async def issue(relation="step_parent", role="guardian", participant=None, by="nora"):
        where = f"/api/v1/participants/{(participant or cast.leo).id}/linking-codes"
        return (await as_(by).post(where, json={"relation": relation, "role": role})).json()["code"]

    return issue


def family(code, email="sam@example.org", **change):
    return {"code": code, "email": email, "password": PASSWORD, "display_name": "Sam", "language": "sv",
            "timezone": "Europe/Stockholm"} | change


async def leo_seen_with(as_, answer):
    token = answer.json()["access_token"]
    me = await as_().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return me.json()["participants"]


async def test_sam_makes_an_account_and_speaks_for_leo(as_, cast, code_for):
    answer = await as_().post(URL, json=family((await code_for()).lower().replace("-", " ")))

    assert answer.status_code == 201
    assert answer.json().keys() == {"session_id", "access_token", "expires_in", "refresh_token", "device_token"}
    seen = await leo_seen_with(as_, answer)
    assert [(child["code"], child["relation"], child["capabilities"]) for child in seen] == [
        ("SE01-001", "step_parent", ["answer", "invite", "log", "see"]),
    ]
    event = await AuditEvent.get(action=Action.LINKING_CODE_REDEEM)
    assert (event.participant_id, event.actor_role) == (cast.leo.id, "guardian")
    assert await AuditEvent.filter(action=Action.ACCOUNT_CREATE).count() == 1
    assert "sam" not in str(await AuditEvent.all().values()).lower()


async def test_carer_may_only_log(as_, code_for):
    answer = await as_().post(URL, json=family(await code_for("grandparent", "carer")))

    assert (await leo_seen_with(as_, answer))[0]["capabilities"] == ["log"]


async def test_code_works_once(as_, code_for):
    code = await code_for()
    await as_().post(URL, json=family(code))

    again = await as_().post(URL, json=family(code, "other@example.org"))

    assert (again.status_code, again.json()["code"]) == (410, "linking_code.refused")
    assert not await Account.filter(email="other@example.org").exists()


async def test_wrong_revoked_and_expired_codes_meet_the_same_words(as_, code_for, now):
    expired = await code_for("father")
    await LinkingCode.all().update(expires_at=now)
    revoked = await code_for("mother")
    await code_for("mother")
    refusals = [
        await as_().post(URL, json=family(code, email))
        for code in (expired, revoked, as_shown(new_code()), "hello", "")
        for email in ("sam@example.org", "mia@example.org")
    ]

    assert {answer.status_code for answer in refusals} == {410}
    assert len({answer.text for answer in refusals}) == 1


async def test_existing_account_needs_its_own_password(as_, cast, code_for):
    await Account.filter(id=cast.eve.id).update(password_hash=await hash_password(PASSWORD))
    code = await code_for()

    wrong = await as_().post(URL, json=family(code, "eve@example.org", password="a guess of fifteen letters"))
    right = await as_().post(URL, json=family(code, "EVE@example.org", display_name="Somebody"))

    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in.failed")
    assert [child["code"] for child in await leo_seen_with(as_, right)] == ["GB01-001", "SE01-001"]
    assert (await Account.get(id=cast.eve.id)).display_name == "Eve"


async def test_staff_password_alone_opens_nothing(as_, cast, code_for, study):
    await Account.filter(id=cast.otto.id).update(
        password_hash=await hash_password(PASSWORD), totp_secret=study.seal.close("JBSWY3DPEHPK3PXP"),
    )
    code = await code_for()

    answer = await as_().post(URL, json=family(code, "otto@example.org"))

    assert answer.json()["code"] == "sign_in.code_required"
    assert (await as_("otto").post(MINE, json={"code": code})).status_code == 201


async def test_weak_password_and_odd_zone_are_refused_and_the_code_lives_on(as_, code_for):
    code = await code_for()

    weak = await as_().post(URL, json=family(code, password="short"))
    odd = await as_().post(URL, json=family(code, timezone="Mars/Olympus"))

    assert (weak.json()["code"], odd.json()["code"]) == ("password.weak", "body.does_not_fit")
    assert (await as_().post(URL, json=family(code))).status_code == 201


async def test_eve_links_a_second_child_to_her_account(as_, cast, code_for):
    answer = await as_("eve").post(MINE, json={"code": await code_for()})

    assert answer.status_code == 201
    assert (answer.json()["participant_id"], answer.json()["role"]) == (str(cast.leo.id), "guardian")
    assert len((await as_("eve").get("/api/v1/me")).json()["participants"]) == 2


async def test_greta_becomes_a_guardian_and_is_a_helper_no_more(as_, cast, code_for):
    await as_("greta").post(MINE, json={"code": await code_for("grandparent")})

    participants = (await as_("greta").get("/api/v1/me")).json()["participants"]
    assert [child["role"] for child in participants] == ["guardian"]
    assert await Guardianship.filter(account_id=cast.greta.id, ends_at__isnull=True).count() == 1


async def test_those_who_redeem_the_same_code_at_once_get_it_once(as_, cast, code_for, row_held):
    code = await code_for()

    async with row_held("participant", cast.leo.id):
        tries = [asyncio.ensure_future(work) for work in (
            *(as_().post(URL, json=family(code, f"sam{n}@example.org")) for n in range(5)),
            *(as_(name).post(MINE, json={"code": code}) for name in ("eve", "otto", "dana")),
        )]
    answers = await asyncio.gather(*tries)

    assert sorted(answer.status_code for answer in answers) == [201] + [410] * 7
    assert await Guardianship.filter(participant_id=cast.leo.id, relation="step_parent").count() == 1
    assert await Account.filter(email__startswith="sam").count() == sum(a.status_code == 201 for a in answers[:5])


async def test_two_codes_for_one_new_address_at_once_make_one_account(as_, code_for):
    codes = [await code_for(), await code_for("grandparent", "carer")]

    answers = await asyncio.gather(*(as_().post(URL, json=family(code)) for code in codes))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert await Account.filter(email="sam@example.org").count() == 1
    assert await Session.filter(account__email="sam@example.org").count() == 2


async def test_guessing_codes_is_limited_per_address(as_, cast):
    client = as_()

    answers = [await client.post(URL, json=family(as_shown(new_code()))) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [410] * 20 + [429]


async def test_guessing_codes_is_limited_per_account_wherever_it_comes_from(as_, cast, monkeypatch):
    addresses = iter(range(100))
    monkeypatch.setattr("backend.participants.routes.address_of", lambda _request: f"2001:db8:{next(addresses)}::")
    eve = as_("eve")

    answers = [await eve.post(MINE, json={"code": as_shown(new_code())}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [410] * 10 + [429]


async def test_browser_gets_a_cookie(as_, code_for):
    body = family(await code_for(), kind="browser")

    answer = await as_().post(URL, json=body, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.json().keys() == {"session_id"}
    assert "HttpOnly" in answer.headers["set-cookie"]
