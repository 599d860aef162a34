"""A device that has signed in before keeps a mark of it: whoever guesses from elsewhere can't lock its owner out.

A device token is `<account id>.<device id>.<mark>` and stands in no table. The mark is bound to the password, so a new
password forgets all known devices. It opens nothing: it only gives the device ten tries of its own.
"""

import hmac
from uuid import UUID, uuid4

from backend.access.seal import Seal
from models import Account

MARK_LENGTH = 32


def device_token(seal: Seal, account: Account, device_id: UUID | None = None) -> str:
    """What a device keeps that has just signed in; the one it showed stays the same device."""
    unmarked = f"{account.id.hex}.{(device_id or uuid4()).hex}"
    return f"{unmarked}.{_mark(seal, account, unmarked)}"


def known_device(seal: Seal, account: Account | None, shown: str | None) -> UUID | None:
    """The device behind a token of this account; None for anything else."""
    unmarked, _, mark = (shown or "").rpartition(".")
    owner, _, device = unmarked.partition(".")
    if account is None or owner != account.id.hex:
        return None
    if not hmac.compare_digest(_mark(seal, account, unmarked).encode(), mark.encode("utf-8", "replace")):
        return None
    return UUID(hex=device)


def _mark(seal: Seal, account: Account, unmarked: str) -> str:
    return seal.keyed_hash(f"device:{unmarked}:{account.password_hash}")[:MARK_LENGTH]
