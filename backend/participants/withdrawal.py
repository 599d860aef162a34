"""A family withdraws: one custodian's word is enough, and the adult's and the woman's own. No staff in between."""

from datetime import date, datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.consent.ages import person_of
from backend.consent.withdrawal import note_withdrawal
from backend.errors import RoleMayNot
from backend.participants.status_effects import StateChange, enter_state
from models import Guardianship, Participant, ParticipantStatus, Site
from models.protocol import Protocol
from models.spans import speaks
from models.transaction import atomic
from models.vocabulary import ParticipantState, Relation, Role, StatusReason
from notifications.local_time import local_date, zone_named


@atomic
async def withdraw(
    actor: Actor, protocol: Protocol, participant_id: UUID, reason: StatusReason, now: datetime
) -> tuple[Participant, date]:
    """The participant, and since when withdrawn. Said again it changes nothing.

    Raises NotFound, or RoleMayNot for whom the decision is not.
    """
    participant = await scope.locked_participant(actor, participant_id)
    site = await Site.get(id=participant.site_id)
    decides_alone = person_of(protocol, participant, site, now).decides_alone
    relation = await _deciding(actor, participant, now, decides_alone=decides_alone)
    await note_withdrawal(actor, protocol, participant, relation, now)
    today = local_date(now, zone_named(site.timezone))
    if participant.state is not ParticipantState.WITHDRAWN:
        await enter_state(actor, protocol, participant, StateChange(ParticipantState.WITHDRAWN, today, reason), now)
    known = ParticipantStatus.filter(participant_id=participant.id, state=ParticipantState.WITHDRAWN)
    newest = await known.order_by("-seq").first()
    return participant, newest.effective_on if newest else today


async def _deciding(actor: Actor, participant: Participant, now: datetime, *, decides_alone: bool) -> Relation:
    """As what they decide: for themself from the country's age on, before that as a custodian whom staff admitted.

    Whom staff let go and somebody of the family invited again is none.
    """
    own = actor.guardians[participant.id]
    if own.role is Role.PARTICIPANT and decides_alone:
        return Relation.PARTICIPANT_SELF
    if own.role is Role.GUARDIAN and not decides_alone and own.relation in participant.custodians:
        admitted = Guardianship.filter(
            speaks(now), account_id=actor.account, participant_id=participant.id, role=Role.GUARDIAN,
            relation=own.relation, invited_by_id=None,
        )
        if await admitted.exists():
            return own.relation
    raise RoleMayNot("This is for the participant's custodians, or for the adult participant alone")
