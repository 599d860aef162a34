"""Every message we can send: a closed list, kind → subject and body, in each language of `locale/`.

Texts say that something waits in the app, never what: no health words, names, codes, places or the study.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from models import Notice
from models.vocabulary import MailKind, NoticeKind
from notifications.reminders import visit_slot

LOCALE = Path(__file__).parent / "locale"
DEFAULT_LANGUAGE = "en"
FOOTER = "footer"


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
MAIL_FOOTER = "mail_footer"


@dataclass(frozen=True)
class Text:
    subject: str
    body: str
    footer: str


@cache
def catalogues() -> dict[str, Catalog]:
    """Language → texts, read once from the .po files themselves."""
    return {path.parent.parent.name: _read(path) for path in sorted(LOCALE.glob("*/LC_MESSAGES/messages.po"))}


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def language_for(wanted: str) -> str:
    """The language we have for `sv-SE`, `sv_SE` or `sv`; English for one we don't."""
    language = wanted.replace("_", "-").partition("-")[0].lower()
    return language if language in catalogues() else DEFAULT_LANGUAGE


def text_of(notice: Notice, language: str, app_name: str) -> Text:
    """What this notice says to a person who reads this language."""
    found = language_for(language)
    words = {"app": app_name, "date": _date_in(notice, found)}
    message = MESSAGES[notice.kind]
    return Text(*(_translated(msgid, found).format_map(words) for msgid in (message.subject, message.body, FOOTER)))


def mail_text(kind: MailKind, language: str, app_name: str) -> Text:
    """What a mail about an account says to a person who reads this language."""
    found, message = language_for(language), MAILS[kind]
    return Text(*(
        _translated(msgid, found).format(app=app_name) for msgid in (message.subject, message.body, MAIL_FOOTER)
    ))


def _translated(msgid: str, language: str) -> str:
    found = catalogues()[language].get(msgid)
    if found is None or not isinstance(found.string, str) or not found.string:
        raise KeyError(f"no {language} text for {msgid}")
    return found.string


def _date_in(notice: Notice, language: str) -> str:
    if notice.kind is not NoticeKind.VISIT_AHEAD:
        return ""
    return format_date(visit_slot(notice.slot)[0], format="full", locale=language)
