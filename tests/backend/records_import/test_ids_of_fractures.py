"""Nobody can work out the id of a fracture before it is brought in, and take its place."""

from uuid import UUID, uuid5

import pytest

from backend.records_import.bringing_in import NAMESPACE
from models import DiaryEntry
from models.vocabulary import EntrySource
from tests.backend.records_import.conftest import told

FILE = "participant,reference,occurred,sites\nSE01-001,chart-1,2020-11,femur:left\n"


@pytest.fixture
def guessed() -> UUID:
    """From what is published and what a guardian knows of the chart."""
    return uuid5(NAMESPACE, "fracture:SE01-001:chart-1")


async def test_guardian_who_takes_the_place_of_a_guessed_id_keeps_nothing_out(bring, phone_of, guessed):
    phone = phone_of("mia")
    (taken,) = await phone.push(phone.item(id=str(guessed)))
    assert taken["status"] == "applied"

    report, again = await bring(FILE), await bring(FILE)

    assert (report.new, told(report)) == (1, [])
    assert (again.unchanged, told(again)) == (1, [])
    sources = await DiaryEntry.all().values_list("source", flat=True)
    assert sorted(sources) == [EntrySource.APP, EntrySource.CHART_REVIEW]


async def test_another_installation_has_other_ids(bring, guessed):
    await bring(FILE)

    (entry,) = await DiaryEntry.all()
    assert entry.id != guessed


async def test_what_was_brought_in_under_a_former_id_is_unchanged(bring, study, guessed, monkeypatch):
    monkeypatch.setattr(type(study.seal), "keyed_hash", lambda _seal, said: said)  # as it was before
    await bring(FILE)
    monkeypatch.undo()
    assert (await DiaryEntry.get()).id == guessed

    again = await bring(FILE)

    assert (again.new, again.unchanged, told(again)) == (0, 1, [])
