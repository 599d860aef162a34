"""What a nurse notes about a child besides its birth: who rates its pain, which woman carried it; and its fractures."""

import pytest

from models import AuditEvent, Participant
from models.vocabulary import Arm, ParticipantKind
from tests.browsers import read


@pytest.fixture
def leo_url(cast):
    return f"/console/participants/{cast.leo.id}"


async def test_nora_says_that_carers_rate_leos_pain_and_takes_it_back(browser_of, leo_url, cast):
    nora = await browser_of("nora")
    before = read(await nora.see(leo_url)).text

    noted = await nora.post(f"{leo_url}/pain-rating", observer_rated="true")
    shown = read(await nora.see(noted.headers["location"])).text

    assert "Rates pain As fits the age" in before
    assert "Always a carer, by watching" in shown
    assert (await Participant.get(id=cast.leo.id)).observer_rated
    await nora.post(f"{leo_url}/pain-rating", observer_rated="false")
    assert not (await Participant.get(id=cast.leo.id)).observer_rated
    assert await AuditEvent.filter(action="participant.change").count() == 2


async def test_nora_links_a_child_to_its_woman_corrects_it_and_finds_no_other(browser_of, leo_url, cast):
    nora = await browser_of("nora")
    await Participant.filter(id=cast.leo.id).update(arm=Arm.PRENATAL)
    woman = await Participant.create(
        code="SE01-090", site_id=cast.leo.site_id, arm=Arm.PRENATAL, kind=ParticipantKind.WOMAN,
        enrolled_at=cast.leo.enrolled_at)

    unknown = await nora.post(f"{leo_url}/woman", woman_code="SE01-099")
    linked = await nora.post(f"{leo_url}/woman", woman_code=" se01-090 ")
    shown = (await nora.see(linked.headers["location"])).text

    assert (unknown.status_code, "There is no woman with this code" in unknown.text) == (422, True)
    assert 'id="woman-wrong-woman_code"' in unknown.text
    assert f'The woman</dt><dd><a href="/console/participants/{woman.id}">SE01-090</a>' in shown
    await nora.post(f"{leo_url}/woman", woman_code="")
    assert (await Participant.get(id=cast.leo.id)).woman_id is None


async def test_nothing_of_it_is_asked_about_a_child_of_another_arm_or_by_a_monitor(browser_of, leo_url):
    nora, max_ = await browser_of("nora"), await browser_of("max")

    assert f"{leo_url}/woman" not in read(await nora.see(leo_url)).actions
    assert f"{leo_url}/pain-rating" not in read(await max_.see(leo_url)).actions
    assert (await max_.post(f"{leo_url}/pain-rating", observer_rated="true")).status_code == 403


@pytest.mark.usefixtures("fracture")
async def test_fractures_are_counted_by_each_definition_and_an_unpublished_one_says_so(browser_of, leo_url):
    shown = read(await (await browser_of("nora")).see(leo_url)).text

    assert "Every report of a family, not retracted and not a duplicate CD-FAMILY 1 1 " in shown
    assert "Long bones, radiographic CD-LONG 0 0 " in shown
    assert "The trial's own definition CD-BOOSTB4 not published by the study" in shown


async def test_entry_says_how_exactly_it_is_dated_and_what_follows_from_the_answers(browser_of, phone_of):
    phone, nora = phone_of("mia"), await browser_of("nora")
    five = dict.fromkeys(("face", "legs", "activity_level", "cry", "consolability"), 1)
    fell, hurt = await phone.push(
        phone.item({"occurred": "2026-11", "force": "fall_from_height",
                    "sites": [{"bone": "rib", "side": "unknown", "count": 3}]}),
        phone.item({"occurred": "2026-11-01", "scale": "FLACC", "rated_by": "carer", **five}, kind="pain"))

    fracture, pain = [read(await nora.see(f"/console/entries/{made['id']}")).text for made in (fell, hurt)]

    assert "How exactly it is dated to the month" in fracture
    assert "How hard the impact was High: a fall from a height" in fracture
    assert "Rib, side: not known, how many: 3" in fracture
    assert "Total of the five parts 5" in pain
