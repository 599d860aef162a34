"""A participant's state: what it is and was, and its change by staff of the site."""

from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.audit import note_read
from backend.errors import FindingsRefused, IllegalState
from backend.participants.status_effects import StateChange, enter_state
from backend.participants.status_schemas import StatusHistory, view_of
from models import ConsentSignature, Participant, ParticipantStatus, Site
from models.participation import ENDINGS, FOLLOWERS, REASONS, who_lost_a_child, words_for
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Arm, ConsentDecision, ParticipantKind, ParticipantState, StatusReason
from notifications.local_time import local_date, zone_named


@atomic
async def change_status(
    actor: Actor, protocol: Protocol, participant_id: UUID, new: StateChange, now: datetime
) -> Participant:
    """Put a participant into another state, with all that follows.

    Raises NotFound, IllegalState (not from here), FindingsRefused (the day or the reason can't be).
    """
    participant = await scope.locked_participant(actor, participant_id)
    await _require_legal(participant, new)
    await require_plausible(participant, new, now)
    await enter_state(actor, protocol, participant, new, now)
    return participant


def possible_changes(participant: Participant) -> dict[ParticipantState, list[StatusReason]]:
    """The states that may follow now, each with the reasons that fit."""
    is_over = participant.state in ENDINGS
    followers = [state for state in ParticipantState if state in FOLLOWERS[participant.state]
                 and (state is not ParticipantState.PREGNANCY_LOST or _is_unborn(participant))]
    back = [StatusReason.ENTERED_IN_ERROR]
    return {state: back if is_over and state not in ENDINGS else [r for r in StatusReason if r in REASONS[state]]
            for state in followers}


async def _require_legal(participant: Participant, new: StateChange) -> None:
    if new.state not in FOLLOWERS[participant.state]:
        raise IllegalState(state=participant.state)
    if participant.state in ENDINGS and new.state not in ENDINGS:
        await _require_mistake(participant, new)
    if new.state is ParticipantState.PREGNANCY_LOST and not _is_unborn(participant):
        raise IllegalState("Only of a child of the prenatal arm that is not born yet", state=participant.state)


async def _require_mistake(participant: Participant, new: StateChange) -> None:
    if new.reason is not StatusReason.ENTERED_IN_ERROR:
        raise IllegalState("Only a mistake leads back: say entered_in_error", state=participant.state)
    if await _is_withdrawn_by_word(participant):
        raise IllegalState("Their consent is withdrawn; first they have to sign it again", state=participant.state)


async def _is_withdrawn_by_word(participant: Participant) -> bool:
    """Whether somebody's newest word on a text takes their consent back: staff can't overrule that."""
    spoken = ConsentSignature.filter(participant_id=participant.id).order_by("signed_at", "seq")
    newest = {
        (relation, text): decision
        for relation, text, decision in await spoken.values_list("relation", "document__code", "decision")
    }
    return ConsentDecision.WITHDRAWN in newest.values()


def _is_unborn(participant: Participant) -> bool:
    return (
        participant.kind is ParticipantKind.CHILD and participant.arm is Arm.PRENATAL
        and participant.birth_month is None
    )


async def require_plausible(participant: Participant, new: StateChange, now: datetime) -> None:
    """Raises FindingsRefused."""
    site = await Site.get(id=participant.site_id)
    zone = zone_named(site.timezone)
    wrong = {
        "effective_on.in_future": new.effective_on > local_date(now, zone),
        "effective_on.before_enrolment": new.effective_on < local_date(participant.enrolled_at, zone),
        "effective_on.before_birth": participant.birth_month and new.effective_on < participant.birth_month,
    }
    findings = [{"code": code, "pointer": "/effective_on"} for code, is_so in wrong.items() if is_so]
    if new.reason not in REASONS[new.state]:
        findings.append({"code": "reason.does_not_fit", "pointer": "/reason"})
    if findings:
        raise FindingsRefused(findings=findings)


async def status_of(actor: Actor, participant_id: UUID, now: datetime) -> StatusHistory:
    """State and history, for the family as for staff. Raises NotFound."""
    participant = await scope.participant_for(actor, participant_id)
    await note_read(actor, participant.id, now)
    sites = {site.id: site.code for site in await Site.all()}
    seen = sites_for(actor)
    for_staff = seen is None or participant.site_id in seen
    history = await ParticipantStatus.filter(participant_id=participant.id).order_by("-seq")
    lost = await who_lost_a_child([participant.id])
    return StatusHistory(
        participant.id, participant.state, participant.collection,
        words_for(participant.state, lost_a_child=bool(lost)),
        [view_of(row, sites, for_staff=for_staff) for row in history],
    )
