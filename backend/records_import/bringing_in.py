"""A whole file goes in, or none of it: every row through the use case that people use, all in one transaction."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import Changes, record
from backend.diary.on_behalf import log_on_behalf
from backend.errors import FindingsRefused, Stale, StudyError
from backend.records_import.cells import Cells
from backend.records_import.faults import Faults
from backend.records_import.participants import bring_in_participant, participant_row
from backend.records_import.rows import DoseRow, FractureRow, VisitRow, dose_row, fracture_row, visit_row
from backend.records_import.table import Row, Table, read_table
from backend.records_import.templates import RecordKind, kind_of
from backend.visits.doses import note_dose
from backend.visits.from_records import note_visit_from_records
from backend.wiring import Wiring
from models import DiaryEntry, Dose, Study
from models.actions import Action
from models.protocol import Protocol
from models.transaction import atomic
from models.vocabulary import EntrySource

NAMESPACE = UUID("0f6c3b52-8d7e-5a41-b0c9-6e1d2a7f9b34")
"""Of imported entries. Never changes, nor does the secret key: the same row of the same file is the same entry."""
Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What a file did, or would do."""

    kind: RecordKind
    rows: int
    new: int = 0
    unchanged: int = 0
    faults: Faults = field(default_factory=Faults)


class _TakenBack(Exception):
    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


@dataclass(frozen=True)
class Import:
    """One file on its way in, with what holds for all of its rows."""

    actor: Actor
    wiring: Wiring
    now: datetime
    kind: RecordKind
    table: Table
    sha256: str

    @classmethod
    def of(cls, actor: Actor, wiring: Wiring, content: bytes, now: datetime) -> "Import":
        """Raises UnusableFile."""
        table = read_table(content)
        kind = kind_of(table.header, wiring.protocol)
        return cls(actor.acting(Action.RECORDS_IMPORT), wiring, now, kind, table, hashlib.sha256(content).hexdigest())

    @property
    def protocol(self) -> Protocol:
        return self.wiring.protocol


async def bring_in(wanted: Import, *, dry_run: bool = False, progress: Progress = lambda _done, _of: None) -> Report:
    """Nothing is stored when a single row is wrong, or on a dry run."""
    try:
        return await _in_one_transaction(wanted.actor, wanted, dry_run, progress)
    except _TakenBack as taken:
        return taken.report


@atomic
async def _in_one_transaction(actor: Actor, wanted: Import, dry_run: bool, progress: Progress) -> Report:
    report = Report(wanted.kind, len(wanted.table.rows))
    for done, row in enumerate(wanted.table.rows, 1):
        await _bring_in_row(wanted, row, report)
        progress(done, report.rows)
    if dry_run or report.faults.count:
        raise _TakenBack(report)
    if report.new:
        changes: Changes = {"kind": [None, wanted.kind], "rows": [None, report.new], "sha256": [None, wanted.sha256]}
        await record(actor, actor.action, await Study.get(id=1), wanted.now, changes=changes)
    return report


async def _bring_in_row(wanted: Import, row: Row, report: Report) -> None:
    cells = Cells(row, wanted.table.header, report.faults)
    try:
        is_new = await _BY_KIND[wanted.kind](wanted, cells)
    except StudyError as refusal:
        report.faults.add_refusal(row.number, refusal)
    else:
        if cells.are_usable:
            report.new += is_new
            report.unchanged += not is_new


async def _participant(wanted: Import, cells: Cells) -> bool:
    said = participant_row(cells)
    if said is None:
        return False
    return await bring_in_participant(wanted.actor, wanted.protocol, said, wanted.table.header, wanted.now)


async def _dose(wanted: Import, cells: Cells) -> bool:
    row = dose_row(cells)
    return row is not None and await _note_dose(wanted, row)


async def _note_dose(wanted: Import, row: DoseRow) -> bool:
    participant_id = await _id_of(wanted, row.code)
    known = await Dose.get_or_none(participant_id=participant_id, number=row.number)
    if known is None:
        actor = wanted.actor.acting(Action.DOSE_NOTE)
        await note_dose(actor, participant_id, row.number, row.noted, wanted.protocol, wanted.now)
        return True
    differing = [name for name in ("given_on", "route") if getattr(known, name) != getattr(row.noted, name)]
    _refuse_differing(differing)
    return False


async def _visit(wanted: Import, cells: Cells) -> bool:
    row: VisitRow | None = visit_row(cells)
    if row is None:
        return False
    participant_id = await _id_of(wanted, row.code)
    return await note_visit_from_records(wanted.actor, participant_id, row.recorded, wanted.protocol, wanted.now)


async def _fracture(wanted: Import, cells: Cells) -> bool:
    row = fracture_row(cells, wanted.table.header, wanted.protocol)
    return row is not None and await _log_fracture(wanted, row)


async def _log_fracture(wanted: Import, row: FractureRow) -> bool:
    participant_id = await _id_of(wanted, row.code)
    entry_id = await _id_of_fracture(wanted, participant_id, row)
    is_new = not await DiaryEntry.exists(id=entry_id)
    actor = wanted.actor.acting(Action.ENTRY_LOG_ON_BEHALF)
    try:
        await log_on_behalf(actor, participant_id, entry_id, row.told, wanted.protocol, wanted.now)
    except Stale:
        _refuse_differing(["reference"])
    return is_new


async def _id_of_fracture(wanted: Import, participant_id: UUID, row: FractureRow) -> UUID:
    """Nobody outside can work it out, and take the place of an entry before it is brought in.

    What was brought in under an id that anybody could work out keeps it.
    """
    said = f"fracture:{row.code}:{row.reference}"
    former = uuid5(NAMESPACE, said)
    if await DiaryEntry.exists(id=former, participant_id=participant_id, source=EntrySource.CHART_REVIEW):
        return former
    return uuid5(NAMESPACE, wanted.wiring.seal.keyed_hash(said))


async def _id_of(wanted: Import, code: str) -> UUID:
    """Of a participant within the sight of whoever imports. Raises FindingsRefused."""
    found = await scope.participants_of(wanted.actor).get_or_none(code=code)
    if found is None:
        raise FindingsRefused(findings=[{"code": "participant.unknown", "field": "participant"}])
    return found.id


def _refuse_differing(columns: list[str]) -> None:
    if columns:
        raise FindingsRefused(findings=[{"code": "row.differs", "field": column} for column in columns])


_BY_KIND: dict[RecordKind, Callable[[Import, Cells], Awaitable[bool]]] = {
    RecordKind.PARTICIPANTS: _participant, RecordKind.DOSES: _dose, RecordKind.VISITS: _visit,
    RecordKind.FRACTURES: _fracture,
}
