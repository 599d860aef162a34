"""A linking code becomes a guardianship of the account that shows it: once, and only as it was promised."""

from dataclasses import replace
from datetime import datetime

from tortoise.queryset import QuerySet

from backend.access.actor import Actor, Guardian
from backend.access.open_codes import every_open_code
from backend.access.scope import locked_participant
from backend.audit import record
from backend.consent.collection import look_again_at
from backend.errors import InvitationRefused, LinkingCodeRefused
from backend.participants.capabilities import CAPABILITIES
from backend.participants.invited import is_over
from backend.participants.leaving import revoke_invitations
from backend.participants.whom_they_invited import end_at, narrow_invited
from models import Guardianship, LinkingCode, Participant
from models.actions import Action
from models.spans import not_over, speaks
from models.transaction import atomic
from models.vocabulary import Capability

REPLACED = "replaced"


def redeemable(hashed: str, now: datetime) -> QuerySet[LinkingCode]:
    return every_open_code().filter(code_hash=hashed, expires_at__gt=now)


@atomic
async def link_account(actor: Actor, hashed: str, now: datetime) -> Guardianship:
    """The guardianship that the code promises. Of several who try at once, one gets it.

    By a code of the site, a living guardianship of the same account ends: staff have decided anew. An invitation
    never touches one. Raises LinkingCodeRefused or InvitationRefused.
    """
    row = await redeemable(hashed, now).select_related("participant").first()
    if row is None:
        raise LinkingCodeRefused
    actor = _as_promised(actor, row)
    participant = await locked_participant(actor, row.participant.id)
    replaced = await _require_welcome(actor, row, now)
    if await redeemable(hashed, now).update(redeemed_at=now) != 1:
        raise LinkingCodeRefused
    return await _begin(actor, participant, row, replaced, now)


async def _begin(
    actor: Actor, participant: Participant, row: LinkingCode, replaced: Guardianship | None, now: datetime
) -> Guardianship:
    starts_at = max(now, row.guardianship_starts_at or now)
    former = Guardianship.filter(account_id=actor.account, participant_id=participant.id)
    ended = await former.filter(not_over(starts_at)).update(ends_at=starts_at)
    if ended:
        await revoke_invitations(participant, now, by=actor.account)
    link = await Guardianship.create(
        account_id=actor.account, participant=participant, role=row.role, relation=row.relation,
        capabilities=_allowed(row), starts_at=starts_at, ends_at=row.guardianship_ends_at,
        invited_by_id=row.issued_by_id if row.by_family else replaced and replaced.invited_by_id,
    )
    await record(
        actor, actor.action, link, now, participant=participant,
        changes={"role": [None, row.role], "relation": [None, row.relation], "former": [ended, 0]},
    )
    await look_again_at(participant, starts_at)
    if replaced and replaced.account_id != link.account_id:
        await _take_place(actor, participant, replaced, link, now)
    if ended or replaced:
        await narrow_invited(actor.acting(Action.GUARDIANSHIP_LIMIT), participant, link, now)
    return link


async def _take_place(
    actor: Actor, participant: Participant, old: Guardianship, link: Guardianship, now: datetime
) -> None:
    """The same person with a new account: who came by the old account's invitation is theirs to decide on."""
    invited = Guardianship.filter(participant_id=participant.id, invited_by_id=old.account_id)
    await invited.update(invited_by_id=link.account_id)
    if not is_over(old, now):
        await end_at(actor.acting(Action.GUARDIANSHIP_END), participant, old, now, REPLACED)


async def _require_welcome(actor: Actor, row: LinkingCode, now: datetime) -> Guardianship | None:
    """The guardianship that this one replaces, if any; read under the lock. Raises as `link_account`."""
    if row.guardianship_ends_at is not None and row.guardianship_ends_at <= now:
        raise LinkingCodeRefused
    if row.issued_by_id == actor.account:
        raise InvitationRefused
    own = await Guardianship.filter(account_id=actor.account, participant_id=row.participant_id)
    if any(link.court_order_at is not None for link in own):
        raise LinkingCodeRefused
    if row.by_family:
        await _require_invited(actor, row, [link for link in own if not is_over(link, now)], now)
    if row.replaces_id is None:
        return None
    old = await Guardianship.get(id=row.replaces_id)
    if old.locked_at is not None or old.court_order_at is not None:
        raise LinkingCodeRefused
    return old


async def _require_invited(actor: Actor, row: LinkingCode, own: list[Guardianship], now: datetime) -> None:
    """By somebody who may still invite, and for somebody who does not speak for the participant yet."""
    if any(link.locked_at is not None for link in own):
        raise LinkingCodeRefused
    if own:
        raise InvitationRefused
    inviter = await Guardianship.filter(
        speaks(now), account_id=row.issued_by_id, participant_id=row.participant_id
    ).first()
    if inviter is None or Capability.INVITE not in inviter.capabilities:
        raise LinkingCodeRefused


def _allowed(row: LinkingCode) -> list[Capability]:
    if row.capabilities is None:
        return CAPABILITIES[row.role]
    return [Capability(word) for word in row.capabilities]


def _as_promised(actor: Actor, row: LinkingCode) -> Actor:
    """The code itself puts the participant into its bearer's scope."""
    child = row.participant
    promised = Guardian(row.role, row.relation, frozenset(_allowed(row)), child.site_id, child.birth_month)
    return replace(actor, guardians={**actor.guardians, child.id: promised})
