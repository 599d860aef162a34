"""Writing one upload: create, correct, merge, keep a conflict, retract. The caller holds the participant's lock.

The order of the rules is sync.md §1.2; the whole decision happens under the lock, so order of arrival is the only
order there is.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from backend.attachments.slots import declare
from backend.audit import difference, next_seq, record
from backend.diary.circumstances import Circumstances
from backend.diary.consequences import after_correction, after_retraction
from backend.diary.edit_checks import anew, check, confirmed
from backend.diary.history import Past, past_of
from backend.diary.merge import merge, overlay, replacement
from backend.diary.occurrence import occurred_span
from backend.diary.uploads import Sender, Upload, circumstances, parent_in, require_moderate, require_storable
from backend.errors import CollectionClosed, FindingsRefused, IdUnusable, UnstorableItem
from backend.failpoints import reach
from backend.safety.free_text import please_read
from backend.safety.opening import Arrival, look_at
from models import DiaryEntry, EntryRevision, Participant
from models.actions import Action
from models.fields import new_id
from models.vocabulary import Collection, EntrySource, EntryState, RevisionState

Status = Literal["applied", "merged", "unchanged", "conflict"]
MOST_VERSIONS, MOST_CONFLICTS = 1000, 500


@dataclass(frozen=True)
class Outcome:
    status: Status
    entry: DiaryEntry
    fields: list[str] | None = None
    revision_id: UUID | None = None


async def write_upload(sender: Sender, participant: Participant, upload: Upload) -> Outcome:
    """Raises IdUnusable (taken elsewhere), UnstorableItem, or CollectionClosed."""
    entry = await DiaryEntry.get_or_none(id=upload.id)
    if entry is None:
        require_collection(participant)
        return Outcome("applied", await _create(sender, participant, upload))
    if entry.participant_id != participant.id or not sender.may_touch(entry):
        raise IdUnusable
    if upload.kind and upload.kind is not entry.kind:
        raise UnstorableItem(errors=[{"pointer": "/kind", "detail": "can't be changed"}])
    require_storable(upload.data, entry.kind, sender.protocol)
    past = await past_of(entry, upload, sender.replica_id)
    if past.seen:
        return Outcome("conflict" if past.seen_conflict else "unchanged", entry, revision_id=past.seen_conflict)
    require_collection(participant)
    return await _change(sender, participant, entry, upload, past)


def require_collection(participant: Participant) -> None:
    """What was stored before goes on being answered as stored; nothing new is taken in without a valid consent."""
    if participant.collection is not Collection.OPEN:
        raise CollectionClosed(collection=participant.collection)


async def _create(sender: Sender, participant: Participant, upload: Upload) -> DiaryEntry:
    if upload.kind is None:
        raise UnstorableItem(errors=[{"pointer": "/kind", "detail": "is required for a new entry"}])
    data = overlay({}, upload.data)
    seq = await next_seq(participant)
    entry = DiaryEntry(
        id=upload.id, participant_id=participant.id, site_id=participant.site_id,
        kind=upload.kind, version=0, received_at=sender.received_at, recorded_by_id=sender.actor.account,
        relation=sender.told_by, source=sender.source, state=EntryState.RECEIVED,
    )
    await _accept(sender, entry, upload, data, seq)
    reach("sync.between_entry_and_audit")
    await _welcome_children(sender, participant, entry)
    act = Action.ENTRY_SUBMIT if sender.source is EntrySource.APP else Action.ENTRY_LOG_ON_BEHALF
    await record(sender.actor, act, entry, sender.now, participant=participant, seq=seq, changes=difference({}, data))
    await _look(sender, participant, entry, upload)
    await declare(sender.actor, participant, entry, {}, sender.now)
    return entry


async def _look(
    sender: Sender, participant: Participant, entry: DiaryEntry, upload: Upload, *,
    unsettled: dict[str, Any] | None = None,
) -> None:
    """Whatever was taken in may be urgent, whoever wrote it and however late it came."""
    arrival = Arrival(sender.received_at, upload.device_time)
    await look_at(sender.protocol, participant, entry, arrival, sender.now, unsettled=unsettled)


async def _welcome_children(sender: Sender, participant: Participant, parent: DiaryEntry) -> None:
    """Entries that arrived before their parent are pending no longer."""
    for child in await DiaryEntry.filter(participant_id=participant.id, parent_id=parent.id, pending=True):
        child.pending, child.seq = False, await next_seq(participant)
        child.findings = await _findings_beside(sender, child, parent)
        await child.save(update_fields=["pending", "seq", "findings"])
        await record(sender.actor, Action.ENTRY_JOIN, child, sender.now, participant=participant, seq=child.seq,
                     changes={"pending": [True, False]})


async def _findings_beside(sender: Sender, child: DiaryEntry, parent: DiaryEntry) -> list[dict[str, Any]]:
    """As if the parent had come first."""
    last = await EntryRevision.get(entry_id=child.id, version=child.version)
    told = Upload(child.id, child.data, timezone=last.timezone)
    known = replace(_known(sender, told, child, parent), received_at=last.received_at, clock_skew=last.clock_skew)
    remarks, _ = check(sender.protocol, child.kind, child.data, known)
    return confirmed(remarks, [finding["code"] for finding in child.findings if finding["confirmed"]])


async def _find_parent(entry: DiaryEntry, parent_id: UUID | None) -> DiaryEntry | None:
    """Of the same participant; what waits for it is pending."""
    entry.parent_id = parent_id if parent_id != entry.id else None
    if entry.parent_id is None:
        entry.pending = False
        return None
    parent = await DiaryEntry.get_or_none(id=entry.parent_id, participant_id=entry.participant_id)
    entry.pending = parent is None
    return parent


def _known(sender: Sender, upload: Upload, entry: DiaryEntry, parent: DiaryEntry | None) -> Circumstances:
    return replace(
        circumstances(sender, upload), first_received_at=entry.received_at,
        parent_from=parent.occurred_from if parent else None,
    )


async def _change(
    sender: Sender, participant: Participant, entry: DiaryEntry, upload: Upload, past: Past
) -> Outcome:
    retracted = entry.state is EntryState.RETRACTED
    sent = replacement(entry.data, upload.data) if upload.whole else past.not_overtaken(upload.data)
    wanted = entry.data if upload.retracts else overlay(entry.data, sent)
    same = (wanted == entry.data and upload.retracts == retracted) or (past.is_late and upload.retracts)
    if same and not upload.resolves:
        return await _unchanged(sender, participant, entry, upload, past)
    if past.is_current:
        await _correct(sender, participant, entry, upload, wanted, stays_retracted=past.is_late and retracted)
        return Outcome("applied", entry)
    if upload.retracts or retracted:
        fields, merged = ["retracted"], wanted
    else:
        result = merge(sender.protocol.form(entry.kind), past.base, entry.data, sent)
        fields, merged = result.clashing, result.data
    if fields:
        return await _keep_conflict(sender, participant, entry, upload, fields)
    if merged == entry.data and not upload.resolves:
        return await _unchanged(sender, participant, entry, upload, past)
    await _correct(sender, participant, entry, upload, merged)
    return Outcome("merged", entry)


async def _unchanged(
    sender: Sender, participant: Participant, entry: DiaryEntry, upload: Upload, past: Past
) -> Outcome:
    """Nothing to write, unless a later write that arrived first would make this one's words unreachable."""
    if not past.overtaken & upload.data.keys():
        await past.note_unchanged()
        return Outcome("unchanged", entry)
    seq = await next_seq(participant)
    await _accept(sender, entry, upload, entry.data, seq, save=False)
    await entry.save()
    await record(sender.actor, Action.ENTRY_CORRECT, entry, sender.now, participant=participant, seq=seq,
                 reason=upload.reason)
    return Outcome("applied", entry)


