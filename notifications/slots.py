"""The slot of each kind of notice: which occasion it is, as one short text that a change of zone never changes (pure).

`2026-05-24` a period's last day or a digest's day · `2026-05-20/3d` so many days before a visit or the end of a
consent · `21d` a card so many days after its entry · `opened`, `opened/3d` a question, and so many days later ·
`2026-05-21/4`, `cancelled/4` a visit's new day, or none, and its sequence · then perhaps `/again` (the same person once
more), `/others` (the other guardians), `/later-2` (put off twice).
"""

import re
from datetime import date

AGAIN, OTHERS, OPENED = "again", "others", "opened"
LATER = re.compile(r"/later-(\d+)$")


def day_slot(day: date) -> str:
    """A check-in of the period that ends on this day; a digest of this day."""
    return day.isoformat()


def ahead_slot(day: date, days: int) -> str:
    """So many days before that day."""
    return f"{day.isoformat()}/{days}d"


def card_slot(days: int) -> str:
    """The card of an earlier entry, so many days after it."""
    return f"{days}d"


def opened_slot(days: int = 0) -> str:
    """A question of the site: when it was opened, or so many days later."""
    return f"{OPENED}/{days}d" if days else OPENED


def again(slot: str) -> str:
    """The same person asked once more."""
    return f"{slot}/{AGAIN}"


def others(slot: str) -> str:
    """The other guardians asked."""
    return f"{slot}/{OTHERS}"


def later(slot: str) -> str:
    """The same occasion put off once more."""
    return f"{base(slot)}/later-{times_put_off(slot) + 1}"


def times_put_off(slot: str) -> int:
    found = LATER.search(slot)
    return int(found[1]) if found else 0


def base(slot: str) -> str:
    """The slot as it was planned, however often it was put off."""
    return LATER.sub("", slot)


def task(slot: str) -> str:
    """What is asked for, whoever is asked and however often: without `/again`, `/others`, `/later-2`."""
    return base(slot).removesuffix(f"/{AGAIN}").removesuffix(f"/{OTHERS}")


def day_of(slot: str) -> date:
    """The day a slot begins with: the period's last day, the visit's day. Raises ValueError where there is none."""
    return date.fromisoformat(slot.partition("/")[0])


def days_of(slot: str) -> int:
    """The days before a visit or a consent's end, or after an entry or a question; 0 = none."""
    found = re.search(r"(?:^|/)(\d+)d(?:/|$)", slot)
    return int(found[1]) if found else 0


def visit_slot(slot: str) -> tuple[date, int]:
    """The date and the days before it in a visit's slot."""
    return day_of(slot), days_of(slot)
