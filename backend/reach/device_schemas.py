"""What stands on the wire about devices that are pushed to. A token goes in and never comes out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models import PushDevice
from models.vocabulary import PushEnvironment, PushProvider
from notifications.channels.push_answers import Fate, PushAnswer

Token = Annotated[str, Meta(min_length=1, max_length=2048)]
Key = Annotated[str, Meta(min_length=1, max_length=200)]


class DeviceWrite(msgspec.Struct, forbid_unknown_fields=True):
    service: PushProvider
    token: Token
    """FCM and APNs: the registration token. Web Push: the subscription's endpoint."""
    environment: PushEnvironment = PushEnvironment.PRODUCTION
    """Sandbox: an app that was built for development, at Apple only."""
    p256dh: Key | None = None
    """Web Push: the subscription's keys, as the browser gives them."""
    auth: Key | None = None

    @property
    def keys(self) -> dict[str, str]:
        given = {"p256dh": self.p256dh, "auth": self.auth}
        return {name: key for name, key in given.items() if key is not None}


class DeviceView(msgspec.Struct):
    installation_id: str
    service: PushProvider
    environment: PushEnvironment
    registered_at: datetime
    last_ok_at: datetime | None
    """When its service last took something for it."""
    last_error: str | None
    this_device: bool
    """Registered in the session that asks."""

    @classmethod
    def of(cls, device: PushDevice, session_id: UUID | None) -> "DeviceView":
        return cls(
            device.installation_id, device.service, device.environment, device.registered_at, device.last_ok_at,
            device.last_error, device.session_id is not None and device.session_id == session_id,
        )


class Devices(msgspec.Struct):
    items: list[DeviceView]


class PushServices(msgspec.Struct):
    """What this server pushes through; a device of another service can't be registered."""

    services: list[PushProvider]
    web_push_key: str | None
    """A browser's `applicationServerKey`."""


class PushTrial(msgspec.Struct):
    accepted: bool
    """Accepted by the service: whether the phone shows anything is up to the phone."""
    error: str | None

    @classmethod
    def of(cls, answer: PushAnswer) -> "PushTrial":
        return cls(answer.fate is Fate.TAKEN, answer.error)
