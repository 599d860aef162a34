"""What a nurse does on the page of one person who speaks for a participant, and with linking codes."""

from datetime import timedelta

import pytest

from backend.console.words import day, moment
from models import Account, Guardianship, LinkingCode, Participant, Session
from models.vocabulary import Arm, ParticipantKind
from tests.browsers import read

ACTS = ("end", "limit", "signing-out", "court-order", "court-order/lifting")


@pytest.fixture
def leo_url(cast):
    return f"/console/participants/{cast.leo.id}"


@pytest.fixture
async def ben_url(cast, leo_url):
    return f"{leo_url}/guardianships/{(await Guardianship.get(account_id=cast.ben.id)).id}"


async def test_page_says_what_a_person_may_and_who_invited_them(browser_of, cast, leo_url, ben_url):
    await Guardianship.filter(account_id=cast.ben.id).update(invited_by_id=cast.mia.id)
    nora = await browser_of("nora")

    shown = read(await nora.see(ben_url)).text

    assert "Ben father, SE01-001" in shown
    assert "An invitation of Mia (mother)" in shown
    assert "invited by Mia (mother)" in read(await nora.see(leo_url)).text


async def test_two_accounts_of_one_name_and_ended_ones_are_told_apart(browser_of, cast, leo_url, now):
    mine = await Guardianship.get(account_id=cast.mia.id)
    for account, days, ended in ((cast.eve, 1, None), (cast.ben, 40, now - timedelta(days=2))):
        await Guardianship.filter(account_id=account.id, participant_id=cast.leo.id).delete()
        await Guardianship.create(
            account_id=account.id, participant_id=cast.leo.id, role="guardian", relation="mother", capabilities=["log"],
            starts_at=now - timedelta(days=days), ends_at=ended, invited_by_id=cast.mia.id if ended else None,
        )
    await Account.filter(id__in=[cast.eve.id, cast.ben.id]).update(display_name="Mia")

    shown = read(await (await browser_of("nora")).see(leo_url)).text
    before, _, ended = shown.partition(" Ended ")

    assert before.count("One of 2 accounts of this name") == 2
    assert moment(mine.starts_at, cast.nora.account.timezone) in before
    assert ended.startswith("Mia, mother Ended guardian; ")
    span = " – ".join(day(now - timedelta(days=days), "Europe/Stockholm") for days in (40, 2))
    assert f"{span}; invited by Mia (mother)" in ended.partition("Linking codes")[0]


async def test_whom_somebody_invited_goes_with_them_unless_the_nurse_keeps_them(browser_of, cast, leo_url, now):
    nora, mia = await browser_of("nora"), await Guardianship.get(account_id=cast.mia.id)
    await Guardianship.filter(account_id=cast.ben.id).update(invited_by_id=cast.mia.id)
    url = f"{leo_url}/guardianships/{mia.id}"

    shown = read(await nora.see(url)).text
    await nora.post(f"{url}/end", keep_invited="yes")

    assert "ends the access of those who came by their invitation: Ben, father They stay" in shown
    assert (await Guardianship.get(account_id=cast.mia.id)).ends_at is not None
    assert (await Guardianship.get(account_id=cast.ben.id)).ends_at is None


async def test_less_is_ticked_off_and_a_last_day_is_set(browser_of, cast, ben_url, now):
    nora, last = await browser_of("nora"), now + timedelta(days=30)

    done = await nora.post(f"{ben_url}/limit", ends_at=f"{last:%Y-%m-%d}", **{"capabilities.log": "yes"})

    link = await Guardianship.get(account_id=cast.ben.id)
    assert done.headers["location"] == f"{ben_url}?done=limited"
    assert link.capabilities == ["log"]
    assert last.date() <= link.ends_at.date() <= last.date() + timedelta(days=1)


@pytest.mark.parametrize(("fields", "says"), [
    ({"capabilities.log": "yes", "ends_at": "2001-01-01"}, "It lies in the past."),
    ({"capabilities.log": "yes", "ends_at": "soon"}, "Please say the day."),
    ({}, "Please check this."),
])
async def test_limit_that_cannot_be_is_said_beside_the_question(browser_of, cast, ben_url, fields, says):
    refused = await (await browser_of("nora")).post(f"{ben_url}/limit", **fields)

    assert refused.status_code in (400, 422)
    assert says in read(refused).text
    assert (await Guardianship.get(account_id=cast.ben.id)).ends_at is None


async def test_lost_phone_is_signed_out(browser_of, cast, ben_url):
    await (await browser_of("nora")).post(f"{ben_url}/signing-out")

    assert await Session.filter(account_id=cast.ben.id, ended_at__isnull=True).count() == 0
    assert await Session.filter(account_id=cast.mia.id, ended_at__isnull=True).count() == 1


