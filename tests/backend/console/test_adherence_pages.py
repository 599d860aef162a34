"""Adherence and work items on the staff pages: tables, an item with its log of contacts, and what reaches a family."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import Account, Participant, WorkItem, WorkItemContact
from tests.browsers import read

DAY = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
async def silence(cast, now):
    return await WorkItem.create(
        participant=cast.leo, site=cast.sites["SE01"], kind="silence", slot="2026-05-24", seq=0,
        opened_at=now - 4 * DAY, due_at=now - DAY)


@pytest.fixture
async def twelve_weeks(cast, now):
    began = datetime.combine(now.astimezone(STOCKHOLM).date() - 84 * DAY, time(12), STOCKHOLM)
    await Participant.all().update(enrolled_at=began)


@pytest.mark.usefixtures("twelve_weeks")
async def test_nora_sees_what_was_expected_sent_and_answered_and_where_nothing_was(browser_of, phone_of, cast, now):
    today = now.astimezone(STOCKHOLM).date()
    phone = phone_of("mia")
    await phone.push(phone.item(
        {"from": str(today - 14 * DAY), "to": str(today - DAY), "answer": "nothing_happened"}, kind="check_in",
        recorded_at=now.isoformat()))
    nora = await browser_of("nora")

    shown = await nora.see("/console/adherence")
    arms = read(await nora.see("/console/adherence?by=arm")).text
    past = read(await nora.see("/console/adherence?first=2020-01-01&last=2020-02-01")).text

    assert "SE01-001" in read(shown).text
    assert "GB01-001" not in shown.text
    assert "12 0 0 % 2 16 %" in read(shown).text
    assert f"/console/participants/{cast.leo.id}#reach" in shown.text
    assert "Postnatal" in arms
    assert "Historical" in arms
    assert "Nothing was expected" in arms
    assert "Nothing was expected" in past
    assert "0 %" not in past


@pytest.mark.parametrize("query", ["first=soon", "by=parent", "first=2026-02-01&last=2026-01-01", "site=x-y"])
async def test_odd_choice_is_refused_on_the_page(browser_of, query):
    answer = await (await browser_of("nora")).see(f"/console/adherence?{query}")

    assert answer.status_code == 400
    assert "Not everything can be taken as it is" in answer.text


async def test_nora_takes_an_item_notes_her_call_and_closes_it(browser_of, silence, cast):
    nora, here = await browser_of("nora"), f"/console/work-items/{silence.id}"
    listed = read(await nora.see("/console/work-items")).text
    shown = read(await nora.see(here))

    async def send(what, **typed):
        answer = await nora.post(f"{here}/{what}", seen=read(await nora.see(here)).hidden["seen"], **typed)
        assert answer.status_code == 303, answer.text
        return read(await nora.see(answer.headers["location"])).text

    taken = await send("owner")
    noted = await send("contacts", way="phone", reached="false", note="Voicemail <b>")
    closed = await send("closing", closing="not_reached")

    assert "SE01-001" in listed
    assert "Overdue" in listed
    assert "Nobody yet" in listed
    assert [action.rpartition("/")[2] for action in shown.actions] == ["owner", "contacts", "closing"]
    assert "It is yours now." in taken
    assert "Taken byNora" in taken.replace(" ", "") or "Nora" in taken
    assert "By telephone: not reached" in noted
    assert "Voicemail <b>" in noted
    assert "Not reached" in closed
    assert read(await nora.see(here)).actions == []
    assert "SE01-001" in read(await nora.see("/console/work-items?show=closed")).text
    assert "SE01-001" not in read(await nora.see("/console/work-items?show=mine")).text


async def test_form_that_lacks_something_says_so_and_keeps_what_was_typed(browser_of, silence):
    nora, here = await browser_of("nora"), f"/console/work-items/{silence.id}"

    lacking = await nora.post(f"{here}/contacts", seen="s0", note="Called twice")
    late = await nora.post(f"{here}/closing", seen="s7", closing="reached")

    assert lacking.status_code == 400
    assert "Called twice" in lacking.text
    assert late.status_code == 412
    assert "changed since you looked" in late.text
    assert await WorkItemContact.all().count() == 0


async def test_page_of_a_child_says_how_reminders_reach_the_family(browser_of, cast, now):
    await Account.filter(id=cast.ben.id).update(mail_refused_at=now)

    page = read(await (await browser_of("max")).see(f"/console/participants/{cast.leo.id}"))

    assert "How reminders reach this family" in page.text
    assert "Father Nothing reaches them" in page.text
    assert "refused" in page.text
    assert "Ben" not in page.text


async def test_menu_shows_both_to_whoever_may_and_monitors_only_look(browser_of, silence):
    menus = {}
    for who in ("nora", "max", "bea", "alma"):
        seen = (await (await browser_of(who)).see("/console/protocol")).text
        menus[who] = "/console/work-items" in seen, "/console/adherence" in seen

    assert menus == {"nora": (True, True), "max": (True, True), "bea": (False, False), "alma": (False, False)}
    assert read(await (await browser_of("max")).see(f"/console/work-items/{silence.id}")).actions == []
    assert (await (await browser_of("otto")).see(f"/console/work-items/{silence.id}")).status_code == 404
    assert (await (await browser_of("bea")).see("/console/adherence")).status_code == 403
    assert (await (await browser_of("nora")).see("/console/work-items?show=all")).status_code == 400
