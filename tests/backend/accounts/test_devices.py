"""Signed-in devices: one's own only, and access dies with the session at once."""

from backend.access.sessions import Device, start_session
from models import AuditEvent, Session
from models.actions import Action
from models.vocabulary import SessionKind

URL = "/api/v1/sessions"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def test_mia_sees_her_devices_in_pages_and_nobody_elses(as_, cast, study, now):
    for name in ("tablet", "old phone"):
        await start_session(study.seal, cast.mia.account, Device(SessionKind.APP, name), now)

    first = (await as_("mia").get(URL, params={"limit": 2})).json()
    rest = (await as_("mia").get(URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [item["device_name"] for item in first["items"] + rest["items"]] == [
        "old phone", "tablet", "mia's phone",
    ]
    assert [item["current"] for item in first["items"] + rest["items"]] == [False, False, True]
    assert rest["next_cursor"] is None


async def test_access_dies_with_the_session_at_once(as_, cast):
    mia = as_("mia")
    assert (await mia.get("/api/v1/me")).status_code == 200

    assert (await mia.delete(f"{URL}/{cast.mia.session.id}")).status_code == 204

    assert (await mia.get("/api/v1/me")).status_code == 401
    event = await AuditEvent.get(action=Action.SESSION_END)
    assert (event.subject_id, event.reason) == (cast.mia.session.id, "signed_out")


async def test_nobody_ends_somebody_elses_session(as_, cast):
    assert (await as_("ben").delete(f"{URL}/{cast.mia.session.id}")).status_code == 404
    assert (await as_("mia").get("/api/v1/me")).status_code == 200


async def test_signing_out_clears_the_browsers_cookie(as_, cast, study, now):
    started = await start_session(study.seal, cast.mia.account, Device(SessionKind.BROWSER), now)
    browser = as_()
    browser.cookies.set("session", started.secret)

    answer = await browser.delete(f"{URL}/current", headers=OUR_PAGE)

    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    browser.cookies.set("session", started.secret)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_signing_out_everywhere_ends_all_of_ones_own_sessions(as_, cast, study, now):
    await start_session(study.seal, cast.mia.account, Device(SessionKind.APP), now)

    assert (await as_("mia").delete(URL)).status_code == 204

    assert await Session.filter(account_id=cast.mia.id, ended_at__isnull=True).count() == 0
    assert (await as_("mia").get("/api/v1/me")).status_code == 401
    assert (await as_("ben").get("/api/v1/me")).status_code == 200
    assert (await AuditEvent.get(action=Action.SESSION_END)).changes == {"sessions": [2, 0]}


async def test_cookie_needs_its_secret(as_, cast, study, now):
    started = await start_session(study.seal, cast.mia.account, Device(SessionKind.BROWSER), now)
    session_id = started.session_id.hex
    for forged in (session_id, f"{session_id}.", f"{session_id}.guess", ".", f"{cast.mia.session.id.hex}."):
        browser = as_()
        browser.cookies.set("session", forged)
        assert (await browser.get("/api/v1/me")).status_code == 401


async def test_cursor_that_is_not_ours_is_refused(as_):
    for cursor in ("x", "WzFd", "é", "W10"):
        answer = await as_("mia").get(URL, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor.unknown")
    for limit in (0, 101, -1):
        assert (await as_("mia").get(URL, params={"limit": limit})).status_code == 400
