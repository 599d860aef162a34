"""accept_batch: the phone after the tunnel. Every item succeeds or fails alone; nothing sent is ever lost."""

from collections.abc import Sequence
from typing import Any

from tortoise.exceptions import IntegrityError, OperationalError

from backend.access import scope
from backend.border.problems import as_problem, database_is_away
from backend.diary import quarantine
from backend.diary.fast_path import Created, NotPlain, create_entries
from backend.diary.safety_told import add_to_results
from backend.diary.schemas import ItemResult
from backend.diary.uploads import Sender, Upload, read_item
from backend.diary.write import Outcome, write_upload
from backend.errors import StudyError, TooManyAttempts, UnstorableItem
from backend.failpoints import reach
from models import DiaryEntry
from models.transaction import atomic
from models.vocabulary import EntryState

Item = dict[str, Any]


async def accept_batch(sender: Sender, items: Sequence[Item]) -> list[ItemResult]:
    """One result per item, in order. Every success lies after its durable commit."""
    results: list[ItemResult | None] = [None] * len(items)
    uploads: list[tuple[int, Upload]] = []
    for index, item in enumerate(items):
        try:
            uploads.append((index, read_item(item, sender.protocol)))
        except StudyError as refusal:
            results[index] = _rejected(item, refusal)
    reach("sync.before_write")
    for index, result in await _store(sender, uploads, items):
        results[index] = result
    reach("sync.after_commit")
    refused = [(item, r.error) for item, r in zip(items, results, strict=True) if r and r.error]
    answers = [result for result in results if result]
    if not refused:
        return answers
    try:
        await quarantine.keep(sender, refused)
    except TooManyAttempts as wait:
        return [_to_retry(answer, wait) if answer.error else answer for answer in answers]
    reach("quarantine.after_commit")
    return answers


def _to_retry(rejected: ItemResult, wait: TooManyAttempts) -> ItemResult:
    """What could be kept nowhere stays on the phone."""
    return ItemResult(rejected.id, rejected.client_seq, "retry", error=as_problem(wait))


async def _store(
    sender: Sender, uploads: list[tuple[int, Upload]], items: Sequence[Item]
) -> list[tuple[int, ItemResult]]:
    try:
        stored = await create_entries(sender, [upload for _, upload in uploads])
    except NotPlain:
        return await _store_plainly(sender, uploads, items)
    return [(index, _created(upload, stored[upload.id])) for index, upload in uploads]


async def _store_plainly(
    sender: Sender, uploads: list[tuple[int, Upload]], items: Sequence[Item]
) -> list[tuple[int, ItemResult]]:
    """All in one transaction; when one of them can't be stored, each in its own."""
    try:
        outcomes = await write_together(sender, [upload for _, upload in uploads])
        results = await _results(sender, [upload for _, upload in uploads], outcomes)
        return [(index, result) for (index, _), result in zip(uploads, results, strict=True)]
    except (StudyError, IntegrityError, OperationalError) as failure:
        if database_is_away(failure):
            raise
        return [(index, await _store_alone(sender, upload, items[index])) for index, upload in uploads]


async def _store_alone(sender: Sender, upload: Upload, item: Item) -> ItemResult:
    try:
        return (await _results(sender, [upload], await write_together(sender, [upload])))[0]
    except StudyError as refusal:
        return _rejected(item, refusal)
    except (IntegrityError, OperationalError) as failure:
        if database_is_away(failure):
            raise
        return _rejected(item, UnstorableItem())


@atomic
async def write_together(sender: Sender, uploads: Sequence[Upload]) -> list[Outcome]:
    """The plain form: all or none, under the participant's lock. Raises StudyError."""
    if not uploads:
        return []
    participant = await scope.locked_participant(sender.actor, sender.participant_id)
    outcomes = [await write_upload(sender, participant, upload) for upload in uploads]
    reach("sync.after_write_before_commit")
    return outcomes


def _created(upload: Upload, created: Created) -> ItemResult:
    return ItemResult(
        str(upload.id), upload.client_seq, "applied", 1, created.seq, findings=created.findings or None
    )


async def _results(sender: Sender, uploads: list[Upload], outcomes: list[Outcome]) -> list[ItemResult]:
    together = list(zip(uploads, outcomes, strict=True))
    results = [_result(sender, upload, outcome) for upload, outcome in together]
    await add_to_results(sender, [
        (outcome.entry.kind, upload, result) for (upload, outcome), result in zip(together, results, strict=True)])
    return results


def _result(sender: Sender, upload: Upload, outcome: Outcome) -> ItemResult:
    entry = outcome.entry
    told = outcome.status in ("merged", "conflict") and sender.may_see
    is_own = sender.may_see or entry.version == 1  # later versions hold what others wrote, and remarks on it
    return ItemResult(
        str(upload.id), upload.client_seq, outcome.status, entry.version, entry.seq, fields=outcome.fields,
        revision_id=outcome.revision_id, current=current_of(entry) if told else None,
        findings=entry.findings or None if outcome.status == "applied" and is_own else None,
    )


def current_of(entry: DiaryEntry) -> dict[str, Any]:
    return {"version": entry.version, "seq": entry.seq, "state": entry.state, "data": entry.data,
            "deleted": entry.state is EntryState.RETRACTED}


def _rejected(item: Item, refusal: StudyError) -> ItemResult:
    item_id, number = item.get("id"), item.get("client_seq")
    return ItemResult(
        item_id if isinstance(item_id, str) else "", number if type(number) is int else 0, "rejected",
        error=as_problem(refusal),
    )


