"""Which pain scale is a participant's today, and until when."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.access.actor import Actor
from backend.access.permissions import speaks_for
from backend.access.scope import participant_for
from backend.diary.schemas import PainScaleView
from backend.errors import NotFound
from models import Participant, Site
from models.actions import Action
from models.pain import age_on, scale_on, shown_as
from models.protocol import PainScaleRule, Protocol

OLDEST = 130


async def pain_scale_of(
    actor: Actor, participant_id: UUID, protocol: Protocol, now: datetime, *, has_faces: bool
) -> PainScaleView:
    """For the family and the staff of the site, by the site's day. Raises NotFound."""
    participant = await _seen_by(actor, participant_id)
    site = await Site.get(id=participant.site_id)
    today = now.astimezone(ZoneInfo(site.timezone)).date()
    rule = _on(protocol.file.pain_scale, participant, today)
    return PainScaleView(
        scale=rule.scale if rule else None, shown_as=shown_as(rule.scale, has_faces=has_faces) if rule else None,
        by=rule.by if rule else None, until=_until(protocol.file.pain_scale, participant, today, rule),
        observer_rated=participant.observer_rated,
    )


async def _seen_by(actor: Actor, participant_id: UUID) -> Participant:
    """Whoever may write the diary must know the scale, also a carer who may read nothing."""
    if speaks_for(actor.acting(Action.DIARY_WRITE), participant_id):
        return await Participant.get(id=participant_id)
    if participant_id in actor.guardians:
        raise NotFound
    return await participant_for(actor.acting(Action.PARTICIPANT_READ), participant_id)


def _on(rules: list[PainScaleRule], participant: Participant, day: date) -> PainScaleRule | None:
    return scale_on(rules, participant.birth_month, day, observer_rated=participant.observer_rated)


def _until(
    rules: list[PainScaleRule], participant: Participant, today: date, rule: PainScaleRule | None
) -> date | None:
    """The birthday on which another scale takes its place; None = never."""
    born = participant.birth_month
    if born is None:
        return None
    for age in range(age_on(born, today) + 1, OLDEST):
        if _on(rules, participant, birthday := date(born.year + age, born.month, 1)) != rule:
            return birthday
    return None
