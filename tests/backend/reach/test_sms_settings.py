"""SMS settings: refused by name where they can't work, wired to the provider, and the month's use seen by operators."""

import msgspec
import pytest

from backend.clock import utc_now
from backend.commands.check import Report, _check_sms
from backend.metrics_queries import study_figures
from backend.sms_settings import sms_faults
from backend.unsafe_settings import faults_in
from backend.wiring import channels
from notifications.channels.email import EmailChannel
from notifications.channels.sms_budget import take
from tests.sms_providers import ACCOUNT, AUTH_TOKEN, SERVICE, Elks46

ELKS = {"sms_provider": "46elks", "sms_user": "u", "sms_password": "p", "sms_from": "Diary",
        "public_url": "https://diary.example.org"}
TWILIO = {**ELKS, "sms_provider": "twilio", "sms_from": SERVICE, "twilio_account_sid": ACCOUNT,
          "twilio_auth_token": AUTH_TOKEN}


def changed(settings, **changes):
    return msgspec.structs.replace(settings, **changes)


@pytest.mark.parametrize("good", [ELKS, TWILIO, {**ELKS, "sms_from": "+46766861004"}, {**TWILIO, "sms_from": "Diary"}])
def test_sound_settings_have_no_fault(settings, good):
    assert list(sms_faults(changed(settings, **good))) == []


@pytest.mark.parametrize(("base", "wrong", "named"), [
    (ELKS, {"sms_user": ""}, "SMS_USER"), (ELKS, {"sms_password": ""}, "SMS_PASSWORD"),
    (ELKS, {"sms_from": ""}, "SMS_FROM"), (ELKS, {"sms_from": "TwelveLetter"}, "SMS_FROM"),
    (ELKS, {"sms_from": SERVICE}, "SMS_FROM"), (ELKS, {"sms_from": "070123"}, "SMS_FROM"),
    (ELKS, {"sms_from": "Fracture"}, "SMS_FROM is not neutral"), (ELKS, {"sms_from": "Diary\n"}, "SMS_FROM"),
    (ELKS, {"sms_monthly_cap": 0}, "SMS_MONTHLY_CAP"), (ELKS, {"sms_monthly_cap": 10**9}, "SMS_MONTHLY_CAP"),
    (TWILIO, {"twilio_account_sid": "AC1"}, "TWILIO_ACCOUNT_SID"),
    (TWILIO, {"twilio_auth_token": ""}, "TWILIO_AUTH_TOKEN"),
])
def test_each_fault_is_named_without_its_value(settings, base, wrong, named):
    unsound = changed(settings, **{**base, **wrong})

    (fault,) = sms_faults(unsound)
    assert named in fault
    assert fault in faults_in(unsound)
    (value,) = map(str, wrong.values())
    assert len(value) < 3 or value not in fault


@pytest.mark.parametrize("good", [ELKS, TWILIO])
async def test_sms_comes_last_of_the_channels_and_only_where_it_is_set_up(study, good):
    settings = changed(study.settings, **good, smtp_url="smtp://localhost", mail_from="diary@example.org")
    ways = channels(settings)

    assert [way.name for way in ways] == ["email", "sms"]
    assert isinstance(ways[0], EmailChannel)
    assert [way.name for way in channels(study.settings)] == ["console"]
    for way in ways:
        await way.close()


async def test_operators_see_how_much_of_the_month_is_used(study, reaching, capsys):
    wiring, now = reaching(Elks46(), cap=3), utc_now()
    assert await take(2, 3, now)

    figures = {figure.name: figure.value for figure in await study_figures(wiring, now)}
    assert (figures["sms_segments"], figures["sms_segments_cap"]) == (2, 3)
    report = Report()
    await _check_sms(report, wiring.settings, now)
    assert report.faults == 0
    assert "2 of 3 segments" in capsys.readouterr().out

    assert await take(1, 3, now)
    await _check_sms(report, wiring.settings, now)
    assert report.faults == 1
    assert "SMS_MONTHLY_CAP is used up" in capsys.readouterr().out


async def test_without_sms_neither_figures_nor_check_speak_of_it(study, capsys):
    assert not {"sms_segments", "sms_segments_cap"} & {one.name for one in await study_figures(study, utc_now())}
    await _check_sms(Report(), study.settings, utc_now())
    assert capsys.readouterr().out == ""
