"""Days that are nobody's to attest: before the diary was opened, in a pause or hospital, after an ending (pure).

The day on which a pause or hospital stay begins belongs to it, the day on which it ends does not; the day of an
ending still belongs to what was before.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models.coverage.days import DAY, NONE, Days, Span, common, united, without
from models.participation import ENDINGS
from models.vocabulary import ParticipantState, StatusReason


class CutReason(StrEnum):
    BEFORE_ACTIVATION = "before_activation"
    PAUSED = "paused"
    IN_HOSPITAL = "in_hospital"
    WITHDRAWN = "withdrawn"
    DIED = "died"
    PREGNANCY_LOST = "pregnancy_lost"
    NOT_YET = "not_yet"
    """After the day on which the ledger is read."""


class CutOut(NamedTuple):
    span: Span
    reason: CutReason


class Change(NamedTuple):
    """One line of a participant's history, in the order in which it was written."""

    state: ParticipantState
    effective_on: date
    reason: StatusReason


REASONS_OF_TIME = {state: CutReason(state.value) for state in ParticipantState if state.value in set(CutReason)}


def cut_outs(window: Span, activated_on: date | None, today: date, history: Sequence[Change]) -> list[CutOut]:
    """In order of time, without overlap; nobody who was never activated has any day left."""
    first = activated_on or date.max
    before = CutOut(Span(window.first, first - DAY), CutReason.BEFORE_ACTIVATION)
    after = CutOut(Span(today + DAY, window.last), CutReason.NOT_YET)
    return _apart([before, after, *_stays(history)], window)


def _stays(history: Sequence[Change]) -> list[CutOut]:
    states = states_over_time(history)
    ends = [since for since, _ in states[1:]] + [date.max]
    return [
        CutOut(Span(since, end - DAY), REASONS_OF_TIME[state])
        for (since, state), end in zip(states, ends, strict=True) if state in REASONS_OF_TIME
    ]


def states_over_time(history: Sequence[Change]) -> list[tuple[date, ParticipantState]]:
    """Since when which state held, as it is known now: a later line overrules what earlier ones said of its days.

    "It was a mistake" takes the state before it back altogether.
    """
    states = [(date.min, ParticipantState.ACTIVE)]
    for change in history:
        if change.state is ParticipantState.TRANSFERRED:
            continue
        since = change.effective_on + DAY if change.state in ENDINGS else change.effective_on
        if change.reason is StatusReason.ENTERED_IN_ERROR:
            since = min(since, states[-1][0])
        kept = [known for known in states if known[0] < since]
        states = [*kept, (since, change.state)]
    return states


def _apart(wanted: list[CutOut], window: Span) -> list[CutOut]:
    """Each day with the first reason that is named for it."""
    found: list[CutOut] = []
    taken: Days = NONE
    for cut in wanted:
        span = Span(max(cut.span.first, window.first), min(cut.span.last, window.last))
        if span.first > span.last:
            continue
        found += [CutOut(piece, cut.reason) for piece in without(common((window,), (span,)), taken)]
        taken = united([*taken, span])
    return sorted(found)
