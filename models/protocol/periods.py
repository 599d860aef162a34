"""ISO 8601 periods such as P1Y2M or P3W on the calendar (pure).

Years and months are added first and clipped to the end of a shorter month, then weeks and days: 31 August + P6M is
28 February. Several periods are added up before they are counted from a day, so that nothing is clipped twice.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

ISO_PERIOD = re.compile(r"^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?$", re.ASCII)
DAYS_OF_4800_MONTHS = 146_097
"""The calendar repeats itself after 400 years."""


@dataclass(frozen=True)
class Period:
    months: int = 0
    days: int = 0

    def __add__(self, other: "Period") -> "Period":
        return Period(self.months + other.months, self.days + other.days)

    def times(self, number: int) -> "Period":
        return Period(self.months * number, self.days * number)

    @property
    def length(self) -> int:
        """To put two in order: exact among months and among days, with the calendar's mean month between them."""
        return self.months * DAYS_OF_4800_MONTHS + self.days * 4800

    def after(self, day: date) -> date:
        """Raises OverflowError or ValueError beyond the calendar's last year."""
        return _plus_months(day, self.months) + timedelta(days=self.days)


def period_of(text: str) -> Period:
    """Raises ValueError for anything but `P1Y2M3W4D`."""
    found = ISO_PERIOD.match(text)
    if not found or text == "P":
        raise ValueError(f"{text} is no ISO 8601 period")
    years, months, weeks, days = (int(number or 0) for number in found.groups())
    return Period(years * 12 + months, weeks * 7 + days)


def plus_period(day: date, period: str) -> date:
    """`P1Y2M3W4D` after the day. Raises ValueError for anything else."""
    return period_of(period).after(day)


def _plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
