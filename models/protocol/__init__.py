"""The study protocol as data: read, validated and named by its hash. Nothing of the trial is hard-coded."""

from models.protocol.cadence import NO_ANCHORS, Anchors, is_last_day, last_days, rhythm_at
from models.protocol.clinical import CaseDefinition, CountingRule, DuplicateRule, PainScaleRule
from models.protocol.file import Protocol, ProtocolFile
from models.protocol.forms import EditCheck, Field, Form
from models.protocol.loading import BOOSTB4, ProtocolError, load_protocol, published
from models.protocol.not_published import NotPublished, not_published
from models.protocol.people import ConsentRule, CountryRule, SiteRule
from models.protocol.periods import ISO_PERIOD, Period, period_of, plus_period
from models.protocol.repeats import Occurrence, occurrences
from models.protocol.rhythm import (
    CheckInRule,
    DoseRule,
    FollowUpRule,
    LatenessRule,
    LaterRhythm,
    ReminderRule,
    VisitRule,
)
from models.protocol.safety import TOLD_ROLES, Condition, LadderStep, SafetyPlan, SafetyRule, Trigger

__all__ = [
    "BOOSTB4", "ISO_PERIOD", "NO_ANCHORS", "TOLD_ROLES", "Anchors", "CaseDefinition", "CheckInRule",
    "Condition", "ConsentRule", "CountingRule", "CountryRule", "DoseRule", "DuplicateRule", "EditCheck",
    "Field", "FollowUpRule", "Form", "LadderStep", "LatenessRule", "LaterRhythm", "NotPublished", "Occurrence",
    "PainScaleRule", "Period", "Protocol", "ProtocolError", "ProtocolFile", "ReminderRule", "SafetyPlan",
    "SafetyRule", "SiteRule", "Trigger", "VisitRule", "is_last_day", "last_days", "load_protocol",
    "not_published", "occurrences", "period_of", "plus_period", "published", "rhythm_at",
]
