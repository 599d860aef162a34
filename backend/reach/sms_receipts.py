"""Where SMS providers tell us how it went on, and how we know that it is them."""

import hmac
from collections.abc import Iterable
from datetime import datetime

from tortoise.expressions import Q

from backend.access.actor import Actor
from backend.access.seal import Seal
from backend.reach.unsubscribing import turn_off
from backend.settings import Settings
from models import NoticeAttempt
from models.actions import Action
from models.vocabulary import ChannelName
from notifications.channels.sms_twilio import signature
from notifications.sending.receipts import called, note_delivered, note_failed

ARRIVED = {"delivered", "read"}
LOST = {"failed", "undelivered"}
"""The words of both providers; all others are steps on the way."""
STOPPED = "21610"
Fields = list[tuple[str, str]]


def receipts_address(settings: Settings, seal: Seal) -> str | None:
    """Over https only: nobody on the way may read or forge what they tell."""
    if not settings.public_url.startswith("https://"):
        return None
    path = f"46elks/{elks_secret(seal)}" if settings.sms_provider == "46elks" else "twilio"
    return f"{settings.public_url.rstrip('/')}/sms-receipts/{path}"


def elks_secret(seal: Seal) -> str:
    """46elks signs nothing, so the address itself is what only they know."""
    return seal.keyed_hash("sms-receipts/46elks")[:43]


def is_elks(seal: Seal, shown: str) -> bool:
    return hmac.compare_digest(shown.encode(), elks_secret(seal).encode())


def is_twilio(settings: Settings, seal: Seal, shown: str, fields: Iterable[tuple[str, str]]) -> bool:
    """Signed by Twilio for the address that we gave them, whatever a proxy makes of it on the way."""
    address = receipts_address(settings, seal) or ""
    wanted = signature(settings.twilio_auth_token, address, fields)
    return bool(settings.twilio_auth_token) and hmac.compare_digest(shown.encode(), wanted.encode())


async def note_receipt(provider_id: str, said: str, code: str, now: datetime) -> bool:
    """Write down what became of one SMS, however often it is told; False: we know of no such SMS (yet)."""
    which = called(ChannelName.SMS, provider_id)
    if said in ARRIVED:
        return await note_delivered(which, now)
    if said not in LOST:
        return True
    if code == STOPPED:
        await _leave_alone(which, now)
        return await note_failed(which, "stopped", now)
    known = code if code.isascii() and code.isdigit() and len(code) <= 6 else ""
    return await note_failed(which, f"undelivered {known}".strip(), now)


async def _leave_alone(which: Q, now: datetime) -> None:
    """Who answered STOP wants no SMS."""
    for account_id in await NoticeAttempt.filter(which).values_list("notice__account_id", flat=True):
        reader = Actor(account_id, None, Action.PREFERENCES_CHANGE)  # type: ignore[arg-type]
        await turn_off(reader, "sms_on", "stopped_by_sms", now)
