"""What each state does, pinned: a change here changes what a family hears on its worst day."""

from models.participation import EFFECTS, ENDINGS, FOLLOWERS, REASONS, Words, words_for
from models.vocabulary import NoticeKind, ParticipantState

S = ParticipantState
KINDS = ("check_in_due", "visit_ahead", "visit_changed", "follow_up_due", "digest", "query_waiting", "consent_waiting",
         "consent_expiring")
TABLE = """
state | check-in | visit | changed | card | digest | query | consent | ending | takes | sends | visits | missed | words
active         | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | usual
paused         | no  | no  | no  | no  | no  | yes | yes | no  | yes | yes | yes | no  | usual
in_hospital    | no  | no  | no  | no  | no  | no  | no  | no  | yes | yes | yes | no  | quiet
withdrawn      | no  | no  | no  | no  | no  | no  | no  | no  | no  | no  | no  | no  | quiet
died           | no  | no  | no  | no  | no  | no  | no  | no  | yes | yes | no  | no  | quiet
pregnancy_lost | no  | no  | no  | no  | no  | no  | no  | no  | yes | yes | no  | no  | quiet
"""


def test_what_each_state_does_is_this() -> None:
    lines = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[1:]]

    found = []
    for state, effect in EFFECTS.items():
        answers = [*(NoticeKind(kind) in effect.told for kind in KINDS), effect.collects, effect.forwards,
                   effect.has_visits, effect.misses_visits]
        found.append([state, *("yes" if answer else "no" for answer in answers), effect.words])
    assert found == lines
    assert set(KINDS) == set(NoticeKind), "a new kind of notice needs a column"


def test_every_state_but_transferred_has_its_line_its_followers_and_its_reasons() -> None:
    lasting = set(ParticipantState) - {S.TRANSFERRED}

    assert set(EFFECTS) == set(FOLLOWERS) == lasting
    assert set(REASONS) == set(ParticipantState)
    assert all(REASONS.values())


def test_which_state_may_follow_which_is_this() -> None:
    going_on = {S.ACTIVE, S.PAUSED, S.IN_HOSPITAL}

    for state in going_on:
        assert FOLLOWERS[state] == set(EFFECTS) - {state}
    assert {state: set(FOLLOWERS[state]) for state in ENDINGS} == {
        S.WITHDRAWN: {S.ACTIVE}, S.DIED: {S.ACTIVE, S.WITHDRAWN}, S.PREGNANCY_LOST: {S.ACTIVE, S.WITHDRAWN},
    }


def test_a_woman_who_lost_a_child_is_spoken_to_quietly_in_every_state() -> None:
    assert words_for(S.ACTIVE) is Words.USUAL
    assert {words_for(state, lost_a_child=True) for state in EFFECTS} == {Words.QUIET}
