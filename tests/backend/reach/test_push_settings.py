"""Which push services are set up: a key that can't be used stops the start with a sentence, and is never shown."""

import json

import msgspec
import pytest

from backend.clock import utc_now
from backend.settings import Settings, SettingsError
from backend.unsafe_settings import faults_in
from backend.wiring import channels
from notifications.channels.web_push_seal import new_own_key, own_key, public_letters
from tests.processes import typed
from tests.push_fakes.apple import pem
from tests.push_fakes.google import Google

PRIVATE = new_own_key()[0]
SOUND = Settings(secret_key="4Ui0GvAZ9q2nYw7KxPc3LmTeRb8sDfHj", public_url="https://diary.clinic.example")
GOOGLE = {"fcm_service_account": Google(utc_now).service_account()}
APPLE = {"apns_key": pem(), "apns_key_id": "ABC123DEFG", "apns_team_id": "DEF123GHIJ",
         "apns_topic": "org.example.diary"}
BROWSERS = {"web_push_private_key": PRIVATE}


def with_(*parts: dict[str, str], **more: str) -> Settings:
    changes = {name: value for part in (*parts, more) for name, value in part.items()}
    return msgspec.structs.replace(SOUND, **changes)


@pytest.mark.parametrize(("settings", "services"), [
    (with_(GOOGLE), ["fcm"]), (with_(APPLE), ["apns"]), (with_(BROWSERS), ["web_push"]),
    (with_(GOOGLE, APPLE, BROWSERS, web_push_hosts="push.own.example, push.own.example:8443"),
     ["apns", "fcm", "web_push"]),
])
def test_push_comes_first_and_speaks_to_what_is_set_up(settings, services):
    push, mail = channels(settings)
    assert (push.name, mail.name, push.services) == ("push", "console", services)
    assert faults_in(settings) == []


def test_without_any_key_nothing_is_pushed():
    assert [channel.name for channel in channels(SOUND)] == ["console"]


WRONG_ACCOUNT = json.dumps(json.loads(GOOGLE["fcm_service_account"]) | {"private_key": "secret-that-is-none"})
FAULTY = [
    (with_(fcm_service_account=WRONG_ACCOUNT),
     "FCM_SERVICE_ACCOUNT can't be used: not a service account with its private key"),
    (with_(fcm_service_account="{"), "FCM_SERVICE_ACCOUNT can't be used: not a service account with its private key"),
    (with_(APPLE, apns_key="secret-that-is-none"), "APNS_KEY can't be used: not a private key (.p8)"),
    (with_(APPLE, apns_topic=""), "APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC belong together"),
    (with_(apns_topic="org.example.diary"), "APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC belong together"),
    (with_(APPLE, apns_key_id="abc"), "APNS_KEY_ID and APNS_TEAM_ID are not ten capital letters and digits each"),
    (with_(web_push_private_key="secret-that-is-none"),
     "WEB_PUSH_PRIVATE_KEY or WEB_PUSH_SUBJECT can't be used: not 32 bytes of a private key in base64url"),
    (with_(BROWSERS, web_push_subject="the IT department"),
     "WEB_PUSH_PRIVATE_KEY or WEB_PUSH_SUBJECT can't be used: subject is neither mailto: nor https:"),
    (with_(BROWSERS, web_push_hosts="https://push.own.example"),
     "WEB_PUSH_HOSTS are not hosts (push.example.org, or with a port)"),
]


@pytest.mark.parametrize(("settings", "sentence"), FAULTY)
def test_key_that_cannot_be_used_is_named_and_not_shown(settings, sentence):
    assert faults_in(settings) == [sentence]
    assert "secret-that-is-none" not in sentence
    if "can't be used" in sentence:
        with pytest.raises(SettingsError):
            channels(settings)


def test_command_makes_a_key_that_can_be_a_setting():
    said = typed(SOUND, "web-push-key")

    name, _, private = said.stdout.strip().partition("=")
    assert (said.returncode, name) == (0, "WEB_PUSH_PRIVATE_KEY")
    assert public_letters(own_key(private)) in said.stderr
    assert private not in said.stderr
