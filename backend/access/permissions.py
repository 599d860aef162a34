"""The role × action table. Deny by default: what is not listed is refused."""

from uuid import UUID

from backend.access.actor import Actor
from models.actions import Action as A
from models.vocabulary import Capability, Role

_EVERYONE = {
    A.SESSION_REFRESH, A.SESSION_END, A.SESSION_LIST, A.ACCOUNT_READ, A.PROTOCOL_READ, A.INBOX_READ,
    A.INBOX_MARK, A.PREFERENCES_CHANGE, A.ACCOUNT_CHANGE, A.LINKING_CODE_REDEEM,
}
_CARER = _EVERYONE | {A.DIARY_WRITE}
_GUARDIAN = _CARER | {A.DIARY_READ, A.QUERY_READ, A.QUERY_ANSWER, A.VISIT_READ, A.GUARDIANSHIP_READ}
_SITE_READER = _EVERYONE | {
    A.PARTICIPANT_READ, A.GUARDIANSHIP_READ, A.WORKLIST_READ, A.REVIEW_READ, A.QUARANTINE_READ, A.QUERY_READ,
    A.VISIT_READ, A.AUDIT_READ, A.FORWARDING_READ,
}
_REVIEWER = _SITE_READER | {
    A.ENTRY_ASSIGN, A.ENTRY_VALIDATE, A.ENTRY_REJECT, A.ENTRY_REOPEN, A.ENTRY_MARK_DUPLICATE, A.QUERY_OPEN,
    A.QUERY_CLOSE, A.QUARANTINE_DISMISS, A.PARTICIPANT_ENROL, A.LINKING_CODE_ISSUE, A.LINKING_CODE_REVOKE,
    A.GUARDIANSHIP_END, A.VISIT_PLAN, A.VISIT_AGREE, A.VISIT_ATTEND,
}
_FORWARDER = {A.MESSAGE_REPLAY, A.MESSAGE_CANCEL, A.DESTINATION_PAUSE, A.DESTINATION_RESUME}

PERMISSIONS: dict[Role, frozenset[A]] = {
    Role.GUARDIAN: frozenset(_GUARDIAN),
    Role.CARER: frozenset(_CARER),
    Role.PARTICIPANT: frozenset(_GUARDIAN),
    Role.COORDINATOR: frozenset(_REVIEWER),
    Role.INVESTIGATOR: frozenset(_REVIEWER),
    Role.MONITOR: frozenset(_SITE_READER),
    Role.DATA_MANAGER: frozenset(_SITE_READER | _FORWARDER | {A.QUERY_OPEN, A.QUERY_CLOSE}),
    Role.ADMINISTRATOR: frozenset(
        _EVERYONE | _FORWARDER | {A.STAFF_ADD, A.STAFF_RESET, A.FORWARDING_READ}
    ),
}

NEEDS_CAPABILITY: dict[A, Capability] = {
    A.DIARY_READ: Capability.SEE, A.DIARY_WRITE: Capability.LOG, A.QUERY_READ: Capability.SEE,
    A.QUERY_ANSWER: Capability.ANSWER, A.VISIT_READ: Capability.SEE, A.GUARDIANSHIP_READ: Capability.SEE,
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
