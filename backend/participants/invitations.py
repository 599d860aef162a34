"""Invitations: a guardian hands on a linking code, with no more than the guardian may do and no longer."""

from datetime import datetime
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.limits import count_attempt
from backend.access.open_codes import open_codes, void_codes
from backend.access.scope import locked_participant, participant_for
from backend.errors import FindingsRefused, NotFound
from backend.paging import Page
from backend.participants.capabilities import granted
from backend.participants.court_order import require_no_court_order
from backend.participants.linking_codes import (
    Issued,
    Promise,
    make_code,
    page_of_codes,
    require_fitting,
    revoke,
    sound_span,
)
from backend.participants.schemas import NewInvitation
from backend.wiring import Wiring
from models import Guardianship, LinkingCode, Participant
from models.spans import speaks
from models.transaction import atomic
from models.vocabulary import Capability, Role

AT_ONCE = 20
"""Invitations by one account in a quarter of an hour."""


async def invite(
    actor: Actor, wiring: Wiring, participant_id: UUID, wanted: NewInvitation, *, now: datetime
) -> Issued:
    """Raises NotFound, CourtOrder, CapabilityEscalation, FindingsRefused, InvalidBody, IllegalState (withdrawn or
    died) or TooManyAttempts.
    """
    await count_attempt(wiring.seal, "invitation_account", str(actor.account), AT_ONCE, now)
    return await _issue(actor, wiring, participant_id, wanted, now=now)


@atomic
async def _issue(actor: Actor, wiring: Wiring, participant_id: UUID, wanted: NewInvitation, *, now: datetime) -> Issued:
    """A guardian's older invitation of another guardian in the same relation is revoked."""
    participant = await locked_participant(actor, participant_id)
    await require_no_court_order(participant)
    role = Role(wanted.role)
    require_fitting(participant, role, wanted.relation)
    own = await _own_link(actor, participant, now)
    capabilities = granted(role, wanted.capabilities, [Capability(word) for word in own.capabilities])
    starts_at, ends_at = sound_span(wanted.starts_at, wanted.ends_at, now)
    ends_at = _within(own.ends_at, ends_at)
    revoked = 0
    if role is Role.GUARDIAN:
        older = _own(actor, open_codes(participant)).filter(relation=wanted.relation, role=role)
        revoked = await void_codes(older, now)
    promise = Promise(role, wanted.relation, capabilities, starts_at, ends_at, by_family=True)
    return await make_code(actor, wiring, participant, promise, revoked, now=now)


async def invitations_of(actor: Actor, participant_id: UUID, cursor: str | None, limit: int) -> Page[LinkingCode]:
    """One's own, newest first. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    return await page_of_codes(_own(actor, LinkingCode.filter(participant_id=participant.id)), cursor, limit)


@atomic
async def revoke_invitation(actor: Actor, participant_id: UUID, invitation_id: UUID, now: datetime) -> None:
    """One's own. Raises NotFound, or IllegalState when it was redeemed or revoked."""
    participant = await locked_participant(actor, participant_id)
    mine = _own(actor, LinkingCode.filter(participant_id=participant.id))
    await revoke(actor, participant, mine.filter(id=invitation_id), now)


def _own(actor: Actor, chosen: QuerySet[LinkingCode]) -> QuerySet[LinkingCode]:
    return chosen.filter(issued_by_id=actor.account, by_family=True)


async def _own_link(actor: Actor, participant: Participant, now: datetime) -> Guardianship:
    """Read under the lock: it may have ended or become less since the request began. Raises NotFound."""
    held = Guardianship.filter(speaks(now), account_id=actor.account, participant_id=participant.id)
    link = await held.first()
    if link is None or Capability.INVITE not in link.capabilities:
        raise NotFound
    return link


def _within(own_end: datetime | None, ends_at: datetime | None) -> datetime | None:
    """Not longer than the inviter's own guardianship. Raises FindingsRefused."""
    if own_end is None or ends_at is None:
        return ends_at or own_end
    if ends_at > own_end:
        raise FindingsRefused(findings=[{"code": "ends_at.beyond_own", "field": "ends_at"}])
    return ends_at
