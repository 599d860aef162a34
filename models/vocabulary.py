"""Every closed list of the study, one word per idea. A value is never removed or reused, only retired:
last year's phones and ten-year-old revisions still carry it."""

from enum import StrEnum


class EntryKind(StrEnum):
    FRACTURE = "fracture"
    SYMPTOM = "symptom"
    CHECK_IN = "check_in"


class EntryState(StrEnum):
    """Where an entry stands with the site's staff. Delivery to the study team has its own states."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    QUERY_OPEN = "query_open"
    ANSWERED = "answered"
    VALIDATED = "validated"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    RETRACTED = "retracted"


class RevisionState(StrEnum):
    ACCEPTED = "accepted"
    CONFLICT = "conflict"


class ChangeReason(StrEnum):
    """Why a correction was made (closed list, no free text)."""

    MISTYPED = "mistyped"
    REMEMBERED_BETTER = "remembered_better"
    TOLD_BY_CLINICIAN = "told_by_clinician"
    DETAILS_ADDED = "details_added"
    ANSWER_TO_QUERY = "answer_to_query"
    ENTERED_IN_ERROR = "entered_in_error"
    ENTERED_TWICE = "entered_twice"
    CONFLICT_RESOLVED = "conflict_resolved"
    OTHER = "other"


class RejectionReason(StrEnum):
    NOT_THIS_PARTICIPANT = "not_this_participant"
    NOT_PLAUSIBLE = "not_plausible"
    TEST_ENTRY = "test_entry"
    OUTSIDE_STUDY = "outside_study"
    OTHER = "other"


class Arm(StrEnum):
    POSTNATAL = "postnatal"
    PRENATAL = "prenatal"
    PROSPECTIVE_UNTREATED = "prospective_untreated"
    HISTORICAL = "historical"


class ParticipantState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    DIED = "died"


class Relation(StrEnum):
    """How the person who reports stands to the participant."""

    MOTHER = "mother"
    FATHER = "father"
    OTHER_GUARDIAN = "other_guardian"
    STEP_PARENT = "step_parent"
    GRANDPARENT = "grandparent"
    FOSTER_CARER = "foster_carer"
    NURSE_OR_ASSISTANT = "nurse_or_assistant"
    SCHOOL_OR_NURSERY = "school_or_nursery"
    PARTICIPANT_SELF = "participant_self"
    SITE_STAFF = "site_staff_on_behalf"


class Role(StrEnum):
    """Family roles hold for one participant, staff roles for one site or, without one, for the study."""

    GUARDIAN = "guardian"
    CARER = "carer"
    PARTICIPANT = "participant"
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"
    ADMINISTRATOR = "administrator"


FAMILY_ROLES = frozenset({Role.GUARDIAN, Role.CARER, Role.PARTICIPANT})
STAFF_ROLES = frozenset(Role) - FAMILY_ROLES


class Capability(StrEnum):
    """What one guardianship allows."""

    LOG = "log"
    SEE = "see"
    ANSWER = "answer"


class SessionKind(StrEnum):
    APP = "app"
    BROWSER = "browser"


class QueryState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class VisitState(StrEnum):
    PLANNED = "planned"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


class NoticeKind(StrEnum):
    CHECK_IN_DUE = "check_in_due"
    VISIT_AHEAD = "visit_ahead"
    QUERY_WAITING = "query_waiting"


class DeliveryState(StrEnum):
    """A queued row under a lease is being worked on; the lease is a time, not a state."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    CREATED = "created"
    AMENDED = "amended"
    VOIDED = "voided"


class QuarantineState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
