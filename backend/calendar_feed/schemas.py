"""What stands on the wire about one's calendar feed."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from models import CalendarFeed


class NewCalendarFeed(msgspec.Struct, forbid_unknown_fields=True):
    shows_details: bool = False
    """Whether the calendar also says whether a time was agreed and between which days it may be."""


class CalendarFeedView(msgspec.Struct):
    shows_details: bool
    created_at: datetime
    last_read_at: datetime | None
    """When a calendar last fetched it."""

    @classmethod
    def of(cls, feed: CalendarFeed) -> "CalendarFeedView":
        return cls(feed.shows_details, feed.created_at, feed.last_read_at)


class OwnCalendarFeed(msgspec.Struct):
    feed: CalendarFeedView | None
    """Its address is told once, when it is made; empty = there is none."""


class CalendarLink(msgspec.Struct):
    url: Annotated[str, Meta(examples=["https://diary.example.org/calendar/what-nobody-can-guess.ics"])]
    """Told this once. Whoever has it reads the calendar; a new one makes it void."""
    webcal_url: Annotated[str, Meta(examples=["webcal://diary.example.org/calendar/what-nobody-can-guess.ics"])]
    """The same, for the calendar of this device to subscribe to."""
    feed: CalendarFeedView
