"""What we say, in which languages, and what we never say."""

import re
from uuid import uuid4

import pytest

from models import Notice
from models.vocabulary import NoticeKind
from notifications.languages import LANGUAGES, catalogues, language_for
from notifications.messages import ASKED_FOOTER, DUTY_FOOTER, FOOTER, MAILS, MESSAGES, TOLD_FOOTER, text_of
from notifications.privacy import ClinicalContent, refuse_clinical_content

MSGIDS = {FOOTER, ASKED_FOOTER, TOLD_FOOTER, DUTY_FOOTER} | {
    msgid for message in (*MESSAGES.values(), *MAILS.values()) for msgid in (message.subject, message.body)
}


def notice(kind: NoticeKind) -> Notice:
    return Notice(kind=kind, subject_id=uuid4(), slot="2026-05-20/3d")


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


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_ours_says_anything_about_health(kind, language):
    text = text_of(notice(kind), language, "Diary")

    for part in (text.subject, text.body, text.footer):
        refuse_clinical_content(part, ["BOOSTB4", "SE01-001"])


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
