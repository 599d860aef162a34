"""Staff on the staff pages: an administrator adds, gives and ends roles, disables, and lets somebody in anew."""

from datetime import timedelta

import pytest

from models import Account, FirstSignInLink, Session, StaffRole
from models.vocabulary import Role
from tests.browsers import read

HERE = "/console/staff"
VERA = {"display_name": "Vera Lind", "email": "vera@example.org", "role": "coordinator", "site": "SE01"}


def page_of(cast, name):
    return f"{HERE}/{cast.people[name].id}"


async def test_administrator_adds_a_colleague_and_sees_the_link_once(browser_of, now):
    alma = await browser_of("alma")

    added = await alma.post(f"{HERE}/new", **VERA)

    vera = await Account.get(email="vera@example.org")
    assert (added.status_code, "/first-sign-in#" in added.text) == (200, True)
    assert "To Vera Lind’s page" in read(added).text
    assert (await FirstSignInLink.get()).account_id == vera.id
    person = await alma.see(f"{HERE}/{vera.id}")
    assert "Coordinator, SE01" in read(person).text
    assert "Has not signed in yet" in read(person).text
    assert "/first-sign-in#" not in person.text
    assert "Vera Lind Coordinator, SE01" in read(await alma.see(HERE)).text


@pytest.mark.parametrize(("wrong", "words"), [
    ({"email": "vera"}, 'id="about-email"'),
    ({"role": ""}, 'id="about-role"'),
    ({"role": "guardian"}, 'id="about-role"'),
    ({"site": "XX99"}, 'id="about-site"'),
    ({"site": ""}, 'id="about-site"'),
    ({"email": "mia@example.org"}, "This exists already."),
])
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser_of, wrong, words):
    answer = await (await browser_of("alma")).post(f"{HERE}/new", **{**VERA, **wrong})

    assert (answer.status_code in (400, 409, 422), words in answer.text) == (True, True), answer.text
    assert 'value="Vera Lind"' in answer.text
    assert "first-sign-in#" not in answer.text


async def test_role_for_all_sites_is_chosen_and_never_a_slip(browser_of, cast):
    alma, nora = await browser_of("alma"), page_of(cast, "nora")

    slip = await alma.post(f"{nora}/role", role="monitor", site="")
    chosen = await alma.post(f"{nora}/role", role="monitor", site="all")

    assert (slip.status_code, chosen.status_code) == (400, 303)
    assert (await StaffRole.get(account_id=cast.nora.id, role=Role.MONITOR)).site_id is None


async def test_role_is_given_and_ended(browser_of, cast):
    alma, nora = await browser_of("alma"), page_of(cast, "nora")

    given = await alma.post(f"{nora}/role", role="investigator", site="SE01")
    again = await alma.post(f"{nora}/role", role="investigator", site="SE01")
    role = await StaffRole.get(account_id=cast.nora.id, role=Role.INVESTIGATOR)
    ended = await alma.post(f"{nora}/role-end", role_id=str(role.id))
    twice = await alma.post(f"{nora}/role-end", role_id=str(role.id))

    assert [answer.status_code for answer in (given, again, ended, twice)] == [303, 409, 303, 409]
    assert "The role has ended." in read(await alma.see(ended.headers["location"])).text
    assert (await StaffRole.get(id=role.id)).ends_at is not None
    assert (await alma.post(f"{nora}/role-end", role_id="x")).status_code == 400


async def test_account_is_disabled_enabled_and_begun_anew(browser_of, cast):
    alma, nora = await browser_of("alma"), page_of(cast, "nora")

    await alma.post(f"{nora}/disable")
    assert (await Account.get(id=cast.nora.id)).disabled_at is not None
    assert read(await alma.see(nora)).actions == [f"{nora}/role-end", f"{nora}/enable", f"{nora}/role"]
    elsewhere = await alma.post(f"{nora}/reset")
    assert (elsewhere.status_code, "This can’t be done from here" in elsewhere.text) == (404, True)
    await alma.post(f"{nora}/enable")
    made = await alma.post(f"{nora}/reset")

    assert (made.status_code, "/first-sign-in#" in made.text) == (200, True)
    assert await Session.filter(account_id=cast.nora.id, ended_at__isnull=True).count() == 0


async def test_nobody_locks_the_study_out(browser_of, cast):
    alma, own = await browser_of("alma"), page_of(cast, "alma")
    role = await StaffRole.get(account_id=cast.alma.id)

    answer = await alma.post(f"{own}/role-end", role_id=str(role.id))

    assert (answer.status_code, "The study needs an administrator." in read(answer).text) == (409, True)
    assert (await alma.post(f"{own}/disable")).status_code == 409
    assert read(await alma.see(own)).actions == [f"{own}/role-end", f"{own}/reset"]


async def test_what_weighs_much_asks_for_the_password_and_leads_back(browser_of, cast, now):
    alma, nora = await browser_of("alma"), page_of(cast, "nora")
    await Session.filter(account_id=cast.alma.id).update(proved_at=now - timedelta(hours=1))

    form = await alma.see(f"{HERE}/new")
    acts = [await alma.post(f"{nora}/{act}") for act in ("disable", "role", "role-end", "reset")]

    assert form.headers["location"] == "/console/step-up?then=%2Fconsole%2Fstaff%2Fnew"
    assert {act.headers["location"] for act in acts} == {f"/console/step-up?then=%2Fconsole%2Fstaff%2F{cast.nora.id}"}
    assert (await alma.see(nora)).status_code == 200
    assert (await Account.get(id=cast.nora.id)).disabled_at is None


async def test_only_administrators_find_these_pages_and_only_their_colleagues(browser_of, cast, now):
    for who in ("nora", "max", "dana", "dag", "bea", "mia"):
        browser = await browser_of(who)
        for path in (HERE, f"{HERE}/new", page_of(cast, "nora")):
            assert (await browser.see(path)).status_code == 403
        assert (await browser.post(f"{page_of(cast, 'iris')}/disable")).status_code == 403
    await cast.staff("lars", Role.ADMINISTRATOR, "GB01")
    lars = await browser_of("lars")
    assert "Otto" in (await lars.see(HERE)).text
    assert "Nora" not in (await lars.see(HERE)).text
    assert (await lars.see(page_of(cast, "nora"))).status_code == 404
    assert (await lars.see(page_of(cast, "mia"))).status_code == 404
    assert (await lars.post(f"{page_of(cast, 'nora')}/disable")).status_code == 404
