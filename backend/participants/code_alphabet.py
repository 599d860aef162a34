"""Linking codes as people read and type them: twelve letters and digits without look-alikes, `XXXX-XXXX-XXXX`.

Ten are random, two check: read as a number to base 25, a code is divisible by the prime 601. A wrong letter changes
the number by d·25ⁱ and two swapped neighbours by d·24·25ⁱ with 0 < d < 25, so neither leaves it divisible.
"""

import secrets

ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
RANDOM, CHECKS = 10, 2
PRIME = 601
"""The largest prime whose remainders fit into two letters (25² = 625)."""


def new_code() -> str:
    """A code with 46 random bits, without its dashes."""
    return with_checks("".join(secrets.choice(ALPHABET) for _ in range(RANDOM)))


def with_checks(letters: str) -> str:
    """The ten letters and the two that make the whole divisible."""
    rest = -_number(letters) * len(ALPHABET) ** CHECKS % PRIME
    return letters + ALPHABET[rest // len(ALPHABET)] + ALPHABET[rest % len(ALPHABET)]


def as_shown(code: str) -> str:
    return "-".join(code[start:start + 4] for start in range(0, len(code), 4))


def as_typed(text: str) -> str | None:
    """The code in what somebody typed, whatever its case, spaces and dashes; None when it can't be one."""
    code = "".join(letter for letter in text.upper() if not letter.isspace() and letter not in "-‐‑‒–—_.")
    if len(code) != RANDOM + CHECKS or not set(code) <= set(ALPHABET) or _number(code) % PRIME:
        return None
    return code


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number
