"""Every page of the console, for `app.py`."""

from typing import Any

from backend.console.adherence_routes import AdherencePages
from backend.console.adjudication_routes import AdjudicationPages
from backend.console.coverage_routes import CoveragePages
from backend.console.document_routes import DocumentPages
from backend.console.dose_routes import DosePages
from backend.console.duplicate_routes import DuplicatePages
from backend.console.duty_routes import DutyPages
from backend.console.entry_routes import EntryPages
from backend.console.forwarding_routes import ForwardingPages
from backend.console.on_behalf_routes import OnBehalfPages
from backend.console.participant_code_routes import LinkingCodePages
from backend.console.participant_consent_routes import ParticipantConsentPages
from backend.console.participant_facts_routes import ParticipantFactsPages
from backend.console.participant_people_routes import GuardianshipPages
from backend.console.participant_routes import ParticipantPages
from backend.console.participant_status_routes import ParticipantStatusPages
from backend.console.proof_routes import ProofPages
from backend.console.protocol_routes import ProtocolPages
from backend.console.safety_routes import SafetyPages
from backend.console.sign_in_routes import FirstSignInPages, SignInPages
from backend.console.staff_routes import StaffPages
from backend.console.static_routes import StaticFiles
from backend.console.sync_issue_routes import SyncIssuePages
from backend.console.visit_routes import VisitPages
from backend.console.work_item_routes import WorkItemPages
from backend.console.worklist_routes import WorklistPages

CONSOLE: list[Any] = [
    SignInPages, FirstSignInPages, ProofPages, WorklistPages, EntryPages, DuplicatePages, AdjudicationPages,
    ParticipantPages, ParticipantStatusPages, ParticipantFactsPages, ParticipantConsentPages, GuardianshipPages,
    LinkingCodePages, ForwardingPages, SyncIssuePages, OnBehalfPages, DosePages, VisitPages, CoveragePages, SafetyPages,
    DutyPages, AdherencePages, WorkItemPages,
    DocumentPages, ProtocolPages, StaffPages, StaticFiles,
]
