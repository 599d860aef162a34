"""Passwords: argon2id, at least 15 characters, not a common one, no other rules (NIST SP 800-63B-4).

Common is what zxcvbn guesses early: its lists have 30,000 passwords, names and words of films and of Wikipedia, and it
sees repetitions, keyboard rows, years and what is merely put together from such.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from backend.errors import WeakPassword

MINIMUM, MAXIMUM = 15, 1024
GUESSES = 10**10
"""Whatever is found within so many guesses counts as common: three words of the lists one after the other do."""
JUDGED = 32
"""Characters at either end that are looked at: a text is at least as hard to guess as a part of it, and looking at all
of a hostile one takes a second."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody's password")
"""What unknown accounts are checked against, so that they take the same time."""
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""At most two at once: a rush of sign-ins must not starve the parents who are already in."""
T = TypeVar("T")


async def require_strong(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Raises WeakPassword. `names` are words of the person and the service, which everybody guesses first."""
    text = _normal(password)
    if min(len(password), len(text)) < MINIMUM or max(len(password), len(text)) > MAXIMUM:
        raise WeakPassword
    words = [word for name in names for word in [name, *re.findall(r"\w{3,}", name)] if word]
    if not await _in_thread(_is_hard_to_guess, text, words):
        raise WeakPassword


def _is_hard_to_guess(text: str, words: list[str]) -> bool:
    return any(zxcvbn(part, user_inputs=words)["guesses"] >= GUESSES for part in {text[:JUDGED], text[-JUDGED:]})


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


async def _in_thread(work: Callable[..., T], *values: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *values)


def _normal(password: str) -> str:
    """However a keyboard puts its accents together and whatever width its digits have: one form (NFKC)."""
    return unicodedata.normalize("NFKC", password)
