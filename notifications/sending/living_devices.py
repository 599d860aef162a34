"""The devices that can be pushed to: registered lately, in a session that lives. When that ends, nothing comes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from models import PushDevice, Session

SILENT_AFTER = timedelta(days=60)
"""An app registers at each start: from one that has not for so long, the token is stale."""


async def living_devices(account_ids: Collection[UUID], now: datetime) -> dict[UUID, tuple[PushDevice, ...]]:
    """By account, the one last seen first; accounts without any are left out."""
    registered = await PushDevice.filter(
        account_id__in=list(account_ids), ended_at__isnull=True, last_seen_at__gt=now - SILENT_AFTER
    ).order_by("-last_seen_at", "id")
    sessions = {device.session_id for device in registered if device.session_id}
    living = set(await Session.filter(
        id__in=list(sessions), ended_at__isnull=True, expires_at__gt=now, account__disabled_at__isnull=True
    ).values_list("id", "account_id")) if sessions else set()
    found: dict[UUID, tuple[PushDevice, ...]] = {}
    for device in registered:
        if (device.session_id, device.account_id) in living:
            found[device.account_id] = (*found.get(device.account_id, ()), device)
    return found