async def _correct(
    sender: Sender, participant: Participant, entry: DiaryEntry, upload: Upload, data: dict[str, Any], *,
    stays_retracted: bool = False,
) -> None:
    before, seq = dict(entry.data), await next_seq(participant)
    await _accept(sender, entry, upload, data, seq, save=False)
    if upload.resolves:
        entry.open_conflicts = await _open_conflicts(entry)
    act = Action.ENTRY_RETRACT if upload.retracts else Action.ENTRY_CORRECT
    changes = difference(before, data)
    old_state = entry.state
    if not stays_retracted:
        await (after_retraction if upload.retracts else after_correction)(sender, participant, entry)
    if entry.state != old_state:
        changes["state"] = [old_state, entry.state]
    await entry.save()
    await record(sender.actor, act, entry, sender.now, participant=participant, seq=seq,
                 reason=upload.reason, changes=changes)
    await _look(sender, participant, entry, upload)
    await declare(sender.actor, participant, entry, before, sender.now)


async def _accept(
    sender: Sender, entry: DiaryEntry, upload: Upload, data: dict[str, Any], seq: int, *, save: bool = True
) -> None:
    """Make `data` the entry's next version, with its revision."""
    parent = await _find_parent(entry, parent_in(data))
    known = _known(sender, upload, entry, parent)
    remarks, hard = check(sender.protocol, entry.kind, data, known)
    remarks = anew(remarks, entry, data)
    if hard and not upload.retracts:
        raise UnstorableItem(errors=hard)
    if not upload.retracts:
        require_moderate(data)
        _require_room(entry.version, MOST_VERSIONS)
    base = entry.version
    entry.version, entry.seq, entry.data, entry.changed_at = base + 1, seq, data, sender.now
    entry.findings = confirmed(remarks, upload.confirmed) + please_read(sender.protocol.form(entry.kind), data)
    _require_confirmed(sender, upload, entry.findings)
    if base == 0 or not upload.retracts:
        span = occurred_span(sender.protocol.form(entry.kind), data, known)
        entry.occurred_from, entry.occurred_to = span or (None, None)
    if save:
        await entry.save(force_create=base == 0)
    await _revision(sender, entry, upload, seq, data, RevisionState.ACCEPTED)


