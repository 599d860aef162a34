"""Who may speak for a participant, less of it, and the end of it: access is gone with the next request.

Staff of the site decide on everybody. Who invited somebody decides on them and on those they invited in turn, and
who was invited keeps at most what the inviter has left.
"""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.permissions import allows, sites_for
from backend.access.scope import guardianship_for, participant_for
from backend.audit import Changes, record
from backend.errors import DoesNotFit, FindingsRefused, IllegalState, RoleMayNot
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.capabilities import require_within
from backend.participants.court_order import require_no_court_order
from backend.participants.invited import came_by, guardianships, inviters_in, is_over
from backend.participants.leaving import revoke_invitations
from backend.participants.linking_codes import sound_span
from backend.participants.schemas import GuardianshipLimit
from backend.participants.whom_they_invited import end_at, end_with_invited, narrow_invited, told
from models import Guardianship, Participant
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import Capability


async def guardianships_of(
    actor: Actor, participant_id: UUID, cursor: str | None, limit: int
) -> tuple[Page[Guardianship], bool]:
    """Present and past, oldest first, with their accounts; and whether the actor may see names.

    Raises NotFound.
    """
    participant = await participant_for(actor, participant_id)
    chosen = Guardianship.filter(participant_id=participant.id)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__gt=after[0])
    found = await chosen.order_by("id").limit(page_limit(limit) + 1).select_related("account")
    return page_of(found, limit, lambda last: encode_cursor(last.id)), knows_families(actor, participant)


def knows_families(actor: Actor, participant: Participant) -> bool:
    """Names are for those of the very site who work with its families; all others see pseudonyms."""
    site: UUID = participant.site_id
    return any(site_id == site and allows(role, Action.PARTICIPANT_ENROL) for role, site_id in actor.staff_roles)


@atomic
async def end_guardianship(
    actor: Actor, guardianship_id: UUID, now: datetime, *, keep_invited: bool = False
) -> Guardianship:
    """Access is gone, and with it what `leaving.cut_off` names; also of those who came by this person's invitation.

    Whoever came by an invitation may end their own. Only staff may let the invited stay.

    Raises NotFound, RoleMayNot (not invited by you), CourtOrder, or IllegalState when it is over.
    """
    participant, link = await guardianship_for(actor, guardianship_id)
    actor = await _deciding(actor, participant, link, Action.GUARDIANSHIP_END, Action.INVITED_END)
    if is_over(link, now):
        raise IllegalState(state="ended")
    if not keep_invited:
        await end_with_invited(actor, participant, link, now)
    elif actor.action is Action.GUARDIANSHIP_END:
        await end_at(actor, participant, link, now)
    else:
        raise RoleMayNot("Whom somebody invited stays only if the site decides so")
    return await Guardianship.get(id=link.id).select_related("account", "participant")


async def inviting(participant_id: UUID) -> dict[UUID, UUID]:
    """account → its newest guardianship of the participant, by which it may have invited others."""
    found = await Guardianship.filter(participant_id=participant_id).order_by("id").values_list("account_id", "id")
    return dict(found)


@atomic
async def limit_guardianship(
    actor: Actor, guardianship_id: UUID, wanted: GuardianshipLimit, now: datetime
) -> Guardianship:
    """Fewer capabilities or an earlier end, never more; the invitations this person gave are void, and whom they
    invited keeps at most what they have left.

    Raises NotFound, RoleMayNot (not invited by you), CourtOrder, CapabilityEscalation, FindingsRefused, DoesNotFit,
    or IllegalState when it is over.
    """
    participant, link = await guardianship_for(actor, guardianship_id)
    actor = await _deciding(actor, participant, link, Action.GUARDIANSHIP_LIMIT, Action.INVITED_LIMIT)
    if is_over(link, now):
        raise IllegalState(state="ended")
    if changes := _narrowed(link, wanted, now):
        await link.save(update_fields=list(changes))
        revoked = await revoke_invitations(participant, now, by=link.account_id)
        void: Changes = {"invitations": [revoked, 0]} if revoked else {}
        await record(actor, actor.action, link, now, participant=participant, changes=changes | void)
        await narrow_invited(actor, participant, link, now)
    return await Guardianship.get(id=link.id).select_related("account", "participant")


def _narrowed(link: Guardianship, wanted: GuardianshipLimit, now: datetime) -> Changes:
    if wanted.capabilities is None and wanted.ends_at is None:
        raise DoesNotFit(errors=[{"pointer": "", "detail": "names neither capabilities nor an end"}])
    changes: Changes = {}
    if wanted.capabilities is not None:
        before = link.capabilities
        require_within(wanted.capabilities, [Capability(word) for word in before])
        link.capabilities = [word for word in before if word in wanted.capabilities]
        changes["capabilities"] = [before, link.capabilities]
    if wanted.ends_at is not None:
        _require_earlier(link, wanted.ends_at, now)
        changes["ends_at"] = [told(link.ends_at), told(wanted.ends_at)]
        link.ends_at = wanted.ends_at
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


def _require_earlier(link: Guardianship, ends_at: datetime, now: datetime) -> None:
    sound_span(None, ends_at, now)
    if link.ends_at is not None and ends_at > link.ends_at:
        raise FindingsRefused(findings=[{"code": "ends_at.later", "field": "ends_at"}])


async def _deciding(
    actor: Actor, participant: Participant, link: Guardianship, as_staff: Action, as_inviter: Action
) -> Actor:
    """The actor in the right in which they decide on it. Raises RoleMayNot or CourtOrder."""
    staff = actor.acting(as_staff)
    sites = sites_for(staff)
    if sites is None or participant.site_id in sites:
        return staff
    inviters = inviters_in(await guardianships(participant))
    is_own = link.account_id == actor.account and link.invited_by_id is not None and as_inviter is Action.INVITED_END
    if not is_own and not came_by(inviters, link.account_id, actor.account):
        raise RoleMayNot("You can decide on those who came by your invitation; the site decides on all others")
    await require_no_court_order(participant)
    return actor.acting(as_inviter)
