"""The number at which somebody wants to be told by SMS: it counts once a code sent there was typed."""

import hmac
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from tortoise.queryset import QuerySet

from backend import audit
from backend.access.actor import Actor
from backend.access.limits import count_attempt
from backend.access.scope import locked_account
from backend.access.seal import Seal
from backend.errors import NotFound, PhoneCodeRefused, SmsNotSet, TooManyAttempts
from backend.reach.phone_numbers import mobile_number
from backend.reach.phone_schemas import PhoneView
from backend.wiring import Wiring
from models import Account, NoticePreference, PhoneCode
from models.actions import Action
from models.statement import identifier, rows
from models.transaction import atomic
from models.vocabulary import ChannelName, DeliveryState

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6
CODES_PER_QUARTER = 3
"""By one account, and to one number whoever asks: nobody's phone is filled through us."""
CODES_PER_DAY = 10
DAY = timedelta(days=1)
KEPT_OUT_OF_THE_TRAIL = "…"
_COUNT_TRY = """UPDATE phone_code SET tries = tries + 1
WHERE account_id = $1 AND used_at IS NULL AND expires_at > $2 AND tries < $3 RETURNING id"""


def code_of(seal: Seal, code_id: UUID) -> str:
    """The digits of a code: made from its row's id with our key, so that they stand nowhere."""
    return f"{int(seal.keyed_hash(f'phone-code/{code_id}'), 16) % 10**DIGITS:0{DIGITS}}"


async def own_phone(actor: Actor, now: datetime) -> PhoneView:
    account = await Account.get(id=actor.account)
    code = await _living(account.id).filter(expires_at__gt=now).first()
    return PhoneView(account.phone, code.phone if code else None, _progress(code) if code else None)


def _progress(code: PhoneCode) -> Literal["on_its_way", "sent", "failed"]:
    if code.state == DeliveryState.QUEUED:
        return "on_its_way"
    return "sent" if code.state == DeliveryState.DELIVERED else "failed"


async def ask_for_code(actor: Actor, wiring: Wiring, typed: str, now: datetime) -> None:
    """Send a code to a number; the former number keeps counting until then.

    Raises DoesNotFit, SmsNotSet or TooManyAttempts.
    """
    number = mobile_number(typed)
    if all(channel.name != ChannelName.SMS for channel in wiring.channels):
        raise SmsNotSet
    await count_attempt(wiring.seal, "phone_code", str(actor.account), CODES_PER_QUARTER, now)
    await count_attempt(wiring.seal, "phone_code_to", number, CODES_PER_QUARTER, now)
    await _queue_code(actor, number, now)


@atomic
async def _queue_code(actor: Actor, number: str, now: datetime) -> None:
    """The newest code ends the older ones; the worker sends it."""
    account = await _own_account(actor)
    lately = await PhoneCode.filter(account_id=account.id, created_at__gt=now - DAY).order_by("created_at")
    if len(lately) >= CODES_PER_DAY:
        raise TooManyAttempts(max(1, int((lately[0].created_at + DAY - now).total_seconds())))
    await _end_codes(account.id, now)
    await PhoneCode.create(account=account, phone=number, expires_at=now + LIFETIME, due_at=now, created_at=now)
    await audit.record(actor, actor.action, account, now, reason="code_asked_for")


async def prove_phone(actor: Actor, wiring: Wiring, typed: str, now: datetime) -> None:
    """Whoever types the code reads what comes to that number: it counts from now on. Raises PhoneCodeRefused."""
    # Counted by itself and before it is looked at: a wrong one stays counted, and of many at once five are looked at.
    tried = await rows(_COUNT_TRY, actor.account, now, TRIES)
    code_id = identifier(tried[0]["id"]) if tried else None
    if code_id is None or not hmac.compare_digest(code_of(wiring.seal, code_id).encode(), typed.encode()):
        raise PhoneCodeRefused
    await _adopt(actor, code_id, now)


@atomic
async def _adopt(actor: Actor, code_id: UUID, now: datetime) -> None:
    account = await _own_account(actor)
    if await _living(account.id).filter(id=code_id).update(used_at=now) != 1:
        raise PhoneCodeRefused
    account.phone = (await PhoneCode.get(id=code_id)).phone
    await account.save(update_fields=["phone"])
    await audit.record(actor, actor.action, account, now, changes={"phone": [KEPT_OUT_OF_THE_TRAIL] * 2})


@atomic
async def forget_phone(actor: Actor, now: datetime) -> None:
    """No SMS any more: neither the number nor the wish for them is kept."""
    account = await _own_account(actor)
    await _end_codes(account.id, now)
    if account.phone is not None:
        account.phone = None
        await account.save(update_fields=["phone"])
        await audit.record(actor, actor.action, account, now, changes={"phone": [KEPT_OUT_OF_THE_TRAIL, None]})
    wish = await NoticePreference.get_or_none(account_id=account.id, sms_on=True)
    if wish:
        wish.sms_on, wish.changed_at = False, now
        await wish.save(update_fields=["sms_on", "changed_at"])
        await audit.record(actor, Action.PREFERENCES_CHANGE, wish, now, changes={"sms_on": [True, False]})


def _living(account_id: UUID) -> QuerySet[PhoneCode]:
    return PhoneCode.filter(account_id=account_id, used_at__isnull=True)


async def _end_codes(account_id: UUID, now: datetime) -> None:
    await _living(account_id).filter(state=DeliveryState.QUEUED).update(
        state=DeliveryState.CANCELLED, last_error="replaced"
    )
    await _living(account_id).update(used_at=now)


async def _own_account(actor: Actor) -> Account:
    account = await locked_account(actor.account)
    if account is None:
        raise NotFound
    return account