async def test_court_order_asks_for_a_proof_locks_and_is_lifted(browser_of, cast, ben_url, leo_url, now):
    nora = await browser_of("nora")
    await Session.filter(kind="browser").update(proved_at=None)
    asked = [await nora.see(f"{ben_url}/court-order"), await nora.post(f"{ben_url}/court-order"),
             await nora.post(f"{ben_url}/court-order/lifting")]
    await Session.filter(kind="browser").update(proved_at=now)

    assert {answer.headers["location"] for answer in asked} == {
        "/console/step-up?then=" + f"{ben_url}/court-order".replace("/", "%2F")}
    unsaid = await nora.post(f"{ben_url}/court-order")
    locked = await nora.post(f"{ben_url}/court-order", reason="court_order")
    assert (unsaid.status_code, locked.status_code) == (400, 303)
    assert "No access" in read(await nora.see(leo_url)).text
    assert "court order" not in read(await (await browser_of("max")).see(leo_url)).text
    assert "A court order stands: father." in read(await nora.see(leo_url)).text
    await nora.post(f"{ben_url}/court-order/lifting", reason="order_over")
    assert (await Guardianship.get(account_id=cast.ben.id)).locked_at is None


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_acts_on_a_person_of_another_site_or_another_child(browser_of, cast, ben_url, act, now):
    otto, nora = await browser_of("otto"), await browser_of("nora")
    await Session.filter(kind="browser").update(proved_at=now)
    other = await Participant.create(
        code="SE01-050", site_id=cast.leo.site_id, arm=Arm.POSTNATAL, birth_month=cast.leo.birth_month, enrolled_at=now)
    mixed = ben_url.replace(str(cast.leo.id), str(other.id))

    answers = [await otto.post(f"{ben_url}/{act}", reason="court_order"), await otto.see(ben_url),
               await nora.post(f"{mixed}/{act}", reason="court_order")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    link = await Guardianship.get(account_id=cast.ben.id)
    assert (link.ends_at, link.locked_at) == (None, None)


async def test_over_is_over_and_said(browser_of, ben_url):
    nora = await browser_of("nora")
    await nora.post(f"{ben_url}/end")

    again = await nora.post(f"{ben_url}/end")

    assert (again.status_code, "in its present state" in again.text) == (409, True)
    assert read(await nora.see(ben_url)).actions == []


async def test_lost_address_gets_a_code_that_replaces_the_old_account(browser_of, cast, ben_url, leo_url):
    nora = await browser_of("nora")
    form = read(await nora.see(ben_url)).hidden

    led = await nora.post(f"{leo_url}/linking-codes", **form)

    row, link = await LinkingCode.get(), await Guardianship.get(account_id=cast.ben.id)
    assert led.headers["location"] == f"{leo_url}/linking-codes/{row.id}"
    assert row.replaces_id == link.id
    assert row.relation == "father"


async def test_code_is_shown_once_in_the_browser_that_asked(browser_of, leo_url, cast):
    nora, iris = await browser_of("nora"), await browser_of("iris")
    led = await nora.post(f"{leo_url}/linking-codes", relation="mother", role="guardian")
    address, kept = led.headers["location"], led.headers["set-cookie"]

    others = read(await iris.see(address)).text
    shown = read(await nora.see(address)).text
    again = read(await nora.see(address)).text

    assert "HttpOnly" in kept
    assert "samesite=strict" in kept.lower()
    assert f"path={address}" in kept.lower()
    assert "It is shown only now" in shown
    assert "was shown already" in others
    assert "was shown already" in again
    assert (await (await browser_of("otto")).see(address)).status_code == 404


async def test_code_used_meanwhile_is_not_shown(browser_of, leo_url):
    nora = await browser_of("nora")
    led = await nora.post(f"{leo_url}/linking-codes", relation="mother", role="guardian")
    await nora.post(f"{led.headers['location']}/revocation")

    assert "was shown already" in read(await nora.see(led.headers["location"])).text


async def test_too_young_for_their_own_code_is_said_calmly(browser_of, cast, leo_url, now):
    nora, own = await browser_of("nora"), {"relation": "participant_self", "role": "participant"}

    refused = await nora.post(f"{leo_url}/linking-codes", **own)
    await Participant.filter(id=cast.leo.id).update(birth_month=now.date().replace(year=now.year - 14, day=1))
    issued = await nora.post(f"{leo_url}/linking-codes", **own)

    assert refused.status_code == 422
    assert "Not old enough yet for an account of their own." in read(refused).text
    assert 'id="own-code-wrong-role"' in refused.text
    assert issued.status_code == 303


async def test_woman_of_the_prenatal_arm_gets_her_own_code_only(browser_of, cast, now):
    woman = await Participant.create(
        code="SE01-060", site_id=cast.leo.site_id, arm=Arm.PRENATAL, kind=ParticipantKind.WOMAN, enrolled_at=now)
    nora, url = await browser_of("nora"), f"/console/participants/{woman.id}"
    shown = await nora.see(url)

    issued = await nora.post(f"{url}/linking-codes", **read(shown).hidden)

    assert "Issue her linking code" in shown.text
    assert 'name="relation" required' not in shown.text
    assert issued.status_code == 303


async def test_open_invitations_of_the_family_are_shown_and_revoked(browser_of, as_, cast, leo_url):
    invited = await as_("mia").post(f"/api/v1/participants/{cast.leo.id}/invitations",
                                    json={"relation": "grandparent", "role": "carer"})
    nora = await browser_of("nora")
    before = read(await nora.see(leo_url)).text

    await nora.post(f"{leo_url}/linking-codes/{invited.json()['id']}/revocation")

    assert "Grandparent Invited by the family" in before
    assert "None waits to be used." in read(await nora.see(leo_url)).text
