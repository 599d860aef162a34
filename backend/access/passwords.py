"""Passwords: argon2id, at least 15 characters, not a common one, no other rules (NIST SP 800-63B-4)."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.errors import WeakPassword

MINIMUM, MAXIMUM = 15, 1024
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody's password")
"""What unknown accounts are checked against, so that they take the same time."""
_COMMON = ("123456789012345", "qwertyuiopasdfg", "passwordpassword", "aaaaaaaaaaaaaaa", "iloveyouiloveyou")
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""At most two at once: a rush of sign-ins must not starve the parents who are already in."""
T = TypeVar("T")


def require_strong(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Raises WeakPassword. `names` are words of the person that alone make no password."""
    text = _normal(password)
    folded = text.casefold()
    if not MINIMUM <= len(text) <= MAXIMUM or folded in _COMMON or len(set(folded)) < 5:
        raise WeakPassword
    if any(folded in (name.casefold(), name.casefold() * 2) for name in names if name):
        raise WeakPassword


async def hash_password(password: str) -> str:
    return await _in_thread(_hasher.hash, _normal(password))


async def verify_password(known_hash: str | None, password: str) -> bool:
    """Whether it is right. An account without a password costs the same time."""
    if len(password) > MAXIMUM:
        password = ""
    return await _in_thread(_verify, known_hash or _NOBODY, _normal(password)) and known_hash is not None


def _verify(known_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(known_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[..., T], *values: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *values)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
