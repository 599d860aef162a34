"""What the timetable does for phone numbers: the codes that were asked for leave by SMS."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from backend.clock import utc_now
from backend.reach.phone import code_of
from backend.wiring import Wiring
from models import Account, PhoneCode
from models.delivery import back_off, claim_due, finish
from models.vocabulary import ChannelName, DeliveryState
from notifications.channels.base import ChannelError, Parcel
from notifications.words.messages import phone_code_text

AT_ONCE = 10
DEADLINE = 20.0
"""Seconds for one code: well inside the lease."""
log = logging.getLogger("backend.reach")


async def send_phone_codes(wiring: Wiring, now: datetime) -> int:
    """Reads the clock for every code anew."""
    del now
    return await send_codes_due(wiring, utc_now)


async def send_codes_due(wiring: Wiring, now_fn: Callable[[], datetime]) -> int:
    """How many codes left."""
    left = 0
    while claimed := await claim_due(PhoneCode, now_fn(), AT_ONCE):
        left += sum(await asyncio.gather(*(_send(wiring, code, now_fn) for code in claimed)))
    return left


async def _send(wiring: Wiring, code: PhoneCode, now_fn: Callable[[], datetime]) -> bool:
    """One code to its end; a second SMS of the same code does no harm, so it is tried while it works."""
    account = await Account.get(id=code.account_id)
    if code.expires_at <= now_fn() or account.disabled_at is not None:
        await _end(code, state=DeliveryState.CANCELLED, last_error="too_late")
        return False
    try:
        await _hand_over(wiring, code, account, now_fn())
    except ChannelError as failure:
        if failure.ours:
            log.error("phone_code=%s not sent: %s", code.id, failure)
        await _failed(code, str(failure), now_fn(), permanent=failure.permanent)
    except TimeoutError:
        await _failed(code, "deadline", now_fn())
    except Exception as bug:
        log.error("phone_code=%s bug=%s", code.id, type(bug).__name__)
        await _failed(code, "bug", now_fn())
    else:
        await _end(code, state=DeliveryState.DELIVERED, delivered_at=now_fn())
        return True
    return False


async def _hand_over(wiring: Wiring, code: PhoneCode, account: Account, now: datetime) -> None:
    text = phone_code_text(account.language, wiring.settings.app_name, code_of(wiring.seal, code.id))
    for channel in wiring.channels:
        if channel.name == ChannelName.SMS:
            async with asyncio.timeout(DEADLINE):
                await channel.send(Parcel(code.id, code.phone, text, text, now, until=code.expires_at))
            return
    raise ChannelError("no_channel", permanent=True, ours=True)


async def _failed(code: PhoneCode, error: str, now: datetime, *, permanent: bool = False) -> None:
    if permanent:
        await _end(code, state=DeliveryState.DEAD, last_error=error)
    else:
        await _end(code, due_at=back_off(code.attempts, now), last_error=error)


async def _end(code: PhoneCode, **changes: Any) -> None:
    if not await finish(code, code.fence, **changes):
        log.warning("phone_code=%s was taken over", code.id)
