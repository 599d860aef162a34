"""The address that turns one account's reminder mails off. No row stands behind it: our key makes and knows it."""

import base64
import hmac
from collections.abc import Callable
from uuid import UUID

from backend.access.seal import Seal

MARK = 16
"""Bytes of the keyed hash in it: 128 bits."""


def unsubscribe_address(seal: Seal, public_url: str) -> Callable[[UUID], str | None]:
    """Mailbox providers take one click over https only; on a developer's machine there is no such address."""
    base = public_url.rstrip("/")

    def address(account_id: UUID) -> str | None:
        return f"{base}/u/{token_of(seal, account_id)}" if base.startswith("https://") else None

    return address


def token_of(seal: Seal, account_id: UUID) -> str:
    return base64.urlsafe_b64encode(account_id.bytes + _mark(seal, account_id)).decode().rstrip("=")


def account_named(seal: Seal, token: str) -> UUID | None:
    """Whose token this is; None for whatever we have not made."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        account_id = UUID(bytes=raw[:16])
    except ValueError:
        return None
    return account_id if hmac.compare_digest(token.encode(), token_of(seal, account_id).encode()) else None


def _mark(seal: Seal, account_id: UUID) -> bytes:
    """Bound to what it turns off: made for mails, it turns off nothing else."""
    return bytes.fromhex(seal.keyed_hash(f"unsubscribe/email/{account_id}"))[:MARK]
