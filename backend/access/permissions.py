"""The role × action table. Deny by default: what is not listed is refused."""

from uuid import UUID

from backend.access.actor import Actor
from models.actions import Action as A
from models.vocabulary import Capability, Role

_EVERYONE = {
    A.SESSION_REFRESH, A.SESSION_END, A.SESSION_LIST, A.ACCOUNT_READ, A.PROTOCOL_READ, A.INBOX_READ,
    A.INBOX_MARK, A.PREFERENCES_CHANGE, A.ACCOUNT_CHANGE, A.LINKING_CODE_REDEEM,
    A.NOTICE_SNOOZE, A.NOTICE_RECEIPT, A.PUSH_DEVICE_KEEP, A.PUSH_DEVICE_END, A.PHONE_CHANGE, A.FEED_MAKE,
    A.FEED_REVOKE, A.STEP_UP, A.PASSWORD_CHANGE, A.EMAIL_VERIFY, A.EMAIL_CHANGE, A.CLOCK_MOVE,
}
_CARER = _EVERYONE | {A.DIARY_READ, A.DIARY_WRITE, A.ATTACHMENT_UPLOAD, A.ATTACHMENT_READ}
_PARTICIPANT = _CARER | {
    A.QUERY_READ, A.QUERY_ANSWER, A.VISIT_READ, A.GUARDIANSHIP_READ, A.PRIVATE_NOTE_READ,
    A.PRIVATE_NOTE_WRITE, A.READERS_READ, A.STATUS_READ, A.CONSENT_READ, A.CONSENT_SIGN, A.CONSENT_WITHDRAW,
    A.DOSE_READ, A.COVERAGE_READ, A.ATTACHMENT_REMOVE,
    A.ENTRY_COMPARE,
}
_GUARDIAN = _PARTICIPANT | {
    A.INVITATION_ISSUE, A.INVITATION_READ, A.INVITATION_REVOKE, A.INVITED_END, A.INVITED_LIMIT,
}
_SITE_READER = _EVERYONE | {
    A.PARTICIPANT_READ, A.GUARDIANSHIP_READ, A.WORKLIST_READ, A.REVIEW_READ, A.QUARANTINE_READ, A.QUERY_READ,
    A.VISIT_READ, A.AUDIT_READ, A.FORWARDING_READ, A.STATUS_READ, A.CONSENT_READ, A.CONSENT_DOCUMENT_READ,
    A.DOSE_READ, A.SAFETY_READ, A.DUTY_READ, A.ATTACHMENT_READ, A.COVERAGE_READ, A.ADJUDICATION_READ,
    A.ADHERENCE_READ, A.WORK_ITEM_READ,
}
_REVIEWER = _SITE_READER | {
    A.ENTRY_ASSIGN, A.ENTRY_VALIDATE, A.ENTRY_REJECT, A.ENTRY_REOPEN, A.ENTRY_MARK_DUPLICATE, A.QUERY_OPEN,
    A.ENTRY_UNLINK, A.ENTRY_TELL_APART,
    A.QUERY_CLOSE, A.QUARANTINE_DISMISS, A.PARTICIPANT_ENROL, A.LINKING_CODE_ISSUE, A.LINKING_CODE_REVOKE,
    A.GUARDIANSHIP_END, A.VISIT_PLAN, A.VISIT_AGREE, A.VISIT_ATTEND, A.GUARDIANSHIP_LIMIT, A.GUARDIANSHIP_LOCK,
    A.GUARDIANSHIP_UNLOCK, A.DEVICES_END, A.STATUS_CHANGE, A.PARTICIPANT_TRANSFER, A.PARTICIPANT_BIRTH,
    A.PARTICIPANT_CHANGE, A.CONSENT_RECORD, A.CONSENT_DOCUMENT_ADD, A.ENTRY_LOG_ON_BEHALF, A.DOSE_NOTE,
    A.RECORDS_IMPORT, A.INVITED_END, A.INVITED_LIMIT, A.SAFETY_ACKNOWLEDGE, A.SAFETY_CLOSE, A.SAFETY_REOPEN,
    A.DUTY_PLAN, A.DUTY_END, A.ATTACHMENT_UPLOAD, A.ATTACHMENT_REMOVE, A.VISIT_ADD, A.VISIT_CANCEL, A.ANCHOR_NOTE,
    A.WORK_ITEM_TAKE, A.WORK_ITEM_CONTACT, A.WORK_ITEM_CLOSE,
}
_BLINDED = _EVERYONE | {
    A.WORKLIST_READ, A.REVIEW_READ, A.ATTACHMENT_READ, A.ADJUDICATE, A.ADJUDICATION_READ,
}
_ON_DUTY = _SITE_READER | {A.ENTRY_LOG_ON_BEHALF, A.QUERY_OPEN, A.STATUS_CHANGE, A.SAFETY_ACKNOWLEDGE}
_FORWARDER = {A.MESSAGE_REPLAY, A.MESSAGE_CANCEL, A.DESTINATION_PAUSE, A.DESTINATION_RESUME}

