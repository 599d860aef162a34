"""Adjudication on the console: the list, one fracture, the form behind the proof; blinded readers see no more."""

from datetime import timedelta

import pytest

from models import Adjudication, Session
from tests.browsers import read


@pytest.fixture
async def validated(browser_of, fracture):
    await (await browser_of("nora")).decide(fracture.id, "validation")
    return f"/console/adjudication/{fracture.id}"


FORM = {"status": "confirmed_radiographic", "bone": "femur", "side": "left", "segment": "shaft", "count": "1",
        "evidence.radiograph": "yes", "detection": "clinical", "ao_code": "32-D/4.1", "seen": "v1"}


async def test_reader_finds_judges_and_signs(browser_of, validated):
    iris = await browser_of("iris")
    assert f'href="{validated}"' in (await iris.see("/console/adjudication")).text
    shown = read(await iris.see(validated))
    assert "Thigh bone (femur), left" in shown.text
    assert "Not judged yet." in shown.text
    form = await iris.see(f"{validated}/places/0")
    assert '<option value="femur" selected>' in form.text

    answer = await iris.post(f"{validated}/places/0", **FORM)

    assert answer.status_code == 303, read(answer).text
    shown = read(await iris.see(answer.headers["location"]))
    for words in ("Signed.", "Fracture, seen on images", "AO 32-D/4.1", "“I adjudicated this”", "X-ray".lower()):
        assert words in shown.text, words
    assert "Nothing waits for a reader." in read(await iris.see("/console/adjudication")).text
    assert (await Adjudication.get()).signed_name == "Iris"


async def test_what_can_not_be_right_is_said_beside_it_and_nothing_typed_is_lost(browser_of, validated):
    iris = await browser_of("iris")

    answer = await iris.post(f"{validated}/places/0", **{**FORM, "ao_code": "22r-D/4.1", "comment": "AP only"})

    assert answer.status_code == 422
    assert "It is the code of another bone." in read(answer).text
    assert 'value="22r-D/4.1"' in answer.text
    assert ">AP only</textarea>" in answer.text
    assert 'name="evidence.radiograph" value="yes" checked' in answer.text
    assert await Adjudication.all().count() == 0


async def test_report_corrected_meanwhile_is_looked_at_again(browser_of, phone_of, fracture, validated):
    phone = phone_of("mia")
    await phone.push(phone.item({"pain": 1}, id=str(fracture.id), base_version=1, reason="details_added"))

    answer = await (await browser_of("iris")).post(f"{validated}/places/0", **FORM)

    assert answer.status_code == 412
    assert "The report was corrected since" in read(answer).text
    assert 'name="seen" value="v2"' in answer.text


async def test_form_stands_behind_the_proof(browser_of, cast, now, validated):
    iris = await browser_of("iris")
    await Session.filter(account_id=cast.iris.id).update(proved_at=now - timedelta(minutes=30))

    asked = await iris.see(f"{validated}/places/0")

    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/console/step-up?then=")
    assert (await iris.post(f"{validated}/places/0", **FORM)).status_code == 303
    assert await Adjudication.all().count() == 0


async def test_blinded_reader_judges_without_seeing_others(browser_of, validated):
    await (await browser_of("iris")).post(f"{validated}/places/0", **FORM, comment="after the third dose")
    bea = await browser_of("bea")
    assert f'href="{validated}"' in (await bea.see("/console/adjudication")).text

    shown = read(await bea.see(validated))
    assert "dose" not in shown.text
    assert "Not judged yet." in shown.text
    await bea.post(f"{validated}/places/0", **{**FORM, "status": "not_fracture", "ao_code": ""})

    shown = read(await bea.see(validated))
    assert "Readers disagree about this place." in shown.text
    assert "Blinded" in shown.text
    assert "Iris" not in shown.text


async def test_monitor_reads_judgements_and_signs_none(browser_of, validated):
    max_ = await browser_of("max")

    assert "/places/" not in (await max_.see(validated)).text
    assert (await max_.post(f"{validated}/places/0", **FORM)).status_code == 403
    assert (await (await browser_of("otto")).see(validated)).status_code == 404


@pytest.mark.parametrize("index", ["2", "99"])
async def test_number_that_is_no_place_is_nothing(browser_of, validated, index):
    assert (await (await browser_of("iris")).see(f"{validated}/places/{index}")).status_code == 404


async def test_place_that_was_not_told_is_added(browser_of, validated):
    iris = await browser_of("iris")

    answer = await iris.post(f"{validated}/places/1", **{**FORM, "bone": "vertebra", "side": "", "segment": "",
                                                         "level": "L2", "genant": "2", "ao_code": ""})

    assert answer.status_code == 303, read(answer).text
    signed = await Adjudication.get()
    assert (signed.site_index, signed.place["level"], signed.genant) == (1, "L2", 2)
