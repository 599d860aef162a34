"""Visits, doses, notices and what leaves for the study team."""

from enum import StrEnum


class VisitState(StrEnum):
    PLANNED = "planned"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


class DoseRoute(StrEnum):
    INTRAVENOUS = "intravenous"
    UMBILICAL_VEIN = "umbilical_vein"


class NoticeKind(StrEnum):
    CHECK_IN_DUE = "check_in_due"
    VISIT_AHEAD = "visit_ahead"
    QUERY_WAITING = "query_waiting"
    CONSENT_WAITING = "consent_waiting"
    """A text to read and sign: the first, or a new version."""


class DeliveryState(StrEnum):
    """A queued row under a lease is being worked on; the lease is a time, not a state."""

    QUEUED = "queued"
    HELD = "held"
    """Stays here while its participant is withdrawn."""
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    CREATED = "created"
    AMENDED = "amended"
    VOIDED = "voided"