PERMISSIONS: dict[Role, frozenset[A]] = {
    Role.GUARDIAN: frozenset(_GUARDIAN),
    Role.CARER: frozenset(_CARER),
    Role.PARTICIPANT: frozenset(_PARTICIPANT),
    Role.COORDINATOR: frozenset(_REVIEWER),
    Role.INVESTIGATOR: frozenset(_REVIEWER | {A.SAFETY_ASSESS, A.ADJUDICATE}),
    Role.MONITOR: frozenset(_SITE_READER),
    Role.DATA_MANAGER: frozenset(_SITE_READER | _FORWARDER | {A.QUERY_OPEN, A.QUERY_CLOSE}),
    Role.ADMINISTRATOR: frozenset(
        _EVERYONE | _FORWARDER | {
            A.STAFF_ADD, A.STAFF_RESET, A.STAFF_READ, A.STAFF_ROLE_GIVE, A.STAFF_ROLE_END, A.STAFF_DISABLE,
            A.STAFF_ENABLE, A.FORWARDING_READ, A.CONSENT_DOCUMENT_ADD, A.CONSENT_DOCUMENT_READ,
        }
    ),
    Role.BLINDED_READER: frozenset(_BLINDED),
    Role.DUTY_PERSON: frozenset(_ON_DUTY),
}

NEEDS_CAPABILITY: dict[A, Capability] = {
    A.DIARY_READ: Capability.SEE, A.DIARY_WRITE: Capability.LOG, A.QUERY_READ: Capability.SEE,
    A.QUERY_ANSWER: Capability.ANSWER, A.VISIT_READ: Capability.SEE, A.GUARDIANSHIP_READ: Capability.SEE,
    A.READERS_READ: Capability.SEE, A.STATUS_READ: Capability.SEE, A.DOSE_READ: Capability.SEE,
    A.INVITATION_ISSUE: Capability.INVITE, A.INVITATION_READ: Capability.INVITE,
    A.INVITATION_REVOKE: Capability.INVITE, A.INVITED_END: Capability.INVITE, A.INVITED_LIMIT: Capability.INVITE,
    A.COVERAGE_READ: Capability.SEE, A.ATTACHMENT_UPLOAD: Capability.LOG, A.ATTACHMENT_READ: Capability.SEE,
    A.ATTACHMENT_REMOVE: Capability.LOG, A.ENTRY_COMPARE: Capability.SEE,
}
"""What a guardianship must allow besides the role."""


def allows(role: Role, action: A) -> bool:
    return action in PERMISSIONS[role]


def may(actor: Actor, action: A) -> bool:
    """Whether any role of the actor allows the action anywhere; scope then says where."""
    if action in _EVERYONE:
        return actor.account_id is not None
    return any(allows(role, action) for role, _ in actor.staff_roles) or any(
        allows(guardian.role, action) for guardian in actor.guardians.values()
    )


def sites_for(actor: Actor) -> set[UUID] | None:
    """Sites at which a staff role allows the actor's action; None = all sites, also for the jobs (SYSTEM)."""
    if actor.account_id is None:
        return None
    sites: set[UUID] = set()
    for role, site_id in actor.staff_roles:
        if allows(role, actor.action):
            if site_id is None:
                return None
            sites.add(site_id)
    return sites


def speaks_for(actor: Actor, participant_id: UUID) -> bool:
    """Whether a guardianship allows the actor's action on this participant."""
    guardian = actor.guardians.get(participant_id)
    if guardian is None or not allows(guardian.role, actor.action):
        return False
    needed = NEEDS_CAPABILITY.get(actor.action)
    return needed is None or needed in guardian.capabilities
