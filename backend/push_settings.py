"""Which push services this installation speaks to, made from its settings; a key that can't be used is named."""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from backend.access.seal import Seal
from backend.clock import machine_now
from backend.settings import Settings, SettingsError
from notifications.channels.apns import Apns
from notifications.channels.fcm import Fcm
from notifications.channels.provider_tokens import Clock, ProviderTokens, Sealing
from notifications.channels.push import Carrier, PushChannel
from notifications.channels.web_push import WebPush

_HOST = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{0,252}(:\d{1,5})?", re.IGNORECASE)
T = TypeVar("T")


def push_channel(settings: Settings, seal: Sealing, clock: Clock) -> PushChannel | None:
    """None where no push service is set up. `clock` is the machine's. Raises SettingsError."""
    tokens = ProviderTokens(seal, clock)
    carriers: list[Carrier] = []
    if settings.fcm_service_account:
        carriers.append(_made("FCM_SERVICE_ACCOUNT", lambda: Fcm(settings.fcm_service_account, tokens, clock)))
    if settings.apns_key:
        carriers.append(_made("APNS_KEY", lambda: Apns(
            settings.apns_key, settings.apns_key_id, settings.apns_team_id, settings.apns_topic, tokens, clock)))
    if settings.web_push_private_key:
        carriers.append(_made("WEB_PUSH_PRIVATE_KEY or WEB_PUSH_SUBJECT", lambda: WebPush(
            settings.web_push_private_key, _subject(settings), clock, more_hosts=tuple(_more_hosts(settings)))))
    return PushChannel(carriers, settings.public_url) if carriers else None


def push_faults(settings: Settings) -> Iterator[str]:
    """Sentences without values: with these settings nothing is started."""
    apple = [settings.apns_key, settings.apns_key_id, settings.apns_team_id, settings.apns_topic]
    if any(apple) and not all(apple):
        yield "APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC belong together"
    elif settings.apns_key and not all(re.fullmatch(r"[A-Z0-9]{10}", text) for text in apple[1:3]):
        yield "APNS_KEY_ID and APNS_TEAM_ID are not ten capital letters and digits each"
    if not all(map(_HOST.fullmatch, _more_hosts(settings))):
        yield "WEB_PUSH_HOSTS are not hosts (push.example.org, or with a port)"
    try:
        push_channel(settings, Seal(settings.secret_key), machine_now)
    except SettingsError as fault:
        yield str(fault)


def _made(setting: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as fault:
        raise SettingsError(f"{setting} can't be used: {fault}") from None


def _subject(settings: Settings) -> str:
    return settings.web_push_subject or settings.public_url


def _more_hosts(settings: Settings) -> list[str]:
    return [host for host in settings.web_push_hosts.replace(" ", "").split(",") if host]
