"""Each person is written to in one language: theirs, or all of it in English."""

import re
from dataclasses import astuple
from datetime import date, timedelta
from uuid import uuid4

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message

from models import Account, Notice, Visit
from models.vocabulary import MailKind, NoticeKind
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due
from notifications.words import languages
from notifications.words.clinical_words import INTERNATIONAL, PARTS, WHOLE_WORDS
from notifications.words.languages import LANGUAGES, LOCALE, MESSAGES, SAFETY, catalogues, language_for, translated
from notifications.words.messages import LIFETIME, Text, already_done_text, mail_text, span_words, text_of
from notifications.words.privacy import ClinicalContent, refuse_clinical_content
from notifications.words.safety_texts import NOTICE, safety_notice

OF_ITS_OWN = {
    "sv": {"och", "att", "du", "din", "ditt", "inte", "det", "väntar", "för", "har"},
    "en": {"the", "and", "you", "your", "not", "is", "it", "waits", "waiting", "of"},
    "de": {"und", "sie", "ihre", "ihr", "nicht", "ein", "eine", "wartet", "oder", "ist"},
    "nl": {"het", "u", "uw", "niet", "een", "wacht", "er", "op", "deze", "en"},
}
WEDNESDAY, IN_TWO_WEEKS = date(2026, 5, 20), date(2026, 5, 24)
ALREADY_DONE = "already_done"
VISIT_TOMORROW = "visit_tomorrow"
TEXTS = [*NoticeKind, *MailKind, ALREADY_DONE, VISIT_TOMORROW]


def text_in(kind: NoticeKind | MailKind | str, language: str) -> Text:
    if kind == ALREADY_DONE:
        return already_done_text(language, "Diary")
    if kind == VISIT_TOMORROW:
        return text_of(Notice(kind=NoticeKind.VISIT_AHEAD, slot=f"{WEDNESDAY}/1d"), language, "Diary")
    if isinstance(kind, MailKind):
        return mail_text(kind, language, "Diary")
    return text_of(Notice(kind=kind, subject_id=uuid4(), slot=f"{WEDNESDAY}/3d"), language, "Diary")


def test_the_folders_are_the_languages_and_each_has_every_catalogue():
    found = {path.relative_to(LOCALE).as_posix() for path in LOCALE.rglob("*.po")}

    assert LANGUAGES == ("sv", "en", "de", "nl")
    assert found == {f"{lang}/LC_MESSAGES/{domain}.po" for lang in LANGUAGES for domain in (MESSAGES, SAFETY)}


@pytest.mark.parametrize("domain", [MESSAGES, SAFETY])
def test_no_string_lacks_one_of_the_four_languages(domain):
    ids = {lang: {m.id for m in catalogue if m.id} for lang, catalogue in catalogues(domain).items()}

    assert set(ids) == set(LANGUAGES)
    for language, catalogue in catalogues(domain).items():
        assert ids[language] == set.union(*ids.values()), language
        assert all(m.string and not m.fuzzy for m in catalogue if m.id), language
        assert catalogue.locale_identifier == language
        assert f'"Language: {language}\\n"' in (LOCALE / language / f"LC_MESSAGES/{domain}.po").read_text("utf-8")


