"""Who takes part, who speaks for them, and who works with their data."""

from enum import StrEnum


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
    SIBLING_ADULT = "sibling_adult"
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
