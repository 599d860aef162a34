"""What a diary entry is and where it stands."""

from enum import StrEnum


class EntryKind(StrEnum):
    FRACTURE = "fracture"
    SYMPTOM = "symptom"
    CHECK_IN = "check_in"
    PAIN = "pain"
    """One assessment on one scale."""
    FOLLOW_UP = "follow_up"
    """How a fracture goes on; belongs to it (`parent_id`)."""
    MEDICATION = "medication"
    MILESTONE = "milestone"
    SURGERY = "surgery"
    GROWTH = "growth"
    ORTHOSIS = "orthosis"
    PHYSIOTHERAPY = "physiotherapy"


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


class EntrySource(StrEnum):
    """How an entry came to us. The words stay those of the person who told."""

    APP = "app"
    SITE_INTERVIEW = "site_interview"
    CHART_REVIEW = "chart_review"


class QueryState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class QuarantineState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    RELEASED = "released"
    """Stored as an entry since: the consent it waited for is there."""


class Lateness(StrEnum):
    """How long after the days it tells of a report was made; the protocol says where each begins."""

    CONTEMPORANEOUS = "contemporaneous"
    LATE = "late"
    RECALLED = "recalled"
    HISTORICAL = "historical"
    """Counts only once staff have confirmed it."""


class Precision(StrEnum):
    """How exactly a time was told."""

    MINUTE = "minute"
    PART_OF_DAY = "part_of_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"
    """Between two of these; also a week."""
    UNKNOWN = "unknown"


class AttachmentPurpose(StrEnum):
    PHOTO = "photo"
    IMAGING = "imaging"
    LETTER = "letter"


class AttachmentState(StrEnum):
    DECLARED = "declared"
    """The phone has said that it will come."""
    UPLOADING = "uploading"
    STORED = "stored"
    REFUSED = "refused"
    """What came is no image we can show safely."""
    EXPIRED = "expired"
    """Began and never came whole."""
    REMOVED = "removed"


class Likeness(StrEnum):
    """Why staff are asked to compare two reports of fractures."""

    SAME_EVENT = "same_event"
    RE_FRACTURE = "re_fracture"
    """The same place again, soon or not healed: the same fracture, or another one?"""


class Sameness(StrEnum):
    """What a person said of two reports."""

    SAME = "same"
    DIFFERENT = "different"


class LinkReason(StrEnum):
    """Why staff linked a report as a duplicate of another."""

    TOLD_BY_ANOTHER = "told_by_another"
    ENTERED_TWICE = "entered_twice"
    FROM_RECORDS = "from_records"
    """A letter or chart tells of what somebody reported."""
    SAME_FRACTURE = "same_fracture"
    """Reported anew while it had not healed; no second fracture."""


class UnlinkReason(StrEnum):
    ANOTHER_EVENT = "another_event"
    LINKED_BY_MISTAKE = "linked_by_mistake"
    CORRECTED_SINCE = "corrected_since"
