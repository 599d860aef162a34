"""E-mail addresses in one form, so that no two accounts look alike."""

import unicodedata

import idna

LONGEST, LONGEST_NAME = 254, 64
UNUSABLE = frozenset(' ,;:<>"()[]\\@')
"""What could become a second header or a second recipient."""


def normal_address(text: str) -> str | None:
    """Compatibility forms folded (NFKC), lower case, the domain as DNS writes it (IDNA); None: no plain address.

    Letters beyond ASCII before the @ are refused: few mail servers take them, and they look like others.
    """
    name, _, domain = unicodedata.normalize("NFKC", text.strip()).rpartition("@")
    if not name or len(name) > LONGEST_NAME or not name.isascii() or not name.isprintable() or UNUSABLE & set(name):
        return None
    try:
        host = idna.encode(domain.removesuffix("."), uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return None
    address = f"{name.lower()}@{host}"
    return address if len(address) <= LONGEST else None
