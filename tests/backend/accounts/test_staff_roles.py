"""An administrator lists the staff, gives and ends roles, within their sites; it holds from the next request on."""

import asyncio
from uuid import uuid4

import pytest

from backend.access.scope import locked_account
from backend.accounts.staff_roles import end_role
from backend.errors import LastAdministrator
from models import Account, AuditEvent, Session, StaffRole
from models.actions import Action
from models.vocabulary import Role
from tests.cast import PASSWORD

STAFF = "/api/v1/staff"


def roles_of(person) -> str:
    return f"{STAFF}/{person.id}/roles"


async def end_of(person) -> str:
    role = await StaffRole.filter(account_id=person.id).order_by("id").first()
    return f"{roles_of(person)}/{role.id}/end"


@pytest.fixture
async def lars(cast, as_):
    """Administers Stockholm only."""
    await cast.staff("lars", Role.ADMINISTRATOR, "SE01")
    return as_("lars")


async def test_alma_sees_everybody_in_pages_and_no_family(as_, cast):
    alma, names, cursor = as_("alma"), [], None
    while True:
        page = (await alma.get(STAFF, params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        names += [row["person"]["display_name"] for row in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert sorted(names) == ["Alma", "Bea", "Dag", "Dana", "Iris", "Max", "Nora", "Otto"]


async def test_lars_sees_the_staff_of_his_site_and_their_roles_there(lars, cast, now):
    await StaffRole.create(account=cast.nora.account, role=Role.MONITOR, site=cast.sites["GB01"], starts_at=now)

    found = (await lars.get(STAFF)).json()["items"]

    assert {row["person"]["display_name"] for row in found} == {"Nora", "Iris", "Dag", "Lars"}
    (nora,) = [row for row in found if row["person"]["display_name"] == "Nora"]
    assert [(role["role"], role["site"], role["ends_at"]) for role in nora["roles"]] == [("coordinator", "SE01", None)]


async def test_role_holds_from_the_next_request_on(as_, cast):
    max_ = as_("max")
    enrol = {"code": "SE01-007", "arm": "postnatal"}
    assert (await max_.post("/api/v1/participants", json=enrol)).status_code == 403

    given = await as_("alma").post(roles_of(cast.max), json={"role": "coordinator", "site": "SE01"})

    assert given.status_code == 201
    assert (await max_.post("/api/v1/participants", json=enrol)).status_code != 403
    event = await AuditEvent.get(action=Action.STAFF_ROLE_GIVE)
    assert (event.actor_id, event.subject_id) == (cast.alma.id, cast.max.id)
    assert event.changes == {"role": [None, "coordinator@SE01"], "sessions": [0, 0]}


async def test_role_that_ends_is_gone_with_the_next_request_and_in_the_trail(as_, cast):
    nora = as_("nora")
    assert (await nora.get("/api/v1/worklist")).status_code == 200

    ended = await as_("alma").post(await end_of(cast.nora))

    assert ended.json()["ends_at"] is not None
    assert (await nora.get("/api/v1/worklist")).status_code == 403
    event = await AuditEvent.get(action=Action.STAFF_ROLE_END)
    assert (event.subject_id, event.changes) == (cast.nora.id, {"role": ["coordinator@SE01", None]})
    again = await as_("alma").post(await end_of(cast.nora))
    assert (again.status_code, again.json()["code"]) == (409, "state.refuses")


@pytest.mark.parametrize(("body", "status", "code"), [
    ({"role": "guardian", "site": "SE01"}, 422, "body.does_not_fit"),
    ({"role": "monitor", "site": "XX99"}, 422, "body.does_not_fit"),
    ({"role": "coordinator", "site": "SE01"}, 409, "already_exists"),
    ({"role": "monitor", "site": "SE01", "starts_at": "2020-01-01T00:00:00Z"}, 400, "body.invalid"),
    ({"role": "emperor", "site": "SE01"}, 400, "body.invalid"),
])
async def test_role_that_can_not_be_given_is_refused(as_, cast, body, status, code):
    answer = await as_("alma").post(roles_of(cast.nora), json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await StaffRole.filter(account_id=cast.nora.id).count() == 1


async def test_nobody_gives_themself_a_role(as_, cast, lars):
    for client, name in ((as_("alma"), "alma"), (lars, "lars")):
        answer = await client.post(roles_of(cast.people[name]), json={"role": "coordinator", "site": "SE01"})
        assert (answer.status_code, answer.json()["code"]) == (409, "staff.own_account")


async def test_families_and_strangers_do_not_become_staff(as_, cast):
    for whom in (cast.mia.id, uuid4()):
        answer = await as_("alma").post(f"{STAFF}/{whom}/roles", json={"role": "monitor", "site": "SE01"})
        assert answer.status_code == 404
    assert not await StaffRole.filter(account_id=cast.mia.id).exists()


async def test_administrator_of_one_site_reaches_no_other(lars, cast):
    of_otto, of_max = await end_of(cast.otto), await end_of(cast.max)

    assert (await lars.post(of_otto)).status_code == 404
    assert (await lars.post(of_max)).status_code == 404
    assert (await lars.post(roles_of(cast.otto), json={"role": "monitor", "site": "SE01"})).status_code == 404
    for site in (None, "GB01"):
        answer = await lars.post(roles_of(cast.nora), json={"role": "administrator", "site": site})
        assert answer.status_code == 422
    crossed = (await end_of(cast.otto)).replace(str(cast.otto.id), str(cast.nora.id))
    assert (await lars.post(crossed)).status_code == 404
    assert await StaffRole.filter(ends_at__isnull=False).count() == 0


@pytest.mark.parametrize("who", ["nora", "iris", "max", "dana", "bea", "dag", "mia", "greta"])
async def test_nobody_else_administers_anything(as_, cast, who):
    client = as_(who)

    for method, path in (("GET", STAFF), ("POST", roles_of(cast.iris)), ("POST", await end_of(cast.alma)),
                         ("POST", f"{STAFF}/{cast.iris.id}/disable"), ("POST", f"{STAFF}/{cast.iris.id}/enable")):
        assert (await client.request(method, path, json={"role": "monitor"})).status_code == 403


async def test_last_administrator_of_the_study_stays(as_, cast, lars):
    refused = await as_("alma").post(await end_of(cast.alma))

    assert (refused.status_code, refused.json()["code"]) == (409, "staff.last_administrator")
    assert (await as_("alma").get(STAFF)).status_code == 200

    await cast.staff("zoe", Role.ADMINISTRATOR, None)
    assert (await as_("alma").post(await end_of(cast.alma))).status_code == 200
    assert (await as_("alma").get(STAFF)).status_code == 403


async def test_colleague_on_leave_does_not_count_as_the_other_administrator(as_, cast, now):
    await cast.staff("zoe", Role.ADMINISTRATOR, None)
    await Account.filter(id=cast.zoe.id).update(disabled_at=now)

    assert (await as_("alma").post(await end_of(cast.alma))).json()["code"] == "staff.last_administrator"


async def test_two_administrators_who_end_each_other_at_once_do_not_both_succeed(cast, now):
    await cast.staff("zoe", Role.ADMINISTRATOR, None)
    roles = {name: await StaffRole.get(account_id=cast.people[name].id) for name in ("alma", "zoe")}
    actors = {name: await cast.actor(name, Action.STAFF_ROLE_END) for name in roles}

    ends = [end_role(actors[one], roles[other].account_id, roles[other].id, now)
            for one, other in (("alma", "zoe"), ("zoe", "alma"))]
    outcomes = await asyncio.gather(*ends, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [LastAdministrator.__name__, "StaffRole"]
    assert await StaffRole.filter(role=Role.ADMINISTRATOR, ends_at__isnull=True).count() == 1


async def test_somebody_who_comes_back_signs_in_anew_with_the_second_factor(as_, cast, signs_in):
    body = await signs_in("nora", authenticator=True)
    await as_("alma").post(await end_of(cast.nora))
    without_code = (await as_().post("/api/v1/sessions", json=body)).json()
    assert without_code.get("access_token"), "without a role she is somebody like everybody"

    await as_("alma").post(roles_of(cast.nora), json={"role": "coordinator", "site": "SE01"})

    old = {"Authorization": f"Bearer {without_code['access_token']}"}
    assert (await as_().get("/api/v1/me", headers=old)).status_code == 401
    assert (await as_().post("/api/v1/sessions", json=body)).json()["code"] == "sign_in.code_required"
    assert await Session.filter(account_id=cast.nora.id, ended_at__isnull=True).count() == 0
    assert PASSWORD not in str(await AuditEvent.all().values())


async def test_account_that_does_not_exist_has_no_lock(study):
    assert await locked_account(uuid4()) is None
