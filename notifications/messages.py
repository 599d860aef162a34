"""Every message we can send: a closed list, kind → subject and body, in each language of `locale/`.

Texts say that something waits in the app, never what: no health words, names, codes, places or the study.
"""

from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_date, format_timedelta

from models import Notice
from models.vocabulary import MailKind, NoticeKind
from notifications.languages import language_for, translated
from notifications.reminders import visit_slot

FOOTER = "footer"
DATES_AS = {"en": "en_GB"}
"""Our sites are in Europe: the day stands before the month in English too."""


@dataclass(frozen=True)
class Message:
    """The msgids of one kind of notice or mail."""

    subject: str
    body: str


MESSAGES = {
    NoticeKind.CHECK_IN_DUE: Message("check_in_due.subject", "check_in_due.body"),
    NoticeKind.VISIT_AHEAD: Message("visit_ahead.subject", "visit_ahead.body"),
    NoticeKind.QUERY_WAITING: Message("query_waiting.subject", "query_waiting.body"),
    NoticeKind.CONSENT_WAITING: Message("consent_waiting.subject", "consent_waiting.body"),
}


MAILS = {kind: Message(f"{kind}.subject", f"{kind}.body") for kind in MailKind}
"""About an account itself; a link, where there is one, follows the body."""
ASKED_FOOTER, TOLD_FOOTER, DUTY_FOOTER = "mail_footer", "told_footer", "duty_footer"
"""Under what somebody asked for (a link), under what is told about an account, and under what staff must look at."""
LIFETIME = {
    MailKind.VERIFY_EMAIL: timedelta(days=7), MailKind.CHANGE_EMAIL: timedelta(days=1),
    MailKind.RESET_PASSWORD: timedelta(minutes=10),
}
"""How long the link in a mail works, from when the mail was asked for. What the text says is what holds."""


@dataclass(frozen=True)
class Text:
    subject: str
    body: str
    footer: str


def text_of(notice: Notice, language: str, app_name: str) -> Text:
    """What this notice says to a person who reads this language."""
    found = language_for(language)
    words = {"app": app_name, "date": _date_in(notice, found)}
    message = MESSAGES[notice.kind]
    return Text(*(translated(msgid, found).format_map(words) for msgid in (message.subject, message.body, FOOTER)))


def mail_text(kind: MailKind, language: str, app_name: str) -> Text:
    """What a mail about an account says to a person who reads this language."""
    found, message = language_for(language), MAILS[kind]
    msgids = (message.subject, message.body, _mail_footer(kind))
    words = {"app": app_name, **({"lifetime": span_words(LIFETIME[kind], found)} if kind in LIFETIME else {})}
    return Text(*(translated(msgid, found).format_map(words) for msgid in msgids))


def _mail_footer(kind: MailKind) -> str:
    if kind is MailKind.STAFF_PAGE_WAITS:
        return DUTY_FOOTER
    return ASKED_FOOTER if kind in LIFETIME else TOLD_FOOTER


def span_words(span: timedelta, language: str) -> str:
    """"7 days", "24 hours", "10 minutes": the largest unit of which there are two or more."""
    return format_timedelta(span, threshold=2, locale=language)


def _date_in(notice: Notice, language: str) -> str:
    if notice.kind is not NoticeKind.VISIT_AHEAD:
        return ""
    return format_date(visit_slot(notice.slot)[0], format="full", locale=DATES_AS.get(language, language))
