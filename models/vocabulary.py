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


class ParticipantKind(StrEnum):
    """In the prenatal arm the woman is a participant of her own."""

    CHILD = "child"
    WOMAN = "woman"


class ParticipantState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    IN_HOSPITAL = "in_hospital"
    WITHDRAWN = "withdrawn"
    DIED = "died"
    PREGNANCY_LOST = "pregnancy_lost"
    TRANSFERRED = "transferred"
    """Only in the history: the participant is active again at once, at the other site."""


class StatusReason(StrEnum):
    """Why a participant's state changed (closed list, no free text)."""

    FAMILY_WISH = "family_wish"
    CHILD_WISH = "child_wish"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MEDICAL = "medical"
    PLANNED_SURGERY = "planned_surgery"
    HOLIDAY = "holiday"
    MOVED = "moved"
    OVER = "over"
    """The pause or hospital stay has ended."""
    DEATH = "death"
    PREGNANCY_LOSS = "pregnancy_loss"
    ENTERED_IN_ERROR = "entered_in_error"
    OTHER = "other"


class Collection(StrEnum):
    """Whether new entries about a participant may be stored, and why not."""

    OPEN = "open"
    NO_CONSENT = "no_consent"
    OWN_CONSENT_NEEDED = "own_consent_needed"
    """Came of age: collection waits for the young person's own consent."""
    WITHDRAWN = "withdrawn"


class ConsentAudience(StrEnum):
    """Whom a consent document addresses."""

    CUSTODIAN = "custodian"
    CHILD = "child"
    ADULT = "adult"
    """The participant, of age: also the woman of the prenatal arm."""


class ConsentDecision(StrEnum):
    GIVEN = "given"
    DECLINED = "declined"
    """Also the child's own dissent."""
    WITHDRAWN = "withdrawn"


class ConsentMethod(StrEnum):
    PAPER = "paper"
    APP = "app"


class EntrySource(StrEnum):
    """How an entry came to us. The words stay those of the person who told."""

    APP = "app"
    SITE_INTERVIEW = "site_interview"
    CHART_REVIEW = "chart_review"


class DoseRoute(StrEnum):
    INTRAVENOUS = "intravenous"
    UMBILICAL_VEIN = "umbilical_vein"


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
    BLINDED_READER = "blinded_reader"
    """Reads entries to judge them without learning arm, doses or visits."""
    DUTY_PERSON = "duty_person"
    """Answers the phone when nobody else does: reads, and writes down what a family tells."""


FAMILY_ROLES = frozenset({Role.GUARDIAN, Role.CARER, Role.PARTICIPANT})
STAFF_ROLES = frozenset(Role) - FAMILY_ROLES


class Capability(StrEnum):
    """What one guardianship allows."""

    LOG = "log"
    SEE = "see"
    ANSWER = "answer"
    INVITE = "invite"


class LockReason(StrEnum):
    """Why staff took somebody's access by a court order's right."""

    COURT_ORDER = "court_order"
    AUTHORITY_DECISION = "authority_decision"
    PROTECTED_IDENTITY = "protected_identity"


class UnlockReason(StrEnum):
    ORDER_OVER = "order_over"
    ENTERED_IN_ERROR = "entered_in_error"


class LinkPurpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"


class MailKind(StrEnum):
    """Mails about an account itself."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGED = "email_changed"
    """To the old address."""
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    NEW_DEVICE = "new_device"


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


class QuarantineState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    RELEASED = "released"
    """Stored as an entry since: the consent it waited for is there."""
