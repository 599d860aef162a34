"""The languages we write in, and one rule: a text is whole in the account's language, else whole in English.

A text is looked up in one language only; a catalogue with a gap is a fault of ours, never a reason to mix.
"""

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("sv", "en", "de", "nl")
DEFAULT_LANGUAGE = "en"
LOCALE = Path(__file__).parents[1] / "locale"
MESSAGES, SAFETY = "messages", "safety"


def language_for(wanted: str) -> str:
    """The language we have for `sv-SE`, `sv_SE` or `sv`; English for one we don't."""
    language = wanted.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


@cache
def catalogues(domain: str = MESSAGES) -> dict[str, Catalog]:
    """Language → texts, read once from the .po files themselves."""
    return {language: _read(LOCALE / language / "LC_MESSAGES" / f"{domain}.po") for language in LANGUAGES}


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def translated(msgid: str, language: str, domain: str = MESSAGES) -> str:
    """`language` is one of ours, as `language_for` tells. Raises KeyError where it has no text."""
    found = catalogues(domain)[language].get(msgid)
    if found is None or not isinstance(found.string, str) or not found.string:
        raise KeyError(f"no {language} text for {msgid}")
    return found.string
