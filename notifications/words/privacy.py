"""What may leave by a channel: nothing about health, nobody's code, not the study. In doubt nothing leaves.

A lock screen is read by colleagues, siblings and teachers. Every outgoing text passes here, whoever wrote it.
"""

import re
import unicodedata
from collections.abc import Iterable

from notifications.words.clinical_words import PARTS, WHOLE_WORDS

MAX_TEXT = 2000
SPACES = re.compile(r"\s+")
WORDS = re.compile(r"[^\W_]+")
PARTICIPANT_CODE = re.compile(r"(?<![^\W_])[^\W\d_]{2}[\W_]?\d{2}[\W_]{0,3}\d{3}(?!\d)")


class ClinicalContent(Exception):
    """The text must not leave. The message never quotes it."""


def refuse_clinical_content(text: str, study_codes: Iterable[str] = ()) -> None:
    """Raises ClinicalContent for health words of any of our languages, participant and study codes, no text."""
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
        raise ClinicalContent("empty, too long or no text")
    plain = _plain(text)
    if any(part in plain for part in ANYWHERE) or AS_WORDS.intersection(WORDS.findall(plain)):
        raise ClinicalContent("health word")
    if PARTICIPANT_CODE.search(plain):
        raise ClinicalContent("participant code")
    if any(_names(code, plain) for code in study_codes):
        raise ClinicalContent("study code")


def _names(code: str, plain: str) -> bool:
    """Whether the code stands in the text, however it is spaced; a very short one only as a word of its own."""
    wanted = _squeezed(_plain(code))
    return wanted in (_squeezed(plain) if len(wanted) > 3 else WORDS.findall(plain)) if wanted else False


def _plain(text: str) -> str:
    """One spelling per word: compatibility forms, case, soft hyphens and invisible signs make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return SPACES.sub(" ", "".join(c for c in folded if unicodedata.category(c) != "Cf"))


def _squeezed(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


ANYWHERE = frozenset(_plain(part) for parts in PARTS.values() for part in parts)
AS_WORDS = frozenset(_plain(word) for words in WHOLE_WORDS.values() for word in words)
"""Of all languages at once: a text may quote another one."""
