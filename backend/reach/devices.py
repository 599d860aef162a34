"""Devices that are pushed to: an app registers at each start, and what it registered moves with whoever signs in.

A device lives as long as the session it was registered in (`living_devices`): signing out needs no further call.
"""

import re
from datetime import datetime
from typing import Any

from tortoise.queryset import QuerySet

from backend import audit
from backend.access.actor import Actor
from backend.access.limits import count_attempt
from backend.access.scope import locked_account
from backend.access.seal import Seal
from backend.errors import DoesNotFit, InvalidParameter, NotFound
from backend.reach.device_schemas import DeviceWrite
from models import PushDevice
from models.actions import Action
from models.fields import new_id
from models.statement import is_postgres
from models.transaction import atomic
from notifications.channels.base import Parcel
from notifications.channels.push import PushChannel
from notifications.channels.push_answers import PushAnswer
from notifications.sending.living_devices import living_devices

MOST = 20
"""Living devices of one account; with one more the one silent longest ends."""
TRIALS = 5
"""Per account in a quarter of an hour."""
_INSTALLATION = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SAYS = {
    "/service": "is not set up here", "/environment": "only Apple has a sandbox", "/token": "is none of this service",
    "/keys": "are none of this service",
}


async def own_devices(actor: Actor, now: datetime) -> tuple[PushDevice, ...]:
    """The living ones, the one last seen first."""
    return (await living_devices([actor.account], now)).get(actor.account, ())


@atomic
async def keep_device(
    actor: Actor, push: PushChannel | None, installation_id: str, wanted: DeviceWrite, now: datetime
) -> PushDevice:
    """Register this installation, or say that it is still there. Raises InvalidParameter, DoesNotFit or NotFound.

    It belongs to whoever registered it last, and so does its token.
    """
    _require_usable(push, installation_id, wanted)
    if await locked_account(actor.account) is None:
        raise NotFound
    await _end_elsewhere(actor, installation_id, wanted, now)
    device, is_new = await _row(actor, installation_id, wanted, now)
    moved = device.account_id != actor.account
    before = {"account": device.account_id.hex, "ended": device.ended_at is not None, "token": device.token,
              "keys": device.keys}
    if moved or device.token != wanted.token or device.ended_at:
        device.last_ok_at = device.last_error = None
    device.account_id, device.session_id = actor.account, actor.session_id
    device.token, device.keys = wanted.token, wanted.keys
    device.registered_at = device.last_seen_at = now
    device.ended_at = device.end_reason = None
    await device.save()
    if is_new or moved or before["ended"] or before["token"] != wanted.token or before["keys"] != wanted.keys:
        was = None if is_new else before["account"]
        changes: audit.Changes = {"service": [None if is_new else wanted.service, wanted.service],
                   "account": [was, actor.account.hex]}
        await audit.record(actor, Action.PUSH_DEVICE_KEEP, device, now, changes=changes)
    await _end_the_most_silent(actor, now)
    return device


@atomic
async def end_device(actor: Actor, installation_id: str, now: datetime) -> None:
    """Nothing is pushed to this installation any more. Raises NotFound."""
    found = await _locked(PushDevice.filter(
        account_id=actor.account, installation_id=installation_id, ended_at__isnull=True
    ))
    if not found:
        raise NotFound
    for device in found:
        await _end(actor, device, "ended_by_owner", now)


async def try_out(
    actor: Actor, push: PushChannel | None, seal: Seal, installation_id: str, app_name: str, now: datetime
) -> PushAnswer:
    """Whether its service would take something for it now. Raises NotFound or TooManyAttempts."""
    mine = [one for one in await own_devices(actor, now) if one.installation_id == installation_id]
    if push is None or not mine or mine[0].service not in push.services:
        raise NotFound
    await count_attempt(seal, "push_trial", actor.account.hex, TRIALS, now)
    parcel = Parcel(new_id(), str(actor.account), app_name, "", now, kind="trial", tag="trial")
    return await push.try_out(mine[0], parcel)


def _require_usable(push: PushChannel | None, installation_id: str, wanted: DeviceWrite) -> None:
    if not _INSTALLATION.fullmatch(installation_id):
        raise InvalidParameter("installation_id must be 16 to 64 letters, digits, - or _, made at random by the app")
    fault = "/service"
    if push is not None:
        fault = push.fault_of(wanted.service, wanted.environment, wanted.token, wanted.keys)
    if fault:
        pointer = "/p256dh" if fault == "/keys" else fault
        raise DoesNotFit(errors=[{"pointer": pointer, "detail": _SAYS[fault]}])


async def _row(
    actor: Actor, installation_id: str, wanted: DeviceWrite, now: datetime
) -> tuple[PushDevice, bool]:
    """The installation's row under lock, made if there was none; two who register it at once meet in one row."""
    key: dict[str, Any] = {
        "installation_id": installation_id, "service": wanted.service, "environment": wanted.environment
    }
    fresh = PushDevice(
        **key, account_id=actor.account, session_id=actor.session_id, token=wanted.token, keys=wanted.keys,
        registered_at=now, last_seen_at=now,
    )
    await PushDevice.bulk_create([fresh], ignore_conflicts=True)
    (found,) = await _locked(PushDevice.filter(**key))
    return found, found.id == fresh.id


async def _end_elsewhere(actor: Actor, installation_id: str, wanted: DeviceWrite, now: datetime) -> None:
    """An app that was installed anew brings its old token: nobody who used it before is told there any more."""
    same = PushDevice.filter(
        service=wanted.service, environment=wanted.environment, token=wanted.token, ended_at__isnull=True
    )
    for device in await _locked(same.exclude(installation_id=installation_id)):
        await _end(actor, device, "registered_anew", now)


async def _end_the_most_silent(actor: Actor, now: datetime) -> None:
    for device in (await own_devices(actor, now))[MOST:]:
        await _end(actor, device, "too_many", now)


async def _end(actor: Actor, device: PushDevice, reason: str, now: datetime) -> None:
    device.ended_at, device.end_reason = now, reason
    await device.save(update_fields=["ended_at", "end_reason"])
    await audit.record(
        actor, Action.PUSH_DEVICE_END, device, now, reason=reason, changes={"account": [device.account_id.hex, None]}
    )


async def _locked(chosen: QuerySet[PushDevice]) -> list[PushDevice]:
    return await (chosen.select_for_update(no_key=True) if is_postgres() else chosen).order_by("id")
