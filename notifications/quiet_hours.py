"""When a person may be disturbed, in their own local time: the next such moment, or the last before (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.local_time import to_utc

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class QuietHours:
    """Full hours of the day; from > until spans midnight, from = until means none."""

    from_hour: int = 20
    until_hour: int = 8

    def covers(self, hour: int) -> bool:
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour


def is_quiet(instant: datetime, zone: ZoneInfo, quiet: QuietHours) -> bool:
    return quiet.covers(instant.astimezone(zone).hour)


def next_waking(instant: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """The instant itself, or the end of the quiet hours it lies in."""
    if not is_quiet(instant, zone, quiet):
        return instant
    wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    end = wall.replace(hour=quiet.until_hour, minute=0, second=0, microsecond=0)
    if wall.hour >= quiet.until_hour:
        end += timedelta(days=1)
    waking = to_utc(end, zone)
    # Where clocks go back over the end of the quiet hours, it comes twice in one night.
    return waking if waking > instant else to_utc(end.replace(fold=1), zone)


def last_waking(instant: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """The instant itself, or the last full hour before the quiet hours it lies in."""
    waking = instant
    wall = instant.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
    while is_quiet(waking, zone, quiet) or waking > instant:
        wall -= HOUR
        waking = to_utc(wall, zone)
    return waking
