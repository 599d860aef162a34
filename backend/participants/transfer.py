"""A participant moves to another site: from the commit on its staff see everything, and the old one's nothing."""

from datetime import datetime
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.access.open_codes import open_codes, void_codes
from backend.adherence.after_status import move_work_items
from backend.consent.collection import settle_collection
from backend.errors import DoesNotFit
from backend.participants.status import require_plausible
from backend.participants.status_effects import StateChange, note_status
from backend.participants.status_schemas import NewTransfer, Transferred
from backend.visits.after_status import move_visits
from models import DiaryEntry, Participant, SafetyCase, Site
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import ParticipantState


@atomic
async def transfer(
    actor: Actor, protocol: Protocol, participant_id: UUID, wanted: NewTransfer, now: datetime
) -> Transferred:
    """By staff of the present site. Code and state stay; the diary, the worklist and all history go along.

    Linking codes not yet redeemed are void: whom to let in is the new site's to say.

    Raises NotFound, DoesNotFit, FindingsRefused.
    """
    participant = await scope.locked_participant(actor, participant_id)
    old = await Site.get(id=participant.site_id)
    new = await _other_site(wanted.site, old)
    change = StateChange(ParticipantState.TRANSFERRED, wanted.effective_on, wanted.reason)
    await require_plausible(participant, change, now)
    entries = await DiaryEntry.filter(participant_id=participant.id).update(site_id=new.id, assignee_id=None)
    codes = await void_codes(open_codes(participant), now)
    items = await move_work_items(participant, new.id)
    await note_status(
        actor, participant, change, now, from_site_id=old.id, to_site_id=new.id,
        changes={"site": [old.code, new.code], "entries": [None, entries], "codes": [codes, 0],
                 "work_items": [None, items]},
    )
    await move_visits(actor, participant, new.timezone, now)
    await _move(participant, new)
    await settle_collection(actor, protocol, participant, now)
    return Transferred(participant.id, participant.code, old.code, new.code, wanted.effective_on)


async def _other_site(code: str, present: Site) -> Site:
    site = await Site.get_or_none(code=code)
    if site is None or site.id == present.id:
        raise DoesNotFit(errors=[{"pointer": "/site", "detail": "is not another site of this study"}])
    return site


async def _move(participant: Participant, site: Site) -> None:
    await SafetyCase.filter(participant_id=participant.id).update(site_id=site.id)
    participant.site_id = site.id
    await participant.save(update_fields=["site_id"])
