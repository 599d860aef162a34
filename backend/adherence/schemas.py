"""What stands on the wire about adherence, work items and how reminders reach a family."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.border.text_types import SiteCode
from models.vocabulary import ChannelName, ContactWay, Relation, WorkItemClosing, WorkItemKind

AdherenceBy = Literal["child", "site", "arm"]


class AdherenceLine(msgspec.Struct):
    """One child, site or arm. Shares are of what was expected; null = nothing was expected, which is not 0 %."""

    code: str
    """The participant's, the site's, or the arm's."""
    participant_id: UUID | None
    site: SiteCode | None
    participants: int
    """Of whom at least one check-in was expected."""
    expected: int
    """Check-in periods that ended between the two days, and before today at the site, on a day on which the
    participant took part: the diary was open, and it was no pause, no hospital stay and not after an ending."""
    sent: int
    """Of these, those about which at least one person was told outside the app (by push, e-mail or SMS), by a message
    of its own or by the weekly summary that followed."""
    answered: int
    """Of these, those about whose last day the family has said anything in a check-in of the app, whenever it came and
    whatever it says; check-ins that were retracted or rejected don't count."""
    in_time: int
    """Of the answered, those told within the protocol's days for `contemporaneous` after the period ended."""
    sent_share: float | None
    answered_share: float | None
    in_time_share: float | None


class AdherenceTable(msgspec.Struct):
    """What was expected, sent and answered between two days, both included."""

    by: AdherenceBy
    first_day: date
    last_day: date
    in_time_days: int
    """The protocol's days for `contemporaneous`."""
    protocol_hash: str
    items: list[AdherenceLine]
    next_cursor: str | None = None
    """By child: send it as `cursor` for the next page; null = this was the last."""


class StaffNamed(msgspec.Struct):
    id: UUID
    name: str


class WorkItemLine(msgspec.Struct):
    """One work item; `seq` is what an act must carry as `If-Match: "s<seq>"`."""

    id: UUID
    participant_id: UUID
    participant_code: str
    site: SiteCode
    kind: WorkItemKind
    since: date
    """Silence: the last day of the first period nobody has answered for. Unreachable: since when."""
    relation: Relation | None
    """Unreachable: who of the family."""
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    """Open, and somebody should have acted by now."""
    owner: StaffNamed | None
    closing: WorkItemClosing | None
    """null = open."""
    closed_at: datetime | None
    seq: int


class WorkItemContactView(msgspec.Struct):
    id: UUID
    way: ContactWay
    reached: bool
    note: str
    by: StaffNamed
    at: datetime


class WorkItemView(msgspec.Struct):
    """One work item with everything that was tried, oldest first."""

    item: WorkItemLine
    contacts: list[WorkItemContactView]
    closed_by: StaffNamed | None
    """null = it is open, or it closed by itself."""


class NewContact(msgspec.Struct, forbid_unknown_fields=True):
    """One try to reach the family; it can't be changed afterwards."""

    way: ContactWay
    reached: bool
    note: Annotated[str, Meta(max_length=500)] = ""


class WorkItemEnd(msgspec.Struct, forbid_unknown_fields=True):
    """`answered` is not said by people: an item ends so by itself when the family does what it waited for."""

    closing: Literal["reached", "not_reached", "not_needed"]


class ChannelReach(msgspec.Struct):
    """How one channel has served one guardian in the last 90 days."""

    channel: ChannelName
    wanted: bool
    """Whether they want to be told this way."""
    works: bool
    """Whether there is somewhere to send to: a proved address that takes mail, a living device, a proved number."""
    devices: int
    """Push: how many are living."""
    refused_at: datetime | None
    """E-mail: since when the address takes nothing. Push: when a device was last ended by its service."""
    told_at: datetime | None
    """When a notice was last handed over and taken."""
    opened_at: datetime | None
    """When they last came from such a notice into the app."""
    failed_at: datetime | None
    error: str | None
    """Of the last notice that failed, why: a code, never what the other side wrote."""
    failures: int


class GuardianReach(msgspec.Struct):
    """One guardian, told by the relation; names stand in the list of guardianships for those who may see them."""

    guardianship_id: UUID
    relation: Relation
    channels: list[ChannelReach]
    unreached: bool
    """What they want to be told by is broken, and nothing else they want works: a work item is opened."""
    away_until: date | None
    """They are on holiday until that day, and asked for nothing that can wait."""
    waiting: int
    """Notices of the last 90 days that they have not looked at."""
    last_seen_at: datetime | None
    """When they last used the app, in any session."""


class FamilyReach(msgspec.Struct):
    """How reminders reach the people who are asked about one participant; nothing that failed is lost: the inbox keeps
    all of it."""

    participant_id: UUID
    guardians: list[GuardianReach]


