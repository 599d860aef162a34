"""The secret address: made, read, replaced, revoked, guessed; and whose visits it shows at that moment."""

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest

from backend.access.seal import secret_hash
from backend.calendar_feed.reading import GUESSES_PER_ADDRESS
from models import Account, AuditEvent, CalendarFeed, Guardianship, Participant
from models.actions import Action
from models.statement import rows
from models.vocabulary import Capability, ParticipantState, VisitState

ME = "/api/v1/me/calendar-feed"
DAY = timedelta(days=1)


def secret_in(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".ics")


async def test_guardian_is_told_the_address_once_and_only_its_hash_is_kept(as_, cast):
    made = (await as_("mia").post(ME, json={"shows_details": True})).json()
    shown = (await as_("mia").get(ME)).json()

    secret = secret_in(made["url"])
    assert made["url"] == f"http://localhost:8000/calendar/{secret}.ics"
    assert made["webcal_url"] == f"webcal://localhost:8000/calendar/{secret}.ics"
    assert len(secret) * 6 >= 128
    assert shown == {"feed": {**made["feed"]}}
    feed = await CalendarFeed.get(account_id=cast.mia.id)
    assert feed.secret_hash == secret_hash(secret)
    assert secret not in str(await rows("SELECT * FROM calendar_feed"))
    assert secret not in str(await rows("SELECT * FROM audit_event"))


async def test_a_new_address_makes_the_old_one_void_at_once(subscribe):
    old = await subscribe("mia")
    new = await subscribe("mia")

    assert (await old.fetch()).status_code == 404
    assert (await new.fetch()).status_code == 200
    assert await AuditEvent.filter(action=Action.FEED_MAKE).count() == 2
    assert await AuditEvent.filter(action=Action.FEED_REVOKE).count() == 1


async def test_guardian_revokes_it_and_again_changes_nothing(subscribe, as_):
    calendar, other = await subscribe("mia"), await subscribe("ben")

    answers = [await as_("mia").delete(ME) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert (await calendar.fetch()).status_code == 404
    assert (await other.fetch()).status_code == 200
    assert (await as_("mia").get(ME)).json() == {"feed": None}
    assert await AuditEvent.filter(action=Action.FEED_REVOKE).count() == 1


async def test_of_many_made_at_once_one_can_be_read(as_, cast):
    answers = await asyncio.gather(*(as_("mia").post(ME, json={}) for _ in range(4)))

    read = [await as_().get(httpx.URL(answer.json()["url"]).path) for answer in answers]
    assert sorted(answer.status_code for answer in read) == [200, 404, 404, 404]


async def test_calendar_shows_visits_of_ones_own_children_only(subscribe, visit, now):
    await visit(agreed_at=now + DAY)
    await visit("tom", agreed_at=now + DAY)

    for name, expected in (("mia", 1), ("ben", 1), ("eve", 1), ("greta", 0), ("nora", 0), ("dana", 0)):
        assert len(await (await subscribe(name)).entries()) == expected, name


@pytest.mark.parametrize("what", ["ended", "locked", "blind", "not_begun"])
async def test_what_one_may_no_longer_see_is_gone_at_once(subscribe, visit, now, cast, what):
    await visit(agreed_at=now + DAY)
    calendar = await subscribe("ben")
    before = await calendar.fetch()

    change = {"ended": {"ends_at": now - timedelta(seconds=1)}, "locked": {"locked_at": now},
              "blind": {"capabilities": [Capability.LOG]}, "not_begun": {"starts_at": now + DAY}}[what]
    await Guardianship.filter(account_id=cast.ben.id).update(**change)

    assert await calendar.entries() == []
    assert (await calendar.fetch(**{"If-None-Match": before.headers["etag"]})).status_code == 200


async def test_a_closed_account_has_no_calendar(subscribe, now, cast):
    calendar = await subscribe("mia")

    await Account.filter(id=cast.mia.id).update(disabled_at=now)

    assert (await calendar.fetch()).status_code == 404


@pytest.mark.parametrize("state", [ParticipantState.WITHDRAWN, ParticipantState.DIED])
async def test_after_an_ending_only_cancellations_are_left(subscribe, visit, now, cast, state):
    await visit(agreed_at=now + DAY, state=VisitState.CANCELLED, changed_at=now, sequence=1)
    await visit(code="FU-L3", agreed_at=now - 30 * DAY, state=VisitState.ATTENDED)
    calendar = await subscribe("mia")
    assert len(await calendar.entries()) == 2

    await Participant.filter(id=cast.leo.id).update(state=state)

    assert [entry.status.value for entry in await calendar.entries()] == ["CANCELLED"]


@pytest.mark.parametrize("file", ["guess.ics", ".ics", "guess", "%00.ics", "x" * 3000 + ".ics", "å.ics"])
async def test_a_wrong_address_leads_nowhere(as_, cast, file):
    answer = await as_().get(f"/calendar/{file}")

    assert answer.status_code in (400, 404)
    assert file not in answer.text


async def test_guesses_are_limited_and_the_right_address_still_works(subscribe, as_):
    calendar = await subscribe("mia")

    answers = [await as_().get(f"/calendar/guess{number}.ics") for number in range(GUESSES_PER_ADDRESS + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await calendar.fetch()).status_code == 200


async def test_the_secret_stands_in_no_log(subscribe, as_, capsys, caplog, app):
    caplog.set_level(logging.DEBUG)
    traffic = app.state.traffic
    traffic.log_as("json")
    try:
        calendar = await subscribe("mia")
        await calendar.fetch()
        await as_("mia").delete(ME)
        await calendar.fetch()
    finally:
        traffic.line = ""

    said, secret = capsys.readouterr().err, secret_in(calendar.path)
    assert said.count('"route": "/calendar/{file}"') == 2
    assert secret not in said
    assert secret not in "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


async def test_owner_sees_when_a_calendar_last_read_it(subscribe, as_):
    calendar = await subscribe("mia")
    assert (await as_("mia").get(ME)).json()["feed"]["last_read_at"] is None

    await calendar.fetch()
    first = (await as_("mia").get(ME)).json()["feed"]["last_read_at"]
    await calendar.fetch()

    assert first is not None
    assert (await as_("mia").get(ME)).json()["feed"]["last_read_at"] == first


async def test_unknown_wishes_are_refused(as_, cast):
    assert (await as_("mia").post(ME, json={"shows_name": True})).status_code == 400
    assert (await as_().post(ME, json={})).status_code == 401
