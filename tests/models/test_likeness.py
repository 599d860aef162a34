"""Which reports are suggested: the same whatever the order, never more than the rule says, for any study's days."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from models.fractures.likeness import MOST, Report, pair_of, suggestions
from models.fractures.place_index import Index, bone_of, whole_place_of
from models.fractures.places import UNKNOWN, Place, places_in
from models.protocol import DuplicateRule

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = st.builds(DuplicateRule, around_days=st.integers(0, 5), same_site_days=st.integers(0, 60))
PLACES = st.sampled_from([Place(bone, side, segment) for bone in ("femur", "tibia", "unknown")
                          for side in ("left", "right", "unknown") for segment in ("shaft", "unknown")])


@st.composite
def reports(draw):
    found = []
    for number in range(draw(st.integers(2, 6))):
        start = NOON + timedelta(days=draw(st.integers(-70, 0)))
        places = tuple(draw(st.lists(PLACES, min_size=1, max_size=2)))
        found.append(Report(
            UUID(int=number + 1), draw(st.integers(1, 3)), NOON + timedelta(hours=draw(st.integers(0, 9))), start,
            start + timedelta(days=draw(st.sampled_from([0, 1, 30]))), places, places[:draw(st.integers(0, 1))],
        ))
    return found


def may_be(told, also):
    return told == also or UNKNOWN in (told, also)


def may_be_same_bone(one, other):
    """The rule in its plainest words: what is not known may be anything."""
    return may_be(one.bone, other.bone) and may_be(one.side, other.side)


def is_same_place(one, other):
    """The same known bone, and nothing known that tells the two apart."""
    return one.bone == other.bone != UNKNOWN and all(
        may_be(getattr(one, part), getattr(other, part)) for part in ("side", "segment", "level"))


def named(pairs):
    return [(pair.first.id, pair.second.id, pair.kind) for pair in pairs]


@settings(max_examples=1000, deadline=None)
@given(reports(), RULES, st.randoms())
def test_order_in_which_reports_are_read_changes_nothing(diary, rule, dice):
    first = named(suggestions(diary, rule))
    dice.shuffle(diary)

    assert named(suggestions(diary, rule)) == first
    assert len({frozenset(pair[:2]) for pair in first}) == len(first)


@settings(max_examples=1000, deadline=None)
@given(reports(), RULES)
def test_pairs_fit_the_rule_and_a_wider_rule_asks_no_less(diary, rule):
    found = suggestions(diary, rule)
    for pair in found:
        apart = max(pair.first.earliest - pair.second.latest, pair.second.earliest - pair.first.latest)
        if pair.kind == "same_event":
            assert apart <= timedelta(days=rule.around_days)
            assert any(may_be_same_bone(a, b) for a in pair.first.places for b in pair.second.places)
        else:
            unhealed = pair.first.not_healed or pair.second.not_healed
            assert apart <= timedelta(days=rule.same_site_days) or unhealed

    wider = DuplicateRule(rule.around_days + 1, rule.same_site_days + 1)
    assert {pair_of(p.first, p.second) for p in found} <= {
        pair_of(p.first, p.second) for p in suggestions(diary, wider)}


@settings(max_examples=1000, deadline=None)
@given(reports(), RULES)
def test_about_some_reports_is_what_stands_about_them_in_the_whole(diary, rule):
    about = {diary[0].id}

    assert named(suggestions(diary, rule, about=about)) == [
        pair for pair in named(suggestions(diary, rule)) if diary[0].id in pair[:2]]
    told_apart = {pair_of(p.first, p.second) for p in suggestions(diary, rule)}
    assert suggestions(diary, rule, told_apart=told_apart) == []


def test_odd_answers_are_read_calmly():
    assert places_in({"sites": "femur"}) == (Place(),)
    assert places_in({"sites": [None, {"bone": 7, "count": True}, {"bone": "rib", "count": 99}]}) == (
        Place(), Place(), Place("rib"))
    assert places_in({"sites": [{"bone": "rib", "count": 3}]}) == (Place("rib", count=3),)


@settings(max_examples=500, deadline=None)
@given(reports(), PLACES)
def test_index_finds_what_the_plain_rule_says(diary, place):
    for parts_of, rule in ((bone_of, may_be_same_bone), (whole_place_of, is_same_place)):
        found = {report.id for report in Index(diary, parts_of).fitting([place])}
        assert found == {report.id for report in diary if any(rule(place, told) for told in report.places)}


def test_diary_that_somebody_fills_is_compared_no_further_than_its_last_reports():
    """Each with each: of thousands nobody would live to see the end, and all the others would wait."""
    places = (Place("femur"),)
    diary = [Report(UUID(int=n + 1), 1, NOON + timedelta(minutes=n), None, None, places, places)
             for n in range(MOST + 1)]

    pairs = suggestions(diary, DuplicateRule(around_days=3, same_site_days=21))
    asked = {one.id for pair in pairs for one in (pair.first, pair.second)}

    assert asked == {report.id for report in diary[1:]}
