"""What an entry of the calendar feed says: a word that tells nobody anything, and a little more for who asks for it."""

from datetime import date
from enum import StrEnum

from babel.dates import format_date

from notifications.words.languages import language_for, translated
from notifications.words.messages import DATES_AS

SUMMARY = "calendar.summary"


class CalendarDetail(StrEnum):
    """What is known of the time."""

    AGREED = "calendar.details.agreed"
    WINDOW = "calendar.details.window"
    CANCELLED = "calendar.details.cancelled"


def calendar_summary(language: str) -> str:
    return translated(SUMMARY, language_for(language))


def calendar_details(
    detail: CalendarDetail, language: str, app_name: str, window: tuple[date, date] | None = None
) -> str:
    """`window`: the first and the last possible day, for WINDOW alone."""
    found = language_for(language)
    words = {"app": app_name}
    if window:
        words["first"], words["last"] = (format_date(day, "long", locale=DATES_AS.get(found, found)) for day in window)
    return translated(detail, found).format_map(words)
