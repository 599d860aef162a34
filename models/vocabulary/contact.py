"""Visits, doses, notices and what leaves for the study team."""

from enum import IntEnum, StrEnum


class VisitState(StrEnum):
    PLANNED = "planned"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


class VisitCancelReason(StrEnum):
    """Why one visit does not take place (closed list, no free text)."""

    FAMILY_ASKED = "family_asked"
    SITE_ASKED = "site_asked"
    NOT_NEEDED = "not_needed"
    PLAN_CHANGED = "plan_changed"
    ENTERED_IN_ERROR = "entered_in_error"
    OTHER = "other"


class VisitStanding(StrEnum):
    """Where today lies in the window of a planned visit, on the site's calendar; without a window there is none."""

    AHEAD = "ahead"
    OPEN = "open"
    TARGET = "target"
    """The day it aims at has come, and the window is still open."""
    CLOSED = "closed"


class BringItem(StrEnum):
    """What a family does well to think of before a visit; shown in the app, never sent."""

    EARLIER_IMAGES = "earlier_images"
    DISCHARGE_LETTERS = "discharge_letters"
    MEDICINE_LIST = "medicine_list"
    ORTHOSES = "orthoses"
    FAVOURITE_THING = "favourite_thing"
    OVERNIGHT_BAG = "overnight_bag"
    FASTING = "fasting"
    TRAVEL_PAPERS = "travel_papers"


class DayAnchor(StrEnum):
    """Days that staff note and the visit plan may count from; all others are known from elsewhere."""

    SURGERY = "surgery"


class DoseRoute(StrEnum):
    INTRAVENOUS = "intravenous"
    UMBILICAL_VEIN = "umbilical_vein"


class NoticeKind(StrEnum):
    CHECK_IN_DUE = "check_in_due"
    VISIT_AHEAD = "visit_ahead"
    QUERY_WAITING = "query_waiting"
    CONSENT_WAITING = "consent_waiting"
    """A text to read and sign: the first, or a new version."""
    CONSENT_EXPIRING = "consent_expiring"
    """What was signed will soon not be enough any more: a birthday, a version's last day."""
    VISIT_CHANGED = "visit_changed"
    """A visit of the next 48 hours was moved or cancelled."""
    FOLLOW_UP_DUE = "follow_up_due"
    """The card of an earlier entry asks how it goes on."""
    DIGEST = "digest"
    """Once a week, instead of one message for each thing that waits."""


class NoticeRank(IntEnum):
    """Which of two notices is told when only one may be; only OTHER counts against the cap and waits for it."""

    SAFETY = 0
    TOMORROW = 1
    OTHER = 2


class Snooze(StrEnum):
    """Until when somebody wants to be left alone with one notice; never beyond its task's window."""

    AN_HOUR = "an_hour"
    THIS_EVENING = "this_evening"
    TOMORROW = "tomorrow"


class ChannelName(StrEnum):
    """The ways to reach a person outside the app. `console` stands in for e-mail where none is set up."""

    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"
    CONSOLE = "console"


class AttemptState(StrEnum):
    """How far one notice got on one channel, said honestly: accepted by a provider is not shown, shown not read."""

    QUEUED = "queued"
    """Not handed over yet, or to be tried again."""
    SENT = "sent"
    """Handed over, and no answer yet: it may or may not have arrived."""
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    OPENED = "opened"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """What it asked for was done by somebody else, or a newer notice stands in its place."""


class PushProvider(StrEnum):
    FCM = "fcm"
    APNS = "apns"
    WEB_PUSH = "web_push"


class PushEnvironment(StrEnum):
    """Apple keeps two that know nothing of each other's tokens; all others have only production."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class WorkItemKind(StrEnum):
    SILENCE = "silence"
    """Nobody of the family has answered for long."""
    UNREACHABLE = "unreachable"
    """No channel reaches a guardian any more."""


class WorkItemClosing(StrEnum):
    """How a work item of the staff ended."""

    REACHED = "reached"
    ANSWERED = "answered"
    """The family did it by themselves meanwhile."""
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"


class ContactWay(StrEnum):
    PHONE = "phone"
    MAIL = "mail"
    LETTER = "letter"
    AT_A_VISIT = "at_a_visit"


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
