"""One entry as a resource: read it, write it under the version you saw, retract it, see all its revisions."""

from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import msgspec

from backend.access import scope
from backend.border.problems import as_problem
from backend.diary import quarantine
from backend.diary.fast_path import Created, NotPlain, create_entry_together
from backend.diary.merge import overlay
from backend.diary.quarantine_release import WHOLE
from backend.diary.safety_told import told_after
from backend.diary.schemas import EntryView, EntryWrite, RevisionView
from backend.diary.sync import Item, current_of
from backend.diary.uploads import Sender, Upload, change_reason, require_storable
from backend.diary.write import write_upload
from backend.errors import CollectionClosed, NotFound, Stale, UnstorableItem
from models import DiaryEntry, EntryRevision
from models.derived_answers import derived_answers
from models.partial_dates import precision_of
from models.transaction import atomic
from models.vocabulary import EntryState


async def create_entry(sender: Sender, entry_id: UUID, body: EntryWrite) -> EntryView:
    """A new entry (If-None-Match: *). The same content again is the same answer.

    Raises Stale when another entry stands there, UnstorableItem (kept in quarantine).
    """
    item = _as_item(entry_id, body)
    upload = await _read(sender, entry_id, body, item)
    try:
        stored = await create_entry_together(sender, upload)
    except NotPlain:
        entry = await _kept_when_refused(sender, item, _create_plainly(sender, upload))
        return await told_after(sender, told_to(sender, entry, upload), upload)
    return _view_of_created(sender, upload, stored)


async def change_entry(sender: Sender, entry_id: UUID, body: EntryWrite, base: int, *, whole: bool) -> EntryView:
    """A correction: `whole` replaces all answers, else only those sent. Raises NotFound, Stale, UnstorableItem."""
    item = _as_item(entry_id, body) | {"base_version": base} | ({WHOLE: True} if whole else {})
    upload = await _read(sender, entry_id, body, item)
    entry = await _kept_when_refused(sender, item, write_if_current(sender, upload))
    return await told_after(sender, told_to(sender, entry, upload), upload)


async def retract_entry(sender: Sender, upload: Upload) -> EntryView:
    """Raises NotFound or Stale."""
    item = {"id": str(upload.id), "op": "delete", "base_version": upload.base_version, "reason": upload.reason}
    return told_to(sender, await _kept_when_refused(sender, item, write_if_current(sender, upload)), upload)


@atomic
async def write_if_current(sender: Sender, upload: Upload) -> DiaryEntry:
    """Raises NotFound, or Stale with what stands now."""
    participant = await scope.locked_participant(sender.actor, sender.participant_id)
    entry = await DiaryEntry.get_or_none(id=upload.id, participant_id=participant.id)
    if entry is None or not sender.may_touch(entry):
        raise NotFound
    if entry.version != upload.base_version:
        raise _stale(sender, entry)
    return (await write_upload(sender, participant, upload)).entry


@atomic
async def _create_plainly(sender: Sender, upload: Upload) -> DiaryEntry:
    participant = await scope.locked_participant(sender.actor, sender.participant_id)
    entry = await DiaryEntry.get_or_none(id=upload.id)
    if entry is None or entry.participant_id != participant.id or not sender.may_touch(entry):
        return (await write_upload(sender, participant, upload)).entry
    first = await EntryRevision.get(entry_id=entry.id, version=1)
    if first.sent != upload.data:
        raise _stale(sender, entry)
    return entry


def _stale(sender: Sender, entry: DiaryEntry) -> Stale:
    return Stale(current=current_of(entry)) if sender.may_see else Stale()


def _as_item(entry_id: UUID, body: EntryWrite) -> Item:
    """As a phone would have sent it by sync: so it is kept if it can't be stored."""
    return {"id": str(entry_id), **msgspec.to_builtins(body)}


async def _read(sender: Sender, entry_id: UUID, body: EntryWrite, item: Item) -> Upload:
    try:
        if body.kind:
            require_storable(body.data, body.kind, sender.protocol)
        return Upload(
            id=entry_id, data=body.data, kind=body.kind, base_version=item.get("base_version", 0),
            device_time=body.recorded_at, timezone=body.timezone, locale=body.locale, reason=change_reason(body.reason),
            resolves=body.resolves, confirmed=body.confirmed, whole=item.get(WHOLE, False),
        )
    except UnstorableItem as refusal:
        await quarantine.keep(sender, [(item, as_problem(refusal))])
        raise


async def _kept_when_refused(sender: Sender, item: Item, work: Coroutine[Any, Any, DiaryEntry]) -> DiaryEntry:
    try:
        return await work
    except (UnstorableItem, CollectionClosed) as refusal:
        await quarantine.keep(sender, [(item, as_problem(refusal))])
        raise


async def entry_view(participant_id: UUID, entry_id: UUID) -> EntryView:
    """The caller has checked that the actor may see this participant. Raises NotFound."""
    entry = await DiaryEntry.get_or_none(id=entry_id, participant_id=participant_id)
    if entry is None:
        raise NotFound
    return view_of(entry)


def view_of(entry: DiaryEntry) -> EntryView:
    return EntryView(
        entry.id, entry.participant_id, entry.kind, entry.state, entry.version, entry.seq, entry.data,
        entry.findings, entry.open_conflicts, entry.open_queries, entry.pending, entry.recorded_by_id,
        entry.relation, entry.source, entry.received_at, entry.occurred_from, entry.occurred_to,
        precision_of(entry.data), derived_answers(entry.data),
        duplicate_of=entry.duplicate_of_id,
    )


def told_to(sender: Sender, entry: DiaryEntry, upload: Upload) -> EntryView:
    """The entry after a write. Who may report only gets back their own words, not what others made of them."""
    view = view_of(entry)
    if sender.may_see:
        return view
    own = overlay({}, upload.data)
    state = view.state if view.state is EntryState.RETRACTED else EntryState.RECEIVED
    return msgspec.structs.replace(
        view, data=own, state=state, findings=[], open_conflicts=0, open_queries=0, occurred_from=None,
        occurred_to=None, precision=precision_of(own), derived=derived_answers(own), duplicate_of=None,
    )


def _view_of_created(sender: Sender, upload: Upload, created: Created) -> EntryView:
    assert upload.kind  # noqa: S101 - it was stored
    return EntryView(
        upload.id, sender.participant_id, upload.kind, EntryState.RECEIVED, 1, created.seq, created.data,
        created.findings, 0, 0, False, sender.actor.account, sender.told_by,
        sender.source, sender.now, created.occurred_from, created.occurred_to,
        precision_of(created.data), derived_answers(created.data),
    )


async def revisions_of(participant_id: UUID, entry_id: UUID) -> list[RevisionView]:
    """Every write, accepted or conflicting, in order of arrival. Raises NotFound."""
    found = await EntryRevision.filter(entry_id=entry_id, entry__participant_id=participant_id).order_by("seq")
    if not found:
        raise NotFound
    return [
        RevisionView(
            r.id, r.version, r.state, r.base_version, r.data, r.sent, r.retracts, r.reason, r.resolves, r.findings,
            r.author_id, r.relation, r.source, r.originator_id, r.device_time, r.timezone, r.locale, r.clock_skew,
            r.app_version, r.protocol_hash, r.received_at,
        )
        for r in found
    ]


