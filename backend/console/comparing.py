"""A fracture report beside others that may tell, or are said to tell, of the same. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.console.answers import shown
from backend.console.words import say
from backend.review.duplicates import Duplicates
from models import DiaryEntry
from models.protocol import Form
from models.vocabulary import EntryState, Likeness


@dataclass(frozen=True)
class Row:
    label: str
    here: list[str]
    there: list[str]

    @property
    def differs(self) -> bool:
        return self.here != self.there


@dataclass(frozen=True)
class Compared:
    """Another report, question by question beside this one."""

    id: UUID
    version: int
    state: EntryState
    relation: str
    received_at: datetime
    likeness: Likeness | None
    """Why it is suggested; None: it is linked."""
    is_head: bool
    """This report is linked to that one, and not the other way round."""
    rows: list[Row]
    words: list[str]
    """What people of the family said of the two."""


def compared(found: Duplicates, entry_id: UUID, form: Form) -> list[Compared]:
    """First those that are linked, then those that are suggested."""
    this = found.reports[entry_id]
    return [_beside(found, this, found.reports[other_id], likeness, form)
            for other_id, likeness in _others(found, this) if other_id in found.reports]


def _others(found: Duplicates, this: DiaryEntry) -> Iterator[tuple[UUID, Likeness | None]]:
    if this.duplicate_of_id:
        yield this.duplicate_of_id, None
    for follower in found.followers_of(this.id):
        yield follower.id, None
    for pair in found.about(this.id):
        yield pair.second.id if pair.first.id == this.id else pair.first.id, pair.kind


def _beside(
    found: Duplicates, this: DiaryEntry, other: DiaryEntry, likeness: Likeness | None, form: Form
) -> Compared:
    every = this.data.keys() | other.data.keys()
    names = [*(name for name in form.field if name in every), *sorted(every - form.field.keys())]
    last = {word.author_id: word for word in found.said_of(this.id, other.id) if not word.from_staff}
    return Compared(
        other.id, other.version, other.state, other.relation, other.received_at, likeness,
        this.duplicate_of_id == other.id,
        [Row(say("field", n), shown(form.field.get(n), this.data.get(n)), shown(form.field.get(n), other.data.get(n)))
         for n in names],
        [say("sameness", word.said) for word in last.values()],
    )
