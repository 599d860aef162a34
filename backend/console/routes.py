"""Every page of the console, for `app.py`."""

from typing import Any

from backend.console.entry_routes import EntryPages
from backend.console.forwarding_routes import ForwardingPages
from backend.console.participant_routes import ParticipantPages
from backend.console.sign_in_routes import FirstSignInPages, SignInPages
from backend.console.static_routes import StaticFiles
from backend.console.sync_issue_routes import SyncIssuePages
from backend.console.worklist_routes import WorklistPages

CONSOLE: list[Any] = [
    SignInPages, FirstSignInPages, WorklistPages, EntryPages, ParticipantPages, ForwardingPages, SyncIssuePages,
    StaticFiles,
]
