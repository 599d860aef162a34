"""What we say, in which languages, and what we never say."""

import re
from dataclasses import astuple
from datetime import date
from uuid import uuid4

import pytest

from models import Notice
from models.vocabulary import MailKind, NoticeKind
from notifications.words.calendar_words import SUMMARY, CalendarDetail, calendar_details, calendar_summary
from notifications.words.languages import LANGUAGES, catalogues, language_for
from notifications.words.messages import (
    ALREADY_DONE,
    ASKED_FOOTER,
    DUTY_FOOTER,
    FOOTER,
    MAILS,
    MESSAGES,
    PHONE_CODE,
    TOLD_FOOTER,
    VISIT_TOMORROW,
    already_done_text,
    mail_text,
    phone_code_text,
    text_of,
)
from notifications.words.privacy import ClinicalContent, refuse_clinical_content

MSGIDS = {FOOTER, ASKED_FOOTER, TOLD_FOOTER, DUTY_FOOTER, PHONE_CODE, SUMMARY, *CalendarDetail} | {
    msgid for message in (*MESSAGES.values(), *MAILS.values(), VISIT_TOMORROW, ALREADY_DONE)
    for msgid in (message.subject, message.body)
}
LONG_NAME = "Our Diary of Weekday"
ONE_SMS = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
              "abcdefghijklmnopqrstuvwxyzäöñüà")
"""The GSM 7-bit alphabet: one letter outside it halves what fits into an SMS (and doubles what it costs)."""


def notice(kind: NoticeKind, days: int = 3) -> Notice:
    return Notice(kind=kind, subject_id=uuid4(), slot=f"2026-05-20/{days}d")


def outgoing(language: str, app_name: str) -> dict[str, str]:
    """Every text that may ever leave by a channel or a feed, in one language."""
    texts = {kind.value: text_of(notice(kind), language, app_name) for kind in NoticeKind}
    texts["visit_tomorrow"] = text_of(notice(NoticeKind.VISIT_AHEAD, 1), language, app_name)
    texts["already_done"] = already_done_text(language, app_name)
    texts |= {kind.value: mail_text(kind, language, app_name) for kind in MailKind}
    parts = {f"{name}.{part}": words for name, text in texts.items()
             for part, words in zip(("subject", "body", "footer"), astuple(text), strict=True)}
    window = date(2026, 5, 6), date(2026, 6, 3)
    details = {detail.value: calendar_details(detail, language, app_name, window) for detail in CalendarDetail}
    return {**parts, **details, PHONE_CODE: phone_code_text(language, app_name, "012345"),
            SUMMARY: calendar_summary(language)}


def test_every_kind_of_notice_has_a_message():
    assert set(MESSAGES) == set(NoticeKind)


def test_no_message_lacks_a_language():
    for language, catalogue in catalogues().items():
        found = {m.id: m for m in catalogue if m.id}
        assert set(found) == MSGIDS, language
        assert all(m.string and not m.fuzzy for m in found.values()), language
    assert set(catalogues()) == set(LANGUAGES)


def test_each_language_fills_in_the_same_places():
    for msgid in MSGIDS:
        places = {frozenset(re.findall(r"\{(\w+)\}", c.get(msgid).string)) for c in catalogues().values()}
        assert len(places) == 1, msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_ours_says_anything_about_health(language):
    said = outgoing(language, "Diary")

    assert len(said) == 3 * (len(NoticeKind) + len(MailKind) + 2) + len(CalendarDetail) + 2
    for name, words in said.items():
        assert "{" not in words, name
        refuse_clinical_content(words, ["BOOSTB4", "SE01-001"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_fits_a_lock_screen_and_with_the_phone_code_one_sms(language):
    said = outgoing(language, LONG_NAME)
    alone = {name: words for name, words in said.items()
             if name == PHONE_CODE or (name.endswith(".subject") and name.partition(".")[0] not in set(MailKind))}

    assert len(alone) == len(NoticeKind) + 3
    for name, words in alone.items():
        assert len(words) <= (160 if name == PHONE_CODE else 70), name
        assert set(words) <= ONE_SMS, (name, set(words) - ONE_SMS)


@pytest.mark.parametrize(("days", "today", "is_tomorrow"), [
    (1, None, True), (3, None, False), (1, date(2026, 5, 19), True), (3, date(2026, 5, 19), True),
    (1, date(2026, 5, 18), False), (1, date(2026, 5, 20), False),
])
def test_tomorrow_is_said_the_day_before_and_only_then(days, today, is_tomorrow):
    text = text_of(notice(NoticeKind.VISIT_AHEAD, days), "en", "Diary", today)

    assert ("tomorrow" in text.subject, "tomorrow" in text.body) == (is_tomorrow, is_tomorrow)
    assert "Wednesday, 20 May 2026" in text.body


def test_words_that_tell_of_no_day_need_none():
    assert text_of(Notice(kind=NoticeKind.DIGEST, subject_id=uuid4(), slot="x"), "en", "Diary").subject
    assert "14 May" not in calendar_details(CalendarDetail.AGREED, "en", "Diary")


@pytest.mark.parametrize(("wanted", "language"), [
    ("sv", "sv"), ("sv-SE", "sv"), ("SV_se", "sv"), ("en-GB", "en"), ("fi", "en"), ("", "en"),
])
def test_a_language_we_do_not_have_is_english(wanted, language):
    assert language_for(wanted) == language


@pytest.mark.parametrize("text", [
    "Leo's fracture needs an answer", "FRACTURE", "frac\u00adture", "ｆracture", "Hur är det med benbrottet?",
    "Frakturen", "Knochenbrüche: Knochenbruch", "botbreuk", "Broken again", "It is about the OI team", "glasknochen",
    "Next dose tomorrow", "stem  cell day", "Bring your child to the clinic", "Krankenhaus", "ziekenhuis", "läkaren",
    "your study visit", "study-visit", "A question about SE01-003", "se01 003", "SE01003", "SE\u200b01-003",
    "boost b4 news", "BOOSTB4", "", "   ", "x" * 2001, None,
])
def test_message_with_clinical_content_is_refused(text):
    with pytest.raises(ClinicalContent) as refusal:
        refuse_clinical_content(text, ["BOOSTB4"])

    assert str(text) not in str(refusal.value) or not text


@pytest.mark.parametrize("text", [
    "Diary: how was this week?", "Något är planerat till onsdag 20 maj 2026.", "Have you been here before? I'll wait.",
    "Dein Tagebuch wartet", "Er wacht een vraag op je", "Going on", "22 May 2026, 10:00",
])
def test_plain_words_pass(text):
    refuse_clinical_content(text, ["BOOSTB4", "OI", ""])
