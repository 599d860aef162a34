"""Which guardian is asked first: the one who did it last time, else the one who has been there longest (pure).

Who is on holiday that day is passed over, and who wants no message about it, unless nobody does. Whoever was asked
already stays the one.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from models.vocabulary import NoticeKind
from notifications.planning.facts import Child, Guardian


def asked_first(
    child: Child, due: Mapping[Guardian, datetime], kind: NoticeKind, about: tuple[UUID, str], usual: UUID | None
) -> Guardian | None:
    """`due`: when each would be asked; `about`: subject and slot; `usual`: the account that comes before the others."""
    present = [one for one, at in due.items() if one.holds(at) and not one.listener.is_away(at)]
    willing = [one for one in present if kind not in one.listener.inbox_only] or present
    already = [one for one in present if one.account_id == child.asked.get(about)]
    last_time = [one for one in willing if one.account_id == usual]
    by_age = sorted(willing, key=lambda one: (one.since, one.account_id))
    return next(iter([*already, *last_time, *by_age]), None)
