"""One row → what a use case takes (pure). None when a cell can't be used; the faults are noted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.diary.schemas import OnBehalf
from backend.records_import.cells import (
    Cells,
    Reader,
    day,
    each,
    one_of,
    participant_code,
    reference,
    several,
    text,
    whole_number,
    yes_or_no,
)
from backend.records_import.faults import CellFault
from backend.visits.from_records import RecordedVisit
from backend.visits.schemas import DoseNote
from models.protocol import Field, Protocol
from models.vocabulary import DoseRoute, EntryKind

NOT_ASKED = ("participant", "reference", "confirmed")


@dataclass(frozen=True)
class DoseRow:
    code: str
    number: int
    noted: DoseNote


@dataclass(frozen=True)
class VisitRow:
    code: str
    recorded: RecordedVisit


@dataclass(frozen=True)
class FractureRow:
    code: str
    reference: str
    told: OnBehalf


def dose_row(cells: Cells) -> DoseRow | None:
    code, number = cells.need("participant", participant_code), cells.need("number", whole_number)
    given_on, route = cells.need("given_on", day), cells.read("route", one_of(DoseRoute))
    if not cells.are_usable or code is None or number is None or given_on is None:
        return None
    return DoseRow(code, number, DoseNote(given_on, route))


def visit_row(cells: Cells) -> VisitRow | None:
    code, plan_code = cells.need("participant", participant_code), cells.need("plan_code", text)
    recorded = RecordedVisit(plan_code or "", cells.read("target_on", day), cells.read("attended_on", day))
    return VisitRow(code, recorded) if cells.are_usable and code else None


def fracture_row(cells: Cells, header: list[str], protocol: Protocol) -> FractureRow | None:
    code, number = cells.need("participant", participant_code), cells.need("reference", reference)
    form = protocol.form(EntryKind.FRACTURE)
    answers: dict[str, Any] = {
        name: cells.read(name, _answer(form.field[name])) for name in header if name not in NOT_ASKED
    }
    confirmed = cells.read("confirmed", several) or []
    if not cells.are_usable or code is None or number is None:
        return None
    data = {name: answer for name, answer in answers.items() if answer is not None}
    return FractureRow(code, number, OnBehalf(EntryKind.FRACTURE, data, "chart_review", confirmed=confirmed))


def _answer(question: Field) -> Reader[Any]:
    """How a cell says the answer to a question of the form; dates and texts go as they are."""
    readers: dict[str, Callable[[], Reader[Any]]] = {
        "code": lambda: _listed(question.codes), "codes": lambda: each(_listed(question.codes)),
        "integer": lambda: whole_number, "boolean": lambda: yes_or_no, "list": lambda: each(_part(question)),
    }
    return readers.get(question.type, lambda: text)()


def _listed(codes: list[str]) -> Reader[str]:
    def read(cell: str) -> str:
        if cell not in codes:
            raise CellFault(f"is not one of {', '.join(codes)}")
        return cell

    return read


def _part(question: Field) -> Reader[dict[str, Any]]:
    """`femur:left:shaft`: the item's own questions in their order, the later ones may be left out."""

    def read(cell: str) -> dict[str, Any]:
        said = [piece.strip() for piece in cell.split(":")]
        if len(said) > len(question.item):
            raise CellFault(f"has more than {':'.join(question.item)} in {cell[:40]}")
        pairs = zip(question.item.items(), said, strict=False)
        return {name: _answer(inner)(piece) for (name, inner), piece in pairs if piece}

    return read
