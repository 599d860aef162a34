"""Every message we can send: a closed list, kind → subject and body, in each language of `locale/`.

Texts say that something waits in the app, never what: no health words, names, codes, places or the study.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, format_timedelta

from models import Notice
from models.vocabulary import MailKind, NoticeKind
from notifications.slots import visit_slot
from notifications.words.languages import language_for, translated

FOOTER = "footer"
DATES_AS = {"en": "en_GB"}
"""Our sites are in Europe: the day stands before the month in English too."""


@dataclass(frozen=True)
class Message:
    """The msgids of one kind of notice or mail."""

    subject: str
    body: str


MESSAGES = {kind: Message(f"{kind}.subject", f"{kind}.body") for kind in NoticeKind}
"""A subject stands alone in an SMS and on a lock screen."""
VISIT_TOMORROW = Message("visit_tomorrow.subject", "visit_tomorrow.body")
ALREADY_DONE = Message("already_done.subject", "already_done.body")
PHONE_CODE = "phone_code.body"
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


def text_of(notice: Notice, language: str, app_name: str, today: date | None = None) -> Text:
    """What this notice says to a person who reads this language.

    `today`, on their own clock, decides whether a visit is tomorrow: quiet hours may have moved its last reminder.
    """
    found = language_for(language)
    day, is_tomorrow = _day_of(notice, today)
    words = {"app": app_name, "date": _written(day, found) if day else ""}
    return _filled(VISIT_TOMORROW if is_tomorrow else MESSAGES[notice.kind], FOOTER, found, words)


def already_done_text(language: str, app_name: str) -> Text:
    """What takes the place of a reminder once somebody else did what it asks for."""
    return _filled(ALREADY_DONE, FOOTER, language_for(language), {"app": app_name})


def phone_code_text(language: str, app_name: str, code: str) -> str:
    """The SMS that proves a number."""
    return translated(PHONE_CODE, language_for(language)).format(app=app_name, code=code)


def mail_text(kind: MailKind, language: str, app_name: str) -> Text:
    """What a mail about an account says to a person who reads this language."""
    found, message = language_for(language), MAILS[kind]
    words = {"app": app_name, **({"lifetime": span_words(LIFETIME[kind], found)} if kind in LIFETIME else {})}
    return _filled(message, _mail_footer(kind), found, words)


def _mail_footer(kind: MailKind) -> str:
    if kind is MailKind.STAFF_PAGE_WAITS:
        return DUTY_FOOTER
    return ASKED_FOOTER if kind in LIFETIME else TOLD_FOOTER


def span_words(span: timedelta, language: str) -> str:
    """"7 days", "24 hours", "10 minutes": the largest unit of which there are two or more."""
    return format_timedelta(span, threshold=2, locale=language)


def _filled(message: Message, footer: str, language: str, words: dict[str, str]) -> Text:
    return Text(*(translated(msgid, language).format_map(words) for msgid in (message.subject, message.body, footer)))


def _day_of(notice: Notice, today: date | None) -> tuple[date | None, bool]:
    """The visit's day, and whether that is tomorrow."""
    if notice.kind is not NoticeKind.VISIT_AHEAD:
        return None, False
    day, days_before = visit_slot(notice.slot)
    return day, (day - today).days == 1 if today else days_before == 1


def _written(day: date, language: str) -> str:
    return format_date(day, format="full", locale=DATES_AS.get(language, language))
