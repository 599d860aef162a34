"""What is true: tables, states and vocabularies of the study. Imports nothing of ours."""

from models.account import (
    Account,
    AccountMail,
    FirstSignInLink,
    MailedLink,
    RecoveryCode,
    Session,
    SigningKey,
    StaffRole,
)
from models.actions import Action
from models.adjudication import Adjudication
from models.attachment import Attachment
from models.audit import AuditEvent, RecordRead
from models.comparison import EntryComparison
from models.consent import ConsentDocument, ConsentSignature
from models.delivery import Delivery
from models.diary import DiaryEntry, EntryRevision, QuarantinedItem, SyncReceipt
from models.forwarding import DeliveryAttempt, Destination, OutboxMessage
from models.notice import Notice, NoticeAttempt, NoticePreference, ReminderPlan
from models.participant import Guardianship, LinkingCode, Participant, ParticipantStatus, PrivateNote
from models.reach import CalendarFeed, PhoneCode, ProviderToken, PushDevice
from models.request import AttemptCount, IdempotencyKey
from models.review import DataQuery, QueryReply
from models.safety import DutyShift, SafetyCase, SafetyCaseStep
from models.site import Site
from models.study import Heartbeat, Study, StudyProtocol
from models.visit import AnchorDay, Dose, Visit
from models.work_item import WorkItem, WorkItemContact

__all__ = [
    "Account", "AccountMail", "Action", "Adjudication", "AnchorDay", "Attachment", "AttemptCount", "AuditEvent",
    "CalendarFeed", "ConsentDocument", "ConsentSignature", "DataQuery", "Delivery", "DeliveryAttempt",
    "Destination", "DiaryEntry", "Dose", "DutyShift", "EntryComparison", "EntryRevision", "FirstSignInLink",
    "Guardianship", "Heartbeat", "IdempotencyKey", "LinkingCode", "MailedLink", "Notice", "NoticeAttempt",
    "NoticePreference", "OutboxMessage", "Participant", "ParticipantStatus", "PhoneCode", "PrivateNote",
    "ProviderToken", "PushDevice", "QuarantinedItem", "QueryReply", "RecordRead", "RecoveryCode", "ReminderPlan",
    "SafetyCase", "SafetyCaseStep", "Session", "SigningKey", "Site", "StaffRole", "Study", "StudyProtocol",
    "SyncReceipt", "Visit", "WorkItem", "WorkItemContact",
]

for _table in (Delivery, *(globals()[name] for name in __all__ if name != "Action")):
    # Tortoise would write docstrings into the tables: each better sentence would then be a migration.
    _table._meta.table_description = ""
