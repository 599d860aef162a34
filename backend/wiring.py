"""Settings → the things every process needs, made once (used by the app, the worker and the commands)."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from litestar.datastructures import State
from litestar.di import NamedDependency

from backend.access.authentication import is_secure
from backend.access.keys import Keyring
from backend.access.seal import Seal
from backend.access.tokens import Tokens
from backend.clock import machine_now
from backend.diary.pain_faces import Face, licensed_faces
from backend.forwarding.breaker import prepare_destinations
from backend.forwarding.destinations.rules import DestinationRule, destination_rules
from backend.image_store import ImageStore, image_store
from backend.push_settings import push_channel
from backend.reach.sms_set_up import sms_channel
from backend.reach.unsubscribe_address import unsubscribe_address
from backend.sandbox import enter
from backend.settings import Settings, SettingsError
from models import Site, Study, StudyProtocol
from models.protocol import BOOSTB4, Protocol, load_protocol
from models.transaction import atomic
from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from notifications.channels.email import EmailChannel


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    seal: Seal
    tokens: Tokens
    protocol: Protocol
    destinations: tuple[DestinationRule, ...]
    channels: tuple[Channel, ...]
    images: ImageStore
    faces: dict[int, Face]
    """The licensed images of FPS-R, by score; empty where the installation has none."""


CurrentWiring: TypeAlias = NamedDependency[Wiring]


async def provide_wiring(state: State) -> Wiring:
    wiring: Wiring = state.wiring
    return wiring


def wire(settings: Settings) -> Wiring:
    """Raises ProtocolError or SettingsError when the protocol, the destinations or a channel can't be used."""
    seal = Seal(settings.secret_key)
    tokens = Tokens(Keyring(seal), settings.public_url)
    path = Path(settings.protocol_file) if settings.protocol_file else BOOSTB4
    return Wiring(
        settings, seal, tokens, load_protocol(path), destination_rules(settings), channels(settings),
        image_store(settings), licensed_faces(settings.fps_r_images),
    )


def channels(settings: Settings) -> tuple[Channel, ...]:
    """How people are told: by e-mail (or on the console where no mail server is set), and by what else is set up.

    Raises SettingsError.
    """
    seal = Seal(settings.secret_key)
    ways = push_channel(settings, seal, machine_now), _mail_channel(settings, seal), sms_channel(settings, seal)
    return tuple(way for way in ways if way)


def _mail_channel(settings: Settings, seal: Seal) -> Channel:
    if not settings.smtp_url:
        return ConsoleChannel(shows_links=not is_secure(settings.public_url))
    unsubscribe = unsubscribe_address(seal, settings.public_url)
    try:
        return EmailChannel(settings.smtp_url, settings.mail_from, settings.app_name, unsubscribe=unsubscribe)
    except ValueError as fault:
        raise SettingsError("SMTP_URL or MAIL_FROM can't be used") from fault


async def close_channels(wiring: Wiring) -> None:
    """Give back the connections they hold; one that can't be closed doesn't keep the others."""
    for channel in wiring.channels:
        with contextlib.suppress(Exception):
            await channel.close()


@atomic
async def prepare_study(wiring: Wiring, now: datetime) -> None:
    """Write what every installation starts from: the study's row, its protocol version, sites and destinations.

    Raises SettingsError when a sandbox and a real study would meet.
    """
    protocol = wiring.protocol
    await Study.get_or_create(id=1, defaults={"created_at": now, "sandbox": wiring.settings.sandbox})
    await enter(wiring.settings)
    await StudyProtocol.get_or_create(
        hash=protocol.hash,
        defaults={"code": protocol.file.code, "version": protocol.file.version, "body": protocol.body,
                  "loaded_at": now},
    )
    for rule in protocol.file.site:
        await Site.get_or_create(
            code=rule.code,
            defaults={"name": rule.name, "country": rule.country, "timezone": rule.timezone,
                      "language": rule.language},
        )
    await prepare_destinations(wiring.destinations)
