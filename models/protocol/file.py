"""The protocol file as a whole, and a loaded protocol."""

from dataclasses import dataclass

import msgspec

from models.protocol.clinical import CaseDefinition, CountingRule, DuplicateRule, PainScaleRule
from models.protocol.forms import EditCheck, Form
from models.protocol.people import ConsentRule, CountryRule, SiteRule
from models.protocol.rhythm import CheckInRule, DoseRule, FollowUpRule, LatenessRule, ReminderRule, VisitRule
from models.protocol.safety import SafetyPlan, SafetyRule
from models.vocabulary import Arm, EntryKind


class ProtocolFile(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    version: str
    arms: list[Arm]
    site: list[SiteRule]
    check_in: CheckInRule
    lateness: LatenessRule
    doses: DoseRule
    consent: ConsentRule
    country: list[CountryRule]
    form: dict[EntryKind, Form]
    edit_check: list[EditCheck]
    visit: list[VisitRule]
    duplicates: DuplicateRule
    counting: CountingRule
    safety: SafetyPlan
    reminders: ReminderRule = msgspec.field(default_factory=ReminderRule)
    safety_rule: list[SafetyRule] = []
    pain_scale: list[PainScaleRule] = []
    case_definition: list[CaseDefinition] = []
    follow_up: FollowUpRule | None = None


NOT_ASKED = Form(schema=0)


@dataclass(frozen=True)
class Protocol:
    """A loaded protocol: its content, its text as read, and the hash of that text."""

    file: ProtocolFile
    body: str
    hash: str

    def asks_for(self, kind: EntryKind) -> bool:
        return kind in self.file.form

    def form(self, kind: EntryKind) -> Form:
        """A form without questions for what this study doesn't ask: older entries stay readable."""
        return self.file.form.get(kind, NOT_ASKED)

    def country(self, code: str) -> CountryRule:
        """Every site's country is listed; `load_protocol` saw to it."""
        return next(rule for rule in self.file.country if rule.code == code)

    def checks(self, kind: EntryKind) -> list[EditCheck]:
        return [check for check in self.file.edit_check if kind in check.kinds]

    def safety_rules(self, kind: EntryKind) -> list[SafetyRule]:
        return [rule for rule in self.file.safety_rule if kind in rule.kinds]