def _require_confirmed(sender: Sender, upload: Upload, found: list[dict[str, Any]]) -> None:
    """What a family's phone sends is stored with its findings; staff at a desk look at them first."""
    unconfirmed = [finding for finding in found if not finding["confirmed"]]
    if sender.source is not EntrySource.APP and unconfirmed and not upload.retracts:
        raise FindingsRefused(findings=[{"code": f["code"], "field": f["field"]} for f in unconfirmed])


def _require_room(many: int, most: int) -> None:
    """All versions are read together; an entry that is written without end is refused, and what was sent is kept."""
    if many >= most:
        raise UnstorableItem(errors=[{"pointer": "", "detail": "has been written too often"}])


async def _keep_conflict(
    sender: Sender, participant: Participant, entry: DiaryEntry, upload: Upload, fields: list[str]
) -> Outcome:
    """Nothing of it becomes current; it is kept, and the entry's number is raised so that every phone sees both."""
    _require_room(entry.open_conflicts, MOST_CONFLICTS)
    seq = await next_seq(participant)
    entry.open_conflicts, entry.seq, entry.changed_at = entry.open_conflicts + 1, seq, sender.now
    meant = overlay(entry.data, upload.data)
    kept = await _revision(sender, entry, upload, seq, meant, RevisionState.CONFLICT)
    await entry.save(update_fields=["open_conflicts", "seq", "changed_at"])
    await record(sender.actor, Action.ENTRY_CONFLICT, entry, sender.now, participant=participant, seq=seq,
                 changes=difference(entry.data, meant))
    if not upload.retracts:
        await _look(sender, participant, entry, upload, unsettled=meant)
    return Outcome("conflict", entry, fields, kept.id)


async def _revision(
    sender: Sender, entry: DiaryEntry, upload: Upload, seq: int, data: dict[str, Any], state: RevisionState
) -> EntryRevision:
    return await EntryRevision.create(
        id=new_id(), entry_id=entry.id, version=entry.version if state is RevisionState.ACCEPTED else None,
        state=state, base_version=upload.base_version, seq=seq, data=data, sent=upload.data,
        retracts=upload.retracts, reason=upload.reason, resolves=upload.resolves, findings=entry.findings,
        author_id=sender.actor.account, relation=sender.told_by, source=sender.source,
        originator_id=sender.originator_id, session_id=sender.actor.session_id, replica_id=sender.replica_id,
        client_seq=upload.client_seq if sender.replica_id else None, device_time=upload.device_time,
        timezone=upload.timezone, locale=upload.locale, clock_skew=sender.clock_skew, app_version=sender.app_version,
        form_schema=sender.schema, protocol_hash=sender.protocol.hash, received_at=sender.received_at,
    )


async def _open_conflicts(entry: DiaryEntry) -> int:
    """A write that itself ended as a conflict settles nothing."""
    kept = await EntryRevision.filter(entry_id=entry.id).only("id", "state", "resolves")
    settled = {revision_id for r in kept if r.state is RevisionState.ACCEPTED for revision_id in r.resolves}
    return sum(1 for r in kept if r.state is RevisionState.CONFLICT and str(r.id) not in settled)
