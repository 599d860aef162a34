"""What each state of a participant does: the one table that reminders, collection, forwarding, visits and words
follow, and which state may follow which."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.participant import Participant
from models.vocabulary import NoticeKind, ParticipantState, StatusReason

S, R = ParticipantState, StatusReason


class Words(StrEnum):
    """How the app speaks about a participant."""

    USUAL = "usual"
    QUIET = "quiet"
    """Nothing celebrates, nothing asks for the week."""


@dataclass(frozen=True)
class Effect:
    """What one state does."""

    told: frozenset[NoticeKind] = frozenset()
    """Of what people are still reminded."""
    collects: bool = True
    """Whether new entries may be stored, as far as the state decides."""
    forwards: bool = True
    """Whether anything about the participant may leave for the study team."""
    has_visits: bool = True
    """Whether visits are planned; where not, those to come are cancelled."""
    misses_visits: bool = False
    """Whether a visit that passes its window is called missed."""
    words: Words = Words.QUIET


EFFECTS: dict[ParticipantState, Effect] = {
    S.ACTIVE: Effect(told=frozenset(NoticeKind), misses_visits=True, words=Words.USUAL),
    S.PAUSED: Effect(told=frozenset({NoticeKind.QUERY_WAITING, NoticeKind.CONSENT_WAITING}), words=Words.USUAL),
    S.IN_HOSPITAL: Effect(),
    S.WITHDRAWN: Effect(collects=False, forwards=False, has_visits=False),
    S.DIED: Effect(has_visits=False),
    S.PREGNANCY_LOST: Effect(has_visits=False),
}
"""`transferred` stands in the history only and does nothing by itself."""

FOLLOWERS: dict[ParticipantState, frozenset[ParticipantState]] = {
    S.ACTIVE: frozenset({S.PAUSED, S.IN_HOSPITAL, S.WITHDRAWN, S.DIED, S.PREGNANCY_LOST}),
    S.PAUSED: frozenset({S.ACTIVE, S.IN_HOSPITAL, S.WITHDRAWN, S.DIED, S.PREGNANCY_LOST}),
    S.IN_HOSPITAL: frozenset({S.ACTIVE, S.PAUSED, S.WITHDRAWN, S.DIED, S.PREGNANCY_LOST}),
    S.WITHDRAWN: frozenset({S.ACTIVE}),
    S.DIED: frozenset({S.ACTIVE, S.WITHDRAWN}),
    S.PREGNANCY_LOST: frozenset({S.ACTIVE, S.WITHDRAWN}),
}
"""State → states that may follow it. A family may also withdraw what was collected about a child who died."""

ENDINGS = frozenset({S.WITHDRAWN, S.DIED, S.PREGNANCY_LOST})
"""Only a mistake leads back from these: to `active`, with the reason `entered_in_error`."""

REASONS: dict[ParticipantState, frozenset[StatusReason]] = {
    S.ACTIVE: frozenset({R.OVER, R.FAMILY_WISH, R.CHILD_WISH, R.MEDICAL, R.ENTERED_IN_ERROR, R.OTHER}),
    S.PAUSED: frozenset({R.FAMILY_WISH, R.CHILD_WISH, R.HOLIDAY, R.MEDICAL, R.PLANNED_SURGERY, R.MOVED, R.OTHER}),
    S.IN_HOSPITAL: frozenset({R.MEDICAL, R.PLANNED_SURGERY, R.OTHER}),
    S.WITHDRAWN: frozenset({R.FAMILY_WISH, R.CHILD_WISH, R.CONSENT_WITHDRAWN, R.MEDICAL, R.MOVED, R.OTHER}),
    S.DIED: frozenset({R.DEATH}),
    S.PREGNANCY_LOST: frozenset({R.PREGNANCY_LOSS}),
    S.TRANSFERRED: frozenset({R.MOVED, R.FAMILY_WISH, R.MEDICAL, R.ENTERED_IN_ERROR, R.OTHER}),
}
"""State → the reasons that fit it."""


def effect_of(state: ParticipantState) -> Effect:
    return EFFECTS[state]


def states_that_tell(kind: NoticeKind) -> list[ParticipantState]:
    """In which states of a participant people are told of this."""
    return [state for state, effect in EFFECTS.items() if kind in effect.told]


def words_for(state: ParticipantState, *, lost_a_child: bool = False) -> Words:
    """A woman whose pregnancy was lost or whose child died goes on in her own right, and is spoken to quietly."""
    return Words.QUIET if lost_a_child else EFFECTS[state].words


async def who_lost_a_child(participant_ids: Collection[UUID]) -> set[UUID]:
    """Those of them, women of the prenatal arm, whose pregnancy was lost or whose child died."""
    lost = Participant.filter(woman_id__in=list(participant_ids), state__in=[S.DIED, S.PREGNANCY_LOST])
    return set(await lost.values_list("woman_id", flat=True)) if participant_ids else set()  # type: ignore[arg-type]
