"""Push: one parcel to all living devices of a person, each by its own service, and what became of their tokens.

It is accepted if any device's service accepted it. A token that moved or died never harms the others.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from models import AccountMail, PushDevice
from models.vocabulary import PushEnvironment, PushProvider
from notifications.channels.base import ChannelError, Parcel, Reach, Receipt
from notifications.channels.push_answers import Fate, PushAnswer, PushRefused

DEADLINE = 12.0
"""Seconds for one device: a phone's service that hangs doesn't take the others' time."""
OK_NOTED_EVERY = timedelta(days=1)
SAY_AGAIN = timedelta(hours=1)
MANY = 50
"""Devices that one message goes to at the same time."""
log = logging.getLogger("notifications.push")


class Carrier(Protocol):
    """One push service."""

    @property
    def service(self) -> PushProvider: ...

    def fault_of(self, token: str, keys: dict[str, str]) -> str | None:
        """The JSON pointer of what can't be registered."""

    async def send(self, device: PushDevice, parcel: Parcel, *, trial: bool = False) -> PushAnswer:
        """One message to one device. Raises PushRefused and what httpx raises."""

    async def close(self) -> None: ...


class PushChannel:
    name = "push"
    replaces = True

    def __init__(self, carriers: Sequence[Carrier], app_url: str) -> None:
        self._carriers = {carrier.service: carrier for carrier in carriers}
        self._app_url = app_url.rstrip("/")
        self._said: dict[str, datetime] = {}

    @property
    def services(self) -> list[PushProvider]:
        """Those that are set up; devices of others can't be registered and are passed over."""
        return sorted(self._carriers)

    @property
    def web_push_key(self) -> str | None:
        """What a browser must be given to subscribe."""
        carrier = self._carriers.get(PushProvider.WEB_PUSH)
        return getattr(carrier, "public_key", None)

    def fault_of(self, service: PushProvider, environment: PushEnvironment, token: str, keys: dict[str, str]) -> str:
        """The JSON pointer of what can't be registered, "" when all of it can."""
        if service not in self._carriers:
            return "/service"
        if environment is PushEnvironment.SANDBOX and service is not PushProvider.APNS:
            return "/environment"
        return self._carriers[service].fault_of(token, keys) or ""

    def address_of(self, reach: Reach) -> str | None:
        """Tokens are addresses that change; the person's own id stands for all of them."""
        return str(reach.account.id) if self._served(reach.devices) else None

    def mail_address(self, mail: AccountMail) -> str | None:
        """Nothing about an account itself is pushed: its links belong into a mail."""
        return None

    async def send(self, parcel: Parcel) -> Receipt:
        devices = self._served(parcel.devices)
        parcel = replace(parcel, link=parcel.link or f"{self._app_url}/app/#notice={parcel.id}")
        answers = await asyncio.gather(*(self._one(device, parcel) for device in devices))
        for device, answer in zip(devices, answers, strict=True):
            await _note(device, answer, parcel)
        taken = [answer for answer in answers if answer.fate is Fate.TAKEN]
        if not taken:
            raise _failure(answers)  # and the sender tells staff what is ours to mend
        self._tell_staff([answer.error or "" for answer in answers if answer.ours], parcel.at)
        return Receipt(next((answer.provider_id for answer in taken if answer.provider_id), None))

    async def try_out(self, device: PushDevice, parcel: Parcel) -> PushAnswer:
        """Whether this device's service would take something for it; at most the app's name is shown."""
        answer = await self._one(device, parcel, trial=True)
        await _note(device, answer, parcel)
        return answer

    async def close(self) -> None:
        for carrier in self._carriers.values():
            await carrier.close()

    def _served(self, devices: Sequence[PushDevice]) -> list[PushDevice]:
        return [device for device in devices if device.service in self._carriers][:MANY]

    def _tell_staff(self, errors: list[str], now: datetime) -> None:
        """Of what went wrong beside a device that accepted; once an hour for each code."""
        for error in errors:
            if error not in self._said or abs(now - self._said[error]) >= SAY_AGAIN:
                self._said[error] = now
                log.error("channel=push our own set-up is at fault: %s", error)

    async def _one(self, device: PushDevice, parcel: Parcel, trial: bool = False) -> PushAnswer:
        carrier = self._carriers[device.service]
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await carrier.send(device, parcel, trial=trial)
        except PushRefused as refusal:
            answer = refusal.answer
        except (TimeoutError, httpx.TimeoutException):
            answer = PushAnswer(Fate.LATER, f"{device.service}_deadline")
        except (httpx.HTTPError, OSError, UnicodeError):
            answer = PushAnswer(Fate.LATER, f"{device.service}_connection_failed")
        except Exception as bug:  # with one device it stays with that one
            log.error("service=%s bug=%s", device.service, type(bug).__name__)
            answer = PushAnswer(Fate.LATER, "bug", ours=True)
        return answer


def _failure(answers: Sequence[PushAnswer]) -> ChannelError:
    """The reason with the most hope in it: what may still work is tried again."""
    hopeful = [answer for answer in answers if answer.fate is Fate.LATER]
    if not hopeful:
        refused = [answer for answer in answers if answer.fate is Fate.REFUSED] or list(answers)
        reason = refused[0].error if refused else None
        return ChannelError(reason or "no_device", permanent=True, ours=any(answer.ours for answer in answers))
    waits = [answer.retry_after or timedelta(0) for answer in hopeful]
    soonest = hopeful[waits.index(min(waits))]
    return ChannelError(
        soonest.error or "later", retry_after=soonest.retry_after, ours=any(answer.ours for answer in answers)
    )


async def _note(device: PushDevice, answer: PushAnswer, parcel: Parcel) -> None:
    """About this very token: one that was registered meanwhile is not what the service spoke of."""
    changes: dict[str, Any] = {}
    if answer.fate is Fate.TAKEN:
        if device.last_error or device.last_ok_at is None or parcel.at - device.last_ok_at >= OK_NOTED_EVERY:
            changes = {"last_ok_at": parcel.at, "last_error": None}
    else:
        changes = {"last_error": answer.error}
    if answer.fate is Fate.GONE:
        changes |= {"ended_at": parcel.at, "end_reason": (answer.error or "")[:40]}
    if changes:
        same = PushDevice.filter(id=device.id, token=device.token, registered_at=device.registered_at)
        await same.filter(ended_at__isnull=True).update(**changes)
