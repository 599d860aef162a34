"""Linking codes: staff hand a family a one-time code; one is active per participant and relation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import segno
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.scope import locked_participant, participant_for
from backend.audit import record
from backend.errors import IllegalState, InvalidBody, NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from backend.participants.code_alphabet import as_shown, new_code
from backend.participants.schemas import NewLinkingCode, linking_state
from backend.wiring import Wiring
from models import LinkingCode, Participant
from models.transaction import atomic
from models.vocabulary import ParticipantState, Relation, Role

LIFETIME = timedelta(days=7)
"""Letters take days. Never below 72 hours."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The code in clear: shown once."""

    row: LinkingCode
    code: str
    deep_link: str
    qr_svg: str


@atomic
async def issue_linking_code(
    actor: Actor, wiring: Wiring, participant_id: UUID, wanted: NewLinkingCode, *, now: datetime
) -> Issued:
    """Issue a code; an older one for the same relation is revoked.

    Raises NotFound, IllegalState (withdrawn or died) or InvalidBody (relation and role don't go together).
    """
    participant = await locked_participant(actor, participant_id)
    _require_fitting(participant, wanted)
    code = new_code()
    older = _unfinished(participant).filter(relation=wanted.relation)
    revoked = await older.update(revoked_at=now)
    row = await LinkingCode.create(
        participant=participant, role=Role(wanted.role), relation=wanted.relation, issued_by_id=actor.account,
        code_hash=code_hash(wiring, code), issued_at=now, expires_at=now + LIFETIME,
    )
    await record(
        actor, actor.action, row, now, participant=participant,
        changes={"relation": [None, wanted.relation], "role": [None, wanted.role], "revoked": [0, revoked]},
    )
    # After the #, a browser keeps it to itself: no log on the way ever sees it.
    link = f"{wiring.settings.public_url.rstrip('/')}/link#{code}"
    return Issued(row, as_shown(code), link, segno.make(link, error="m").svg_inline(scale=6))


def code_hash(wiring: Wiring, code: str) -> str:
    return wiring.seal.keyed_hash("linking:" + code)


def _require_fitting(participant: Participant, wanted: NewLinkingCode) -> None:
    if participant.state in (ParticipantState.WITHDRAWN, ParticipantState.DIED):
        raise IllegalState(state=participant.state)
    is_self = wanted.relation == Relation.PARTICIPANT_SELF
    if is_self != (wanted.role == "participant") or wanted.relation == Relation.SITE_STAFF:
        raise InvalidBody(errors=[{"pointer": "/relation", "detail": "does not go with this role"}])


async def linking_codes_of(
    actor: Actor, participant_id: UUID, cursor: str | None, limit: int
) -> Page[LinkingCode]:
    """Newest first; the codes themselves are known to nobody any more. Raises NotFound."""
    participant = await participant_for(actor, participant_id)
    chosen = LinkingCode.filter(participant_id=participant.id)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__lt=after[0])
    found = await chosen.order_by("-id").limit(page_limit(limit) + 1)
    return page_of(found, limit, lambda last: encode_cursor(last.id))


@atomic
async def revoke_linking_code(
    actor: Actor, participant_id: UUID, linking_code_id: UUID, now: datetime
) -> None:
    """From now on nobody can redeem it. Raises NotFound, or IllegalState when it was redeemed or revoked."""
    participant = await locked_participant(actor, participant_id)
    row = await LinkingCode.get_or_none(id=linking_code_id, participant_id=participant.id)
    if row is None:
        raise NotFound
    if row.redeemed_at is not None or row.revoked_at is not None:
        raise IllegalState(state=linking_state(row, now))
    row.revoked_at = now
    await row.save(update_fields=["revoked_at"])
    await record(actor, actor.action, row, now, participant=participant)


def _unfinished(participant: Participant) -> QuerySet[LinkingCode]:
    return LinkingCode.filter(participant_id=participant.id, redeemed_at__isnull=True, revoked_at__isnull=True)
