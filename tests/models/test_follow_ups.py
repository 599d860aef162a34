"""A fracture's card comes back on the protocol's days until the family says it healed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from models import DiaryEntry
from models.fields import new_id
from models.follow_ups import open_cards
from models.protocol import load_protocol
from models.vocabulary import EntryState

RULE = load_protocol().file.follow_up
STOCKHOLM = ZoneInfo("Europe/Stockholm")
BROKE = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)
"""Past midnight in Stockholm: the 2nd."""
DAY = date(2026, 10, 2)


def entry(kind="fracture", at=BROKE, state=EntryState.RECEIVED, parent: UUID | None = None, **data) -> DiaryEntry:
    return DiaryEntry(id=new_id(), kind=kind, state=state, data=data, parent_id=parent, occurred_to=at, received_at=at)


def after(days: int, entries: list[DiaryEntry]) -> list[tuple[int, date, str | None]]:
    cards = open_cards(RULE, entries, STOCKHOLM, DAY + timedelta(days=days))
    return [(card.day, card.due_on, card.last_healed) for card in cards]


@pytest.mark.parametrize(("days", "card"), [(0, None), (6, None), (7, 7), (20, 7), (21, 21), (41, 21), (42, 42),
                                            (400, 42)])
def test_card_comes_back_and_the_last_one_that_is_due_stands_for_all(days, card):
    found = after(days, [entry()])

    assert found == ([(card, DAY + timedelta(days=card), None)] if card else [])


def told(fracture: DiaryEntry, days: int, healed: str | None, **more) -> DiaryEntry:
    data = {"healed": healed} if healed else {"pain": 3}
    return entry("follow_up", BROKE + timedelta(days=days), parent=fracture.id, **data, **more)


def test_answer_puts_the_card_away_until_the_next_day_of_asking():
    fracture = entry()
    entries = [fracture, told(fracture, 8, "not_yet")]

    assert after(9, entries) == after(20, entries) == []
    assert after(21, entries) == [(21, DAY + timedelta(days=21), "not_yet")]


@pytest.mark.parametrize("healed", RULE.closed_by)
def test_card_is_closed_once_it_healed(healed):
    fracture = entry()

    assert after(42, [fracture, told(fracture, 3, healed)]) == []


def test_broken_again_after_it_healed_is_asked_about_again():
    fracture = entry()
    entries = [fracture, told(fracture, 25, "re_broken"), told(fracture, 8, "using_as_before")]

    assert after(42, entries) == [(42, DAY + timedelta(days=42), "re_broken")]


def test_answer_about_something_else_leaves_the_card_open():
    fracture, other = entry(), entry()

    assert after(8, [fracture, told(fracture, 8, None)]) == [(7, DAY + timedelta(days=7), None)]
    assert len(after(8, [fracture, other, told(other, 8, "using_as_before")])) == 1


@pytest.mark.parametrize("state", [EntryState.RETRACTED, EntryState.REJECTED, EntryState.DUPLICATE])
def test_fracture_or_answer_that_is_told_no_longer_does_not_count(state):
    fracture = entry()

    assert after(8, [entry(state=state)]) == []
    assert len(after(8, [fracture, told(fracture, 7, "using_as_before", state=state)])) == 1


def test_study_that_asks_nothing_later_has_no_cards():
    assert open_cards(None, [entry()], STOCKHOLM, DAY + timedelta(days=7)) == []


def test_longest_due_comes_first():
    older, newer = entry(), entry(at=BROKE + timedelta(days=2))

    found = open_cards(RULE, [newer, older], STOCKHOLM, DAY + timedelta(days=10))

    assert [card.fracture_id for card in found] == [older.id, newer.id]
