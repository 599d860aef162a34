"""What stands on the wire about a participant's state, withdrawal and transfer."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend.border.text_types import SiteCode
from models import ParticipantStatus
from models.participation import Words
from models.vocabulary import Collection, ParticipantState, StatusReason


class NewStatus(msgspec.Struct, forbid_unknown_fields=True):
    state: Literal["active", "paused", "in_hospital", "withdrawn", "died", "pregnancy_lost"]
    effective_on: date
    """The day it happened, at the site; not in the future."""
    reason: StatusReason


class NewTransfer(msgspec.Struct, forbid_unknown_fields=True):
    site: SiteCode
    """Where the participant is looked after from now on."""
    effective_on: date
    reason: StatusReason = StatusReason.MOVED


class NewWithdrawal(msgspec.Struct, forbid_unknown_fields=True):
    reason: Literal["consent_withdrawn", "family_wish", "child_wish", "medical", "moved", "other"] = "consent_withdrawn"


class StatusView(msgspec.Struct):
    """One change, as it was recorded."""

    state: ParticipantState
    """`transferred`: the state stayed, the site changed."""
    effective_on: date
    reason: StatusReason
    recorded_at: datetime
    recorded_by: UUID | None
    """The account, for staff only."""
    from_site: SiteCode | None
    to_site: SiteCode | None


class StatusHistory(msgspec.Struct):
    participant_id: UUID
    state: ParticipantState
    collection: Collection
    """Whether new entries are taken in now, and why not."""
    words: Words
    """`quiet`: nothing celebrates, nothing asks for the week."""
    history: list[StatusView]
    """Newest first; empty = active since enrolment."""


class Transferred(msgspec.Struct):
    """From now on the new site's staff see everything about the participant, and the old one's nothing."""

    participant_id: UUID
    code: str
    """It stays."""
    from_site: SiteCode
    to_site: SiteCode
    effective_on: date


class Withdrawn(msgspec.Struct):
    """When this is answered, nothing about the participant is sent any more, reminders and entries alike."""

    participant_id: UUID
    state: Literal["withdrawn"]
    effective_on: date
    collection: Collection
    data_so_far: Literal["kept"] = "kept"
    """What was collected before stays in the study's records (Regulation (EU) 536/2014, article 28 (3))."""
    text: Literal["withdrawal.kept_ctr_28_3"] = "withdrawal.kept_ctr_28_3"
    """Code of the sentence that the app shows about it."""


def view_of(row: ParticipantStatus, sites: dict[UUID, str], *, for_staff: bool) -> StatusView:
    return StatusView(
        row.state, row.effective_on, row.reason, row.recorded_at, row.recorded_by_id if for_staff else None,
        sites[row.from_site_id] if row.from_site_id else None, sites[row.to_site_id] if row.to_site_id else None,
    )
