"""What is true: tables, states and vocabularies of the study. Imports nothing of ours."""

from models.account import Account, FirstSignInLink, RecoveryCode, Session, SigningKey, StaffRole
from models.actions import Action
from models.audit import AuditEvent, RecordRead
from models.delivery import Delivery
from models.diary import DiaryEntry, EntryRevision, QuarantinedItem, SyncReceipt
from models.forwarding import DeliveryAttempt, Destination, OutboxMessage
from models.notice import Notice, NoticeAttempt, NoticePreference
from models.participant import Guardianship, LinkingCode, Participant
from models.request import AttemptCount, IdempotencyKey
from models.review import DataQuery, QueryReply
from models.site import Site
from models.study import Heartbeat, Study, StudyProtocol
from models.visit import Visit

__all__ = [
    "Account", "Action", "AttemptCount", "AuditEvent", "DataQuery", "Delivery", "DeliveryAttempt",
    "Destination", "DiaryEntry", "EntryRevision", "FirstSignInLink", "Guardianship", "Heartbeat",
    "IdempotencyKey", "LinkingCode", "Notice", "NoticeAttempt", "NoticePreference", "OutboxMessage",
    "Participant", "QuarantinedItem", "QueryReply", "RecordRead", "RecoveryCode", "Session", "SigningKey",
    "Site", "StaffRole", "Study", "StudyProtocol", "SyncReceipt", "Visit",
]

for _table in (Delivery, *(globals()[name] for name in __all__ if name != "Action")):
    # Tortoise would write docstrings into the tables: each better sentence would then be a migration.
    _table._meta.table_description = ""
