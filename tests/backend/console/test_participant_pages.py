"""What a nurse does on a participant's page about state, consent and enrolment; and who never sees it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import ConsentDocument, ConsentSignature, Participant, ParticipantStatus, QuarantinedItem, Session
from models.vocabulary import Arm, Collection, ParticipantKind
from tests.browsers import read


def today(now: datetime) -> str:
    """The day at the site, as a nurse there types it."""
    return f"{now.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m-%d}"


@pytest.fixture
def leo_url(cast):
    return f"/console/participants/{cast.leo.id}"


@pytest.fixture
async def text(as_, now):
    """A text for the custodians of Stockholm, in force since an hour."""
    made = await as_("nora").post("/api/v1/consent-documents", json={
        "code": "guardian-information", "version": "1", "audience": "custodian", "language": "en", "site": "SE01",
        "title": "For parents", "body": "Words", "valid_from": (now - timedelta(hours=1)).isoformat(),
    })
    assert made.status_code == 201
    return made.json()["id"]


async def test_nora_pauses_leo_and_sees_since_when_and_why(browser_of, leo_url, now):
    nora = await browser_of("nora")

    changed = await nora.post(f"{leo_url}/status", state="paused", effective_on=today(now), reason="holiday")

    shown = read(await nora.see(changed.headers["location"])).text
    assert "The state is changed." in shown
    assert "Paused since" in shown
    assert "holiday" in shown
    assert (await Participant.get(code="SE01-001")).state == "paused"


async def test_what_cannot_be_is_said_beside_the_question_and_the_form_stays_filled(browser_of, leo_url, now):
    nora, tomorrow = await browser_of("nora"), f"{now + timedelta(days=2):%Y-%m-%d}"

    refused = await nora.post(f"{leo_url}/status", state="paused", effective_on=tomorrow, reason="holiday")

    assert refused.status_code == 422
    assert 'id="state-paused-wrong-effective_on"' in refused.text
    assert "It lies in the future." in read(refused).text
    assert f'value="{tomorrow}"' in refused.text
    assert await ParticipantStatus.all().count() == 0


async def test_only_what_may_follow_is_offered(browser_of, leo_url, cast):
    nora = await browser_of("nora")
    active = (await nora.see(leo_url)).text
    await Participant.filter(id=cast.leo.id).update(state="died")
    died = await nora.see(leo_url)

    assert 'name="state" value="withdrawn"' in active
    assert 'name="state" value="pregnancy_lost"' not in active
    assert 'name="state" value="paused"' not in died.text
    assert 'name="reason" value="entered_in_error"' in died.text
    assert "the app speaks quietly" in read(died).text
    assert "Nobody is asked any more." in read(died).text
    assert not [action for action in read(died).actions if action.endswith(("codes", "consents", "custodians"))]


async def test_withdrawal_is_undone_only_as_a_mistake_that_the_nurse_confirms(browser_of, leo_url, cast, now):
    nora, day = await browser_of("nora"), today(now)
    await Participant.filter(id=cast.leo.id).update(state="withdrawn", collection="withdrawn")

    shown = read(await nora.see(leo_url)).text
    unsure = await nora.post(f"{leo_url}/status", state="active", effective_on=day)
    sure = await nora.post(f"{leo_url}/status", state="active", effective_on=day, reason="entered_in_error")

    assert "Withdrawal was recorded by mistake" in shown
    assert "Nobody withdrew: it was entered in error" in shown
    assert "Active again" not in shown
    assert unsure.status_code in (400, 422)
    assert 'id="state-active-sure" name="reason" value="entered_in_error" required' in unsure.text
    assert (sure.status_code, (await Participant.get(id=cast.leo.id)).state) == (303, "active")


@pytest.mark.parametrize("act", ["status", "birth", "transfer", "paper-consents", "custodians", "linking-codes"])
async def test_staff_of_another_site_find_nothing_there(browser_of, leo_url, act, now):
    otto = await browser_of("otto")
    fields = {"state": "paused", "effective_on": today(now), "reason": "other", "site": "GB01",
              "birth_month": "2020-01", "document_id": "00000000-0000-4000-8000-000000000000",
              "relation": "mother", "decision": "given", "signed_at": today(now), "role": "guardian"}
    await Session.filter(kind="browser").update(proved_at=now)

    answer = await otto.post(f"{leo_url}/{act}", **fields)

    assert answer.status_code == 404
    read(answer)


async def test_blinded_reader_and_families_open_no_participant(browser_of, leo_url):
    for name in ("bea", "mia"):
        visitor = await browser_of(name)
        for path in (leo_url, "/console/participants", f"{leo_url}/transfer"):
            assert (await visitor.see(path)).status_code == 403


async def test_duty_person_changes_the_state_and_nothing_else(browser_of, leo_url):
    actions = set(read(await (await browser_of("dag")).see(leo_url)).actions)

    assert actions == {f"{leo_url}/status"}


async def test_handing_over_asks_for_a_proof_first_and_ends_at_the_list(browser_of, leo_url, now):
    nora = await browser_of("nora")
    await Session.filter(kind="browser").update(proved_at=None)
    asked = [await nora.see(f"{leo_url}/transfer"), await nora.post(f"{leo_url}/transfer", site="GB01")]
    await Session.filter(kind="browser").update(proved_at=now)
    form = read(await nora.see(f"{leo_url}/transfer"))
    told = {"effective_on": today(now), "reason": "moved"}
    refused = await nora.post(f"{leo_url}/transfer", site="SE01", **told)
    moved = await nora.post(f"{leo_url}/transfer", site="GB01", **told)

    back = "/console/step-up?then=" + f"{leo_url}/transfer".replace("/", "%2F")
    assert [answer.headers["location"] for answer in asked] == [back, back]
    assert form.actions == [f"{leo_url}/transfer"]
    assert (refused.status_code, "Please choose another site." in read(refused).text) == (422, True)
    assert moved.headers["location"].startswith("/console/participants?")
    assert "Handed over." in read(await nora.see(moved.headers["location"])).text
    assert (await nora.see(leo_url)).status_code == 404


async def test_birth_of_an_unborn_child_is_noted(browser_of, cast, now):
    unborn = await Participant.create(code="SE01-090", site_id=cast.leo.site_id, arm=Arm.PRENATAL, enrolled_at=now)
    nora, url = await browser_of("nora"), f"/console/participants/{unborn.id}"
    before = read(await nora.see(url)).text

    refused = await nora.post(f"{url}/birth", birth_month=f"{now.year + 1}-01")
    refused_2 = await nora.post(f"{url}/birth", birth_month=f"{now:%Y-%m}", gestational_days="3")
    noted = await nora.post(f"{url}/birth", birth_month=f"{now:%Y-%m}", gestational_weeks="38", gestational_days="3")

    assert "The child is born" in before
    assert "Pregnancy lost" in before
    assert "It lies in the future." in read(refused).text
    assert (refused.status_code, refused_2.status_code, noted.status_code) == (422, 422, 303)
    assert "Please say the weeks, too." in read(refused_2).text
    assert (await Participant.get(id=unborn.id)).gestational_days == 38 * 7 + 3


async def test_paper_signatures_open_the_diary_for_what_waited(browser_of, phone_of, leo_url, text, cast, now):
    await Participant.filter(id=cast.leo.id).update(collection=Collection.NO_CONSENT)
    phone, nora = phone_of("mia"), await browser_of("nora")
    await phone.push(phone.item({"pain": 3}), phone.item({"pain": 4}))
    waiting = read(await nora.see(leo_url)).text
    paper = {"document_id": text, "decision": "given", "signed_at": f"{now - timedelta(days=2):%Y-%m-%d}"}

    await nora.post(f"{leo_url}/paper-consents", relation="mother", **paper)
    half = read(await nora.see(leo_url)).text
    await nora.post(f"{leo_url}/paper-consents", relation="father", **paper)

    assert "2 new entries wait meanwhile" in waiting
    assert "Missing mother and father" in waiting
    assert "Missing father" in half
    assert "New entries are taken in." in read(await nora.see(leo_url)).text
    assert await QuarantinedItem.filter(state="released").count() == 2
    assert await ConsentSignature.filter(method="paper").count() == 2


@pytest.mark.parametrize(("told", "says"), [
    ({"signed_at": "2199-01-01"}, 'aria-invalid="true" autofocus'), ({"signed_at": "soon"}, "Please say the day."),
    ({"relation": "grandparent"}, "First attest that they have custody."),
    ({"relation": "participant_self"}, "This text is for somebody else."),
])
async def test_paper_that_cannot_be_so_is_said_in_its_own_form(browser_of, leo_url, text, now, told, says):
    nora = await browser_of("nora")
    paper = {"document_id": text, "relation": "mother", "decision": "given", "signed_at": today(now)}

    refused = await nora.post(f"{leo_url}/paper-consents", **paper | told)

    assert refused.status_code in (400, 422)
    assert says in read(refused).text + refused.text
    assert await ConsentSignature.all().count() == 0


async def test_childs_no_is_noted_and_said(browser_of, leo_url, cast, now):
    words = await ConsentDocument.create(
        code="child-information", version="1", audience="child", language="en", title="For you", body="Words",
        body_hash="0" * 64, valid_from=now - timedelta(days=1), created_at=now, created_by_id=cast.nora.id,
    )
    nora = await browser_of("nora")

    await nora.post(f"{leo_url}/paper-consents", document_id=str(words.id), relation="participant_self",
                    decision="declined", signed_at=today(now))

    shown = read(await nora.see(leo_url)).text
    assert "nothing is addressed to the child any more" in shown
    assert "For you version 1 No the participant" in shown


async def test_custodians_are_attested(browser_of, leo_url):
    nora = await browser_of("nora")

    two, school = ({f"custodians.{who}": "yes" for who in ticks} for ticks in (("mother", "foster_carer"),
                                                                               ("school_or_nursery",)))
    attested = await nora.post(f"{leo_url}/custodians", **two)
    refused = await nora.post(f"{leo_url}/custodians", **school)

    assert (attested.status_code, refused.status_code) == (303, 422)
    assert (await Participant.get(code="SE01-001")).custodians == ["foster_carer", "mother"]


async def test_first_day_nurse_is_led_from_enrolment_to_the_code(browser_of, text):
    nora = await browser_of("nora")
    enrolled = await nora.post("/console/participants", code="SE01-077", arm="postnatal", birth_month="2019-05")
    url = enrolled.headers["location"].partition("?")[0]

    def step(said: str, page: str) -> bool:
        return said in page.partition("<ol>")[2].partition("</ol>")[0]

    first = (await nora.see(url)).text
    await nora.post(f"{url}/custodians", **{"custodians.mother": "yes"})
    second = (await nora.see(url)).text
    await nora.post(f"{url}/paper-consents", document_id=text, relation="mother", decision="given",
                    signed_at=f"{(await Participant.get(code='SE01-077')).enrolled_at:%Y-%m-%d}")
    third = (await nora.see(url)).text
    await nora.post(f"{url}/linking-codes", relation="mother", role="guardian")
    fourth = (await nora.see(url)).text

    assert step("Attest who must consent", first)
    assert step("Get the consent", second)
    assert not step("Get the consent", third)
    assert step("Hand the family a linking code", third)
    assert step("waits to be used", fourth)


async def test_woman_and_child_are_enrolled_and_linked(browser_of):
    nora = await browser_of("nora")
    of_hers = {"code": "SE01-081", "arm": "prenatal", "kind": "child", "woman_code": "SE01-080"}
    lone = await nora.post("/console/participants", **of_hers)
    her = await nora.post("/console/participants", code="SE01-080", arm="prenatal", kind="woman")
    child = await nora.post("/console/participants", **of_hers, **{"custodians.mother": "yes"})

    woman = await Participant.get(code="SE01-080")
    assert (lone.status_code, her.status_code, child.status_code) == (422, 303, 303)
    assert "There is no woman with this code at your site" in read(lone).text
    assert woman.kind is ParticipantKind.WOMAN
    assert "SE01-080" in read(await nora.see(child.headers["location"])).text
    assert "SE01-081" in read(await nora.see(her.headers["location"])).text


async def test_who_comes_from_records_gets_no_code_and_no_steps(browser_of, cast, now):
    control = await Participant.create(
        code="SE01-095", site_id=cast.leo.site_id, arm=Arm.HISTORICAL, birth_month=cast.leo.birth_month,
        enrolled_at=now,
    )
    nora, url = await browser_of("nora"), f"/console/participants/{control.id}"

    shown = read(await nora.see(url))
    refused = await nora.post(f"{url}/linking-codes", relation="mother", role="guardian")

    assert "What is next" not in shown.text
    assert f"{url}/linking-codes" not in shown.actions
    assert (refused.status_code, "comes from records" in read(refused).text) == (409, True)
