"""A session begins: one signed-in device, and the secret it will show again.

A refresh token is `<session id>.<generation>.<secret>`. The end of the secret is a keyed hash over all before it,
so that a made-up token is told from one of ours that is too old: only the latter signs a device out.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.access.actor import Actor
from backend.access.credentials import is_staff
from backend.access.fast_path import load_actor
from backend.access.known_devices import device_token
from backend.access.scope import locked_account
from backend.access.seal import Seal, new_secret, secret_hash
from backend.audit import record
from backend.errors import SignInFailed
from models import Account, Session
from models.actions import Action
from models.fields import new_id
from models.transaction import atomic
from models.vocabulary import SessionKind

APP_LIFETIME = timedelta(days=90)
"""From the last refresh."""
BROWSER_LIFETIME = timedelta(days=90)
STAFF_LIFETIME = timedelta(hours=12)
"""A working day after the second factor, in whatever they signed in, and no refresh makes it longer."""
MARK_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Device:
    kind: SessionKind
    name: str = ""
    app_version: str = ""
    known_as: UUID | None = None
    """It has signed in to this account before."""


@dataclass(frozen=True, slots=True)
class StartedSession:
    """What the device must keep: `secret` is its refresh token or, in a browser, its cookie."""

    session_id: UUID
    account_id: UUID
    kind: SessionKind
    secret: str
    expires_at: datetime
    device_token: str | None = None
    """What makes it a known device (see `known_devices`)."""


@atomic
async def start_session(seal: Seal, account: Account, device: Device, now: datetime) -> StartedSession:
    """Sign this device in; who it is must have been proved. Raises SignInFailed when that holds no longer."""
    await _require_unchanged(account)
    session_id = new_id()
    secret = refresh_token(seal, session_id, 1) if device.kind == SessionKind.APP else new_secret()
    session = await Session.create(
        id=session_id, account=account, kind=device.kind, device_name=device.name, app_version=device.app_version,
        token_hash=secret_hash(secret), created_at=now, last_seen_at=now, proved_at=now,
        expires_at=now + await _lifetime(account, device, now),
    )
    actor = await acting_session(session.id, Action.SESSION_START, now)
    assert actor is not None  # noqa: S101 - it begins now, and the account was just found living
    await record(actor, Action.SESSION_START, session, now, changes={"kind": [None, device.kind]})
    shown = secret if device.kind == SessionKind.APP else f"{session.id.hex}.{secret}"
    known = device_token(seal, account, device.known_as)
    return StartedSession(session.id, account.id, device.kind, shown, session.expires_at, known)


async def _require_unchanged(account: Account) -> None:
    """Under lock: since the password was checked it may have been changed, or the account disabled.

    Whoever does that takes the account's row first and ends its sessions then: this one too, or it never begins.
    """
    found = await locked_account(account.id)
    if found is None or found.disabled_at is not None or found.password_hash != account.password_hash:
        raise SignInFailed


async def end_sessions(account_id: UUID, reason: str, now: datetime, *, except_for: UUID | None = None) -> int:
    """End all sessions of the account, perhaps but one; how many. The caller holds the account's row."""
    living = Session.filter(account_id=account_id, ended_at__isnull=True)
    chosen = living.exclude(id=except_for) if except_for else living
    return await chosen.update(ended_at=now, end_reason=reason)


async def end_every_session(reason: str, now: datetime) -> int:
    """Of everybody; how many. Only where nobody can be signing in."""
    return await Session.filter(ended_at__isnull=True).update(ended_at=now, end_reason=reason)


async def acting_session(session_id: UUID, action: Action, now: datetime) -> Actor | None:
    """The actor behind a session that lives and whose account is not disabled."""
    found = await load_actor(session_id, action, now)
    return found[0] if found else None


async def _lifetime(account: Account, device: Device, now: datetime) -> timedelta:
    if await is_staff(account, now):
        return STAFF_LIFETIME
    return APP_LIFETIME if device.kind == SessionKind.APP else BROWSER_LIFETIME


def refresh_token(seal: Seal, session_id: UUID, generation: int) -> str:
    """A new refresh token of this generation."""
    unmarked = f"{session_id.hex}.{generation}.{new_secret()}"
    return unmarked + _mark(seal, unmarked)


def read_refresh_token(seal: Seal, token: str) -> tuple[UUID, int] | None:
    """Session and generation of a token that this installation once issued; None for anything else."""
    unmarked, mark = token[:-MARK_LENGTH], token[-MARK_LENGTH:]
    if not hmac.compare_digest(_mark(seal, unmarked).encode(), mark.encode("utf-8", "replace")):
        return None
    session_id, generation, _ = unmarked.split(".")
    return UUID(hex=session_id), int(generation)


def _mark(seal: Seal, unmarked: str) -> str:
    return seal.keyed_hash("refresh:" + unmarked)[:MARK_LENGTH]
