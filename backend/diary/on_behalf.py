"""What staff write down for somebody: a parent who phones, a chart that tells. The words stay those of who told.

What a family has written, only the family changes: staff correct what staff wrote down, for anything else they ask.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.access import scope
from backend.access.actor import Actor
from backend.border.problems import as_problem
from backend.diary import quarantine
from backend.diary.circumstances import Person
from backend.diary.edit_checks import check, confirmed
from backend.diary.merge import overlay
from backend.diary.quarantine_release import ON_BEHALF
from backend.diary.schemas import EntryView, OnBehalf
from backend.diary.single import view_of
from backend.diary.uploads import Sender, Upload, circumstances, require_storable
from backend.diary.write import write_upload
from backend.errors import (
    CollectionClosed,
    DoesNotFit,
    FindingsRefused,
    IdUnusable,
    IllegalState,
    NotFound,
    Stale,
    UnstorableItem,
)
from models import DiaryEntry, EntryRevision, Guardianship, Participant, Site
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import Collection, EntrySource, Relation, RevisionState

CLOCKS_DIFFER = timedelta(minutes=5)
KEPT = "A valid consent is missing; what you wrote down is kept, and becomes an entry by itself once it is there"


async def log_or_keep(
    actor: Actor, participant_id: UUID, entry_id: UUID, told: OnBehalf, protocol: Protocol, now: datetime
) -> EntryView:
    """As `log_on_behalf`; but what waits for a consent only is kept as a family's own would be.

    CollectionClosed says whether it is (`kept`).
    """
    try:
        return await log_on_behalf(actor, participant_id, entry_id, told, protocol, now)
    except CollectionClosed as closed:
        if closed.extra["collection"] == Collection.WITHDRAWN:
            raise
        kept = CollectionClosed(KEPT, **closed.extra, kept=True)
        await _keep(actor, participant_id, _upload(entry_id, told), told, protocol=protocol, now=now, why=kept)
        raise kept from closed


@atomic
async def _keep(
    actor: Actor, participant_id: UUID, upload: Upload, told: OnBehalf, *, protocol: Protocol, now: datetime,
    why: CollectionClosed,
) -> None:
    """Looked at as any entry that staff write: nobody is there to ask when it becomes one."""
    participant = await scope.locked_participant(actor, participant_id)
    sender = await _sender(actor, participant, told, protocol, now)
    remarks, hard = check(protocol, told.kind, overlay({}, upload.data), circumstances(sender, upload))
    if hard:
        raise UnstorableItem(errors=hard)
    if odd := [found for found in confirmed(remarks, upload.confirmed) if not found["confirmed"]]:
        raise FindingsRefused(findings=[{"code": found["code"], "field": found["field"]} for found in odd])
    await quarantine.keep(sender, [(_as_item(sender, upload, told), as_problem(why))])


def _as_item(sender: Sender, upload: Upload, told: OnBehalf) -> dict[str, Any]:
    """As a phone would have sent it, and in whose words."""
    whose = {"source": sender.source, "relation": sender.told_by, "originator_id": sender.originator_id}
    return {"id": str(upload.id), "kind": told.kind, "data": upload.data, "recorded_at": upload.device_time,
            "confirmed": upload.confirmed, ON_BEHALF: whose}


@atomic
async def log_on_behalf(
    actor: Actor, participant_id: UUID, entry_id: UUID, told: OnBehalf, protocol: Protocol, now: datetime
) -> EntryView:
    """A new entry; the same content again is the same answer.

    Raises NotFound, Stale (another content stands there), IdUnusable, UnstorableItem, FindingsRefused,
    CollectionClosed or DoesNotFit.
    """
    participant = await scope.locked_participant(actor, participant_id)
    sender = await _sender(actor, participant, told, protocol, now)
    upload = _upload(entry_id, told)
    require_storable(upload.data, told.kind, protocol)
    entry = await DiaryEntry.get_or_none(id=entry_id)
    if entry is None:
        return await _write(sender, participant, upload)
    if entry.participant_id != participant.id:
        raise IdUnusable
    if entry.kind is not told.kind or not await _is_repeat(sender, upload):
        raise _stale(entry)
    return view_of(entry)


@atomic
async def correct_on_behalf(
    actor: Actor, participant_id: UUID, entry_id: UUID, seen: int, told: OnBehalf, *, protocol: Protocol,
    now: datetime,
) -> EntryView:
    """The whole entry anew, over the change seen, with a reason. Raises NotFound, Stale, IllegalState,
    UnstorableItem, FindingsRefused, CollectionClosed or DoesNotFit.
    """
    participant = await scope.locked_participant(actor, participant_id)
    entry = await DiaryEntry.get_or_none(id=entry_id, participant_id=participant.id)
    if entry is None:
        raise NotFound
    if entry.seq != seen:
        raise _stale(entry)
    if told.reason is None:
        raise DoesNotFit(errors=[{"pointer": "/reason", "detail": "is required to correct an entry"}])
    await _require_own_words(entry)
    sender = await _sender(actor, participant, told, protocol, now)
    upload = replace(_upload(entry_id, told), base_version=entry.version, whole=True)
    return await _write(sender, participant, upload)


async def _write(sender: Sender, participant: Participant, upload: Upload) -> EntryView:
    try:
        return view_of((await write_upload(sender, participant, upload)).entry)
    except CollectionClosed as closed:
        detail = "Without a valid consent nothing is taken in; nothing was stored"
        raise CollectionClosed(detail, **closed.extra) from closed


def _upload(entry_id: UUID, told: OnBehalf) -> Upload:
    return Upload(
        entry_id, told.data, told.kind, device_time=told.told_at.isoformat() if told.told_at else None,
        reason=told.reason, confirmed=told.confirmed,
    )


async def _sender(
    actor: Actor, participant: Participant, told: OnBehalf, protocol: Protocol, now: datetime
) -> Sender:
    if told.told_at and told.told_at > now + CLOCKS_DIFFER:
        raise FindingsRefused(findings=[{"code": "told_in_future", "pointer": "/told_at"}])
    relation, account_id = await _who_told(participant, told, now)
    site = await Site.get(id=participant.site_id)
    return Sender(
        actor, participant.id, protocol, now, app_version=actor.app_version, source=EntrySource(told.source),
        relation=relation, originator_id=account_id, about=Person.of(participant), timezone=site.timezone,
    )


async def _who_told(participant: Participant, told: OnBehalf, now: datetime) -> tuple[Relation, UUID | None]:
    """Their relation and, where they have one, their account. Raises DoesNotFit."""
    if told.source == "chart_review":
        if told.guardianship_id or told.relation:
            raise _wrong("/relation", "is not said for a chart: nobody told")
        return Relation.SITE_STAFF, None
    if (told.guardianship_id is None) == (told.relation is None):
        raise _wrong("/guardianship_id", "or /relation says who told, one of the two")
    if told.relation is Relation.SITE_STAFF:
        raise _wrong("/relation", "is that of the person who told, not your own")
    if told.relation:
        return told.relation, None
    link = await Guardianship.get_or_none(id=told.guardianship_id, participant_id=participant.id)
    if link is None or link.locked_at or link.starts_at > now or (link.ends_at is not None and link.ends_at <= now):
        raise _wrong("/guardianship_id", "is not a guardianship of this participant that holds now")
    return link.relation, link.account_id


def _wrong(pointer: str, detail: str) -> DoesNotFit:
    return DoesNotFit(errors=[{"pointer": pointer, "detail": detail}])


async def _is_repeat(sender: Sender, upload: Upload) -> bool:
    """Whether exactly this was the first that was written there."""
    first = await EntryRevision.get(entry_id=upload.id, version=1)
    return (first.sent, first.source, first.relation, first.originator_id) == (
        upload.data, sender.source, sender.told_by, sender.originator_id
    )


async def _require_own_words(entry: DiaryEntry) -> None:
    """Raises IllegalState when any of it was written by the family itself."""
    by_family = EntryRevision.filter(entry_id=entry.id, state=RevisionState.ACCEPTED, source=EntrySource.APP)
    if await by_family.exists():
        raise IllegalState("The family wrote this themselves; ask them with a data query", state=entry.state)


def _stale(entry: DiaryEntry) -> Stale:
    """Staff of the site may see what stands there."""
    return Stale(seq=entry.seq, current={"version": entry.version, "state": entry.state, "data": entry.data})