@pytest.mark.parametrize("kind", TEXTS)
def test_no_two_languages_say_it_in_the_same_words(kind):
    assert len({text_in(kind, language).body for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_text_is_in_its_readers_language(kind, language):
    text = text_in(kind, language)

    for part in (text.body, text.footer):
        words = re.findall(r"\w+", part.lower())
        hits = {lang: sum(word in known for word in words) for lang, known in OF_ITS_OWN.items()}
        assert max(hits, key=hits.__getitem__) == language, (part, hits)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize(("language", "familiar"), [
    ("de", r"\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b"), ("nl", r"\b(je|jij|jou|jouw|jullie)\b"),
])
def test_german_and_dutch_readers_are_addressed_formally(kind, language, familiar):
    spoken = " ".join(astuple(text_in(kind, language)))

    assert not re.search(familiar, spoken, re.IGNORECASE), spoken


@pytest.mark.parametrize("wanted", ["fi", "fr-CH", "", "dex", "xx_DE"])
@pytest.mark.parametrize("kind", TEXTS)
def test_who_reads_a_language_we_do_not_write_gets_all_of_it_in_english(kind, wanted):
    assert text_in(kind, wanted) == text_in(kind, "en")
    assert safety_notice(wanted, "112") == safety_notice("en", "112")


@pytest.mark.parametrize(("wanted", "language"), [
    ("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("nl", "nl"), ("nl-BE", "nl"), ("sv-FI", "sv"), ("en-US", "en"),
])
def test_a_region_makes_no_difference(wanted, language):
    assert language_for(wanted) == language
    assert safety_notice(wanted, "112") == safety_notice(language, "112")


def test_a_gap_in_a_catalogue_is_a_fault_and_never_a_second_language(monkeypatch):
    gap = Catalog(locale="de")
    gap["footer"] = Message("footer", "")
    monkeypatch.setattr(languages, "catalogues", lambda _domain: {**catalogues(), "de": gap})

    for msgid in ("footer", "mail_footer"):
        with pytest.raises(KeyError, match=f"no de text for {msgid}"):
            translated(msgid, "de")


@pytest.mark.parametrize(("language", "day"), [
    ("sv", "onsdag 20 maj 2026"), ("en", "Wednesday, 20 May 2026"), ("de", "Mittwoch, 20. Mai 2026"),
    ("nl", "woensdag 20 mei 2026"),
])
def test_a_day_is_written_as_its_readers_write_days(language, day):
    assert day in text_in(NoticeKind.VISIT_AHEAD, language).body
    assert language == "en" or format_date(WEDNESDAY, "full", locale=language) == day


@pytest.mark.parametrize(("language", "spans"), [
    ("sv", ("1 sekund", "10 minuter", "24 timmar", "7 dygn")),
    ("en", ("1 second", "10 minutes", "24 hours", "7 days")),
    ("de", ("1 Sekunde", "10 Minuten", "24 Stunden", "7 Tage")),
    ("nl", ("1 seconde", "10 minuten", "24 uur", "7 dagen")),
])
def test_a_span_has_the_singular_and_the_plural_of_its_language(language, spans):
    asked = (timedelta(seconds=1), timedelta(minutes=10), timedelta(days=1), timedelta(days=7))

    assert tuple(span_words(span, language) for span in asked) == spans


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_how_long_its_link_works_as_it_really_does(kind, language):
    body = catalogues()[language].get(f"{kind}.body").string

    assert ("{lifetime}" in body) == (kind in LIFETIME)
    assert kind not in LIFETIME or span_words(LIFETIME[kind], language) in text_in(kind, language).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safety_text_names_the_number_and_stays_on_the_screen(language):
    notice = safety_notice(language, "112")

    assert "112" in notice
    assert "{" not in notice
    with pytest.raises(ClinicalContent):
        refuse_clinical_content(notice)
    assert NOTICE not in {m.id for m in catalogues()[language]}


async def test_each_guardian_is_told_in_the_language_of_their_account(cast, study, now, box):
    for name, language in (("mia", "de-AT"), ("ben", "nl"), ("eve", "fi")):
        await Account.filter(id=cast.people[name].id).update(language=language)
    for child in (cast.leo, cast.tom):
        await Visit.create(participant=child, seq=1, plan_code="V1", target_on=IN_TWO_WEEKS, timezone="Europe/London")
    await plan_reminders(study.protocol, now)

    await send_due([box], "Diary", lambda: now)

    told = {parcel.address.partition("@")[0]: (parcel.subject, parcel.body) for parcel in box.parcels}
    for name, language in (("mia", "de"), ("ben", "nl"), ("eve", "en")):
        ahead = Notice(kind=NoticeKind.VISIT_AHEAD, subject_id=uuid4(), slot=f"{IN_TWO_WEEKS}/14d")
        text = text_of(ahead, language, "Diary")
        assert told[name][0] == text.subject
        assert text.body in told[name][1]
        assert text.footer in told[name][1]


def test_every_language_has_clinical_words_of_its_own():
    assert set(PARTS) == set(WHOLE_WORDS) == {INTERNATIONAL, *LANGUAGES}
    assert all(len(PARTS[language]) >= 30 and len(WHOLE_WORDS[language]) >= 20 for language in LANGUAGES)


CLINICAL = {
    "sv": ("fraktur", "benbrottet", "benskörhet", "ben", "smärtan", "ont", "läkaren", "sjuksköterska", "sjukhuset",
           "kliniken", "behandling", "dosen", "infusionen", "stamceller", "medicinen", "sjukdomen", "studien",
           "patienten", "röntgenbild", "rullstolen", "biverkningar", "graviditet", "dödsfall: död", "gips",
           "forskningen"),
    "en": ("fracture", "broken", "brittle", "bone", "pain", "hurts", "doctor", "nurse", "hospital", "clinic",
           "treatment", "dose", "infusion", "stem cells", "medicine", "disease", "study", "patient", "X-ray",
           "wheelchair", "side effects", "pregnancy", "died", "injury", "research"),
    "de": ("Fraktur", "Knochenbruch", "Brüche", "Glasknochen", "Schmerzen", "Arzt", "Ärzte", "Kinderärztin",
           "Krankenhaus", "Klinik", "Behandlung", "Dosis", "Infusion", "Stammzellen", "Medikamente", "Krankheit",
           "Studie", "Studienteam", "Patientin", "Röntgenbild", "Rollstuhl", "Nebenwirkungen", "Schwangerschaft",
           "verstorben", "Verletzung", "Forschung", "Gips"),
    "nl": ("fractuur", "botbreuk", "gebroken", "broze botten", "pijnlijk", "arts", "dokter", "verpleegkundige",
           "ziekenhuis", "kliniek", "behandeling", "dosis", "infuus", "stamcellen", "medicijnen", "ziekte", "studie",
           "patiënt", "röntgenfoto", "rolstoel", "bijwerkingen", "zwangerschap", "overleden", "gewond", "onderzoek",
           "gips", "huisarts"),
}


@pytest.mark.parametrize(("language", "word"), [(lang, word) for lang, words in CLINICAL.items() for word in words])
def test_guard_refuses_a_clinical_word_of_each_language_in_whichever_letters(language, word):
    sentence = text_in(NoticeKind.QUERY_WAITING, language).body
    refuse_clinical_content(sentence)

    for written in (word, word.upper(), word.capitalize(), "\u00ad".join(word)):
        with pytest.raises(ClinicalContent):
            refuse_clinical_content(f"{sentence} {written}.")


@pytest.mark.parametrize("text", [
    "Etwas wartet auf Sie.", "Bitte öffnen Sie Ihr Tagebuch.", "Ihr Zugang ist beendet.",
    "Die Verbindung ist unterbrochen.", "Musik und Muziek", "Er wacht iets op u.",
    "Uw dagboek is bijgewerkt.", "Geen zorgen: alles is bewaard.", "Dagbok",
    "Have you been here before?", "Din dagbok väntar.", "Det här gäller ditt konto.", "Tagebuch", "Dagboek",
])
def test_guard_lets_the_plain_words_of_each_language_pass(text):
    refuse_clinical_content(text, ["BOOSTB4"])
