"""Signing a judgement: which entry, which version, by whom. A repeat of the same words signs nothing new."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.access import scope
from backend.access.actor import Actor
from backend.adjudication.checks import faults_of, place_judged
from backend.adjudication.schemas import NewJudgement
from backend.audit import next_seq, record
from backend.errors import FindingsRefused, IllegalState, NotFound, Stale
from backend.review.blinding import has_looked_unblinded
from models import Account, Adjudication, DiaryEntry, Participant
from models.content_hash import content_hash
from models.fractures.places import places_in
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import EntryKind, EntryState


@atomic
async def sign_judgement(
    actor: Actor, entry_id: UUID, version: int, judgement: NewJudgement, protocol: Protocol, now: datetime
) -> Adjudication:
    """Raises NotFound, Stale (corrected since), IllegalState (not validated) or FindingsRefused."""
    participant, entry = await scope.entry_for(actor, entry_id)
    if entry.kind is not EntryKind.FRACTURE:
        raise NotFound
    if entry.version != version:
        raise Stale(version=entry.version)
    if entry.state is not EntryState.VALIDATED:
        raise IllegalState("Only validated reports are judged", state=entry.state)
    await _require_sound(entry, judgement, protocol)
    meant = await _as_row(actor, participant, entry, judgement)
    last = await Adjudication.filter(
        entry_id=entry.id, site_index=judgement.site_index, reader_id=actor.account
    ).order_by("-seq").first()
    if last and all(getattr(last, name) == value for name, value in meant.items()):
        return last
    return await _sign(actor, participant, entry, meant, now, site_index=judgement.site_index)


async def _require_sound(entry: DiaryEntry, judgement: NewJudgement, protocol: Protocol) -> None:
    told = places_in(entry.data)
    judged = await Adjudication.filter(entry_id=entry.id).only("id", "site_index")
    free = max([len(told), *(one.site_index + 1 for one in judged)])
    if found := faults_of(judgement, told, free, protocol):
        raise FindingsRefused(findings=found)


async def _as_row(
    actor: Actor, participant: Participant, entry: DiaryEntry, judgement: NewJudgement
) -> dict[str, Any]:
    """What is signed, without who and when."""
    place = place_judged(judgement, places_in(entry.data))
    return {
        "entry_version": entry.version, "status": judgement.status, "detection": judgement.detection,
        "place": msgspec.to_builtins(place), "ao_code": judgement.ao_code or None, "genant": judgement.genant,
        "evidence": sorted({str(kind) for kind in judgement.evidence}), "comment": judgement.comment,
        "blinded": not await has_looked_unblinded(actor, participant.site_id),
        "content_hash": content_hash(entry.data),
    }


async def _sign(
    actor: Actor, participant: Participant, entry: DiaryEntry, meant: dict[str, Any], now: datetime, *,
    site_index: int,
) -> Adjudication:
    reader = await Account.get(id=actor.account)
    signed = await Adjudication.create(
        entry_id=entry.id, site_index=site_index, seq=await next_seq(participant), reader_id=reader.id,
        signed_name=reader.display_name, signed_at=now, **meant,
    )
    changes: dict[str, list[Any]] = {
        "entry": [None, str(entry.id)], "entry_version": [None, entry.version], "site_index": [None, site_index],
        "meaning": [None, signed.meaning], "content_hash": [None, signed.content_hash],
    }
    await record(actor, actor.action, signed, now, participant=participant, seq=signed.seq, changes=changes)
    return signed
