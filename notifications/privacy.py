"""What may leave by a channel: nothing about health, nobody's code, not the study. In doubt nothing leaves.

A lock screen is read by colleagues, siblings and teachers. Every outgoing text passes here, whoever wrote it.
"""

import re
import unicodedata
from collections.abc import Iterable

MAX_TEXT = 2000
ANYWHERE = (
    # parts that mean the same wherever they stand in a word, so that compounds are caught too
    "fractur", "fraktur", "osteogen", "imperfecta", "brittle", "benskör", "glasknoch", "broosbot", "broze bot",
    "benbrott", "knochenbruch", "beinbruch", "armbruch", "rippenbruch", "botbreuk", "gebroken", "gebrochen", "brutit",
    "brutet", "skelett", "skelet", "knochen", "infusion", "infusie", "symptom", "symptoom", "diagnos", "therap",
    "terapi", "behandl", "behandel", "medicin", "medicijn", "medizin", "medikament", "medication", "läkemedel",
    "krankheit", "krankenhaus", "ziekenhuis", "ziekte", "sjukdom", "sjukhus", "sjukvård", "hospital", "clinic",
    "klinik", "kliniek", "klinisch", "klinisk", "patient", "patiënt", "schmerz", "smärt", "röntgen", "x-ray", "xray",
    "stem cell", "stamcell", "stammzell", "stamcel", "transplant", "pregnan", "schwanger", "zwanger", "gravid",
    "operation", "operatie", "surgery", "surgical", "injur", "verletz", "verwond", "läkare", "sjuksköt", "physio",
    "fysio", "ambulan", "notaufnahme", "akutmottag", "disease", "illness", "treatment", "forskning", "forschung",
    "onderzoek", "health", "gesundheit", "gezondheid", "hälso", "genetic", "genetisch", "genetisk",
)
AS_WORDS = (
    "oi", "bone", "bones", "broke", "broken", "break", "breaks", "pain", "pains", "painful", "ill", "sick", "doctor",
    "doctors", "nurse", "nurses", "dr", "drug", "drugs", "dose", "doses", "dos", "dosen", "doser", "dosis",
    "dosering", "trial", "trials", "study", "studies", "studie", "studien", "studier", "studiet",
    "research", "ward", "scan", "rib", "ribs", "femur", "tibia", "spine", "leg", "legs", "arm", "arms", "ben", "benet",
    "benen", "bruten", "bruch", "bein", "arzt", "ärztin", "pflegekraft", "bot", "botten", "breuk", "arts",
    "verpleegkundige", "pijn", "ont", "värk", "sjuk", "vård", "vården", "krank", "ziek", "sjuksyster", "fever",
    "feber", "fieber", "koorts", "death", "died", "dead", "död", "dood", "withdrawn",
)
SPACES = re.compile(r"\s+")
WORDS = re.compile(r"[^\W_]+")
PARTICIPANT_CODE = re.compile(r"(?<![^\W_])[^\W\d_]{2}[\W_]?\d{2}[\W_]{0,3}\d{3}(?!\d)")
WORD_SET = frozenset(AS_WORDS)


class ClinicalContent(Exception):
    """The text must not leave. The message never quotes it."""


def refuse_clinical_content(text: str, study_codes: Iterable[str] = ()) -> None:
    """Raises ClinicalContent for health words (sv, en, de, nl), participant and study codes, and unreadable texts."""
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
        raise ClinicalContent("empty, too long or no text")
    plain = _plain(text)
    if any(part in plain for part in ANYWHERE) or WORD_SET.intersection(WORDS.findall(plain)):
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
