"""Who is told that a text waits: each custodian with an account, once per version of it."""

from datetime import datetime

from backend.consent.standing import Standing
from models import Guardianship, Notice, Participant
from models.participation import effect_of
from models.spans import speaks
from models.vocabulary import NoticeKind, Role

SIGNING_ROLES = (Role.GUARDIAN, Role.PARTICIPANT)


async def tell_who_is_missing(participant: Participant, standing: Standing, now: datetime) -> None:
    """The notice names the version; a second run, a second worker or a second day tells nobody twice."""
    waits = {(version.first_id, relation) for version, relation in standing.waits_for}
    if not waits or NoticeKind.CONSENT_WAITING not in effect_of(participant.state).told:
        return
    links = await Guardianship.filter(
        speaks(now), participant_id=participant.id, invited_by_id=None, role__in=SIGNING_ROLES
    )
    notices = [
        Notice(
            account_id=link.account_id, participant_id=participant.id, kind=NoticeKind.CONSENT_WAITING,
            subject_id=document_id, slot=str(participant.id), due_at=now, created_at=now,
        )
        for document_id, relation in sorted(waits) for link in links if link.relation is relation
    ]
    if notices:
        await Notice.bulk_create(notices, ignore_conflicts=True)
