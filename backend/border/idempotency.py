"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a repeated request gets the first answer.

Keys live 90 days, because phones are offline for weeks. The key's row is written in the same transaction as the
work: either both are there or neither.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from tortoise.exceptions import IntegrityError

from backend.errors import IdempotencyKeyInUse, IdempotencyKeyMissing, IdempotencyKeyReused, InvalidParameter
from models import IdempotencyKey
from models.transaction import atomic

LIFETIME = timedelta(days=90)
T = TypeVar("T")


async def once(
    account_id: UUID, key: str | None, content: Any, answer_type: type[T], now: datetime,
    work: Callable[[], Awaitable[T]],
) -> T:
    """Do `work` once under this account's key and give every repeat the first answer.

    Raises IdempotencyKeyMissing, IdempotencyKeyReused (other content), IdempotencyKeyInUse (a race lost).
    """
    if not key:
        raise IdempotencyKeyMissing
    if len(key) > 255 or not key.isprintable():
        raise InvalidParameter("The Idempotency-Key is too long or not printable")
    fingerprint = hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
    try:
        return await _first_or_repeat(f"{account_id}:{key}", fingerprint, answer_type, now, work)
    except IntegrityError as race:
        if await IdempotencyKey.exists(id=f"{account_id}:{key}"):
            raise IdempotencyKeyInUse from race
        raise


@atomic
async def _first_or_repeat(
    row_id: str, fingerprint: str, answer_type: type[T], now: datetime, work: Callable[[], Awaitable[T]]
) -> T:
    known = await IdempotencyKey.get_or_none(id=row_id)
    if known:
        if known.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return msgspec.json.decode(known.answer or "null", type=answer_type)
    row = await IdempotencyKey.create(id=row_id, fingerprint=fingerprint, created_at=now)
    answer = await work()
    row.answer = msgspec.json.encode(answer).decode()
    await row.save(update_fields=["answer"])
    return answer
