"""Counting fractures: what no order, link or retraction of reports may change; by more than one study's rules."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.fractures.counting import Judgement, NotCounted, Told, count_fractures
from models.fractures.places import Place
from models.protocol import CaseDefinition, CountingRule
from models.vocabulary import AdjudicationStatus as S
from models.vocabulary import Detection, EntryState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
READERS = [UUID(int=9001), UUID(int=9002)]
TRIAL = CountingRule(paired_bones="one_if_same_pattern", ribs="per_rib")
OTHER = CountingRule(paired_bones="always_one", ribs="per_side_per_episode")
FAMILY = CaseDefinition("FAMILY", "As told", family_reports=True)
X_RAY = CaseDefinition("X-RAY", "On films", statuses=[S.CONFIRMED_RADIOGRAPHIC])
ALL = CaseDefinition("ALL", "Everything", family_reports=True, statuses=[S.CONFIRMED_RADIOGRAPHIC, S.PROBABLE],
                     screening=True)
LONG = CaseDefinition("LONG", "Long bones", family_reports=True, only_bones=["femur", "radius", "ulna", "tibia"])

places = st.sampled_from([
    Place(bone, side, segment, level, count)
    for bone, level in (("femur", "unknown"), ("radius", "unknown"), ("ulna", "unknown"), ("rib", "unknown"),
                        ("vertebra", "L1"), ("vertebra", "unknown"), ("finger", "unknown"), ("unknown", "unknown"))
    for side in ("left", "right", "unknown") for segment in ("shaft", "unknown") for count in (1, 3)
])
definitions = st.sampled_from([FAMILY, X_RAY, ALL, LONG])
rules = st.sampled_from([
    CountingRule(paired, ribs) for paired in ("one_if_same_pattern", "always_two", "always_one")
    for ribs in ("per_rib", "per_side_per_episode")
])


def linked(reports: Iterable[Told], one: UUID, to: UUID) -> list[Told]:
    """As they would stand after linking one report to another: its own followers come along, no chain arises."""
    by_id = {report.id: report for report in reports}
    head = by_id[to].linked_to or to
    if head == one:
        return list(by_id.values())
    return [replace(r, linked_to=head) if one in (r.id, r.linked_to) else r for r in by_id.values()]


@st.composite
def diaries(draw):
    """Reports, some linked as staff would have, some taken back, and what readers signed about them."""
    reports = [
        Told(UUID(int=n + 1), draw(st.integers(1, 2)), draw(st.sampled_from(
            [EntryState.RECEIVED, EntryState.VALIDATED, EntryState.RETRACTED, EntryState.REJECTED])),
             NOON + timedelta(hours=draw(st.integers(0, 3))), tuple(draw(st.lists(places, min_size=1, max_size=3))))
        for n in range(draw(st.integers(1, 5)))
    ]
    for _ in range(draw(st.integers(0, 3))):
        reports = linked(reports, draw(st.sampled_from(reports)).id, draw(st.sampled_from(reports)).id)
    judgements = [
        Judgement(report.id, draw(st.integers(1, 2)), draw(st.integers(0, len(report.places))),
                  draw(st.sampled_from(READERS)), seq, draw(st.sampled_from(list(S))), draw(places),
                  draw(st.sampled_from(list(Detection))), draw(st.sampled_from([None, "22r-D/5.1", "22u-D/5.2"])))
        for seq, report in enumerate(draw(st.lists(st.sampled_from(reports), max_size=6)))
    ]
    return reports, judgements


def figures(count):
    return len(count.episodes), count.units


@settings(max_examples=1000, deadline=None)
@given(diaries(), definitions, rules, st.randoms())
def test_order_in_which_things_are_read_changes_nothing(diary, definition, rule, dice):
    reports, judgements = diary
    first = count_fractures(reports, judgements, definition, rule)

    dice.shuffle(reports)
    dice.shuffle(judgements)

    assert count_fractures(reports, judgements, definition, rule) == first


@settings(max_examples=1000, deadline=None)
@given(diaries(), definitions, rules)
def test_there_are_never_fewer_units_than_episodes_and_each_stands_once(diary, definition, rule):
    reports, judgements = diary
    count = count_fractures(reports, judgements, definition, rule)

    assert count.units >= len(count.episodes)
    assert len({episode.entry_id for episode in count.episodes}) == len(count.episodes)
    for episode in count.episodes:
        assert episode.units
        names = [replace(unit, sites=()) for unit in episode.units]
        assert len(set(names)) == len(names)
        by_site = {}
        for unit in episode.units:
            for site in unit.sites:
                by_site.setdefault(site, set()).add((unit.bone, unit.side, unit.segment, unit.level))
        if rule.paired_bones == "always_two":
            assert all(len(kinds) == 1 for kinds in by_site.values())


@settings(max_examples=1000, deadline=None)
@given(diaries(), definitions, rules)
def test_every_report_and_place_counts_or_says_why_not(diary, definition, rule):
    reports, judgements = diary
    count = count_fractures(reports, judgements, definition, rule)
    whole = {e.entry_id for e in count.excluded if e.site_index is None}
    counted = {(episode.entry_id, site) for episode in count.episodes for unit in episode.units for site in unit.sites}
    excluded = {(e.entry_id, e.site_index) for e in count.excluded if e.site_index is not None}

    assert not counted & excluded
    for report in reports:
        told = {(report.id, index) for index in range(len(report.places))}
        assert report.id in whole or told <= counted | excluded


@settings(max_examples=1000, deadline=None)
@given(diaries(), definitions, rules, st.data())
def test_taking_a_report_back_never_lowers_what_others_count(diary, definition, rule, data):
    reports, judgements = diary
    gone = data.draw(st.sampled_from(reports))
    group = gone.linked_to or gone.id
    after = [replace(r, state=EntryState.RETRACTED) if r is gone else r for r in reports]

    def of_others(reports):
        own = {r.id for r in reports if (r.linked_to or r.id) == group}
        count = count_fractures(reports, judgements, definition, rule)
        return [episode for episode in count.episodes if episode.entry_id not in own]

    assert of_others(after) == of_others(reports)


@settings(max_examples=1000, deadline=None)
@given(diaries(), definitions, rules, st.data())
def test_linking_never_raises_a_figure_and_never_makes_a_chain(diary, definition, rule, data):
    reports, judgements = diary
    one = data.draw(st.sampled_from([report for report in reports if report.linked_to is None]))
    to = data.draw(st.sampled_from(reports))
    head = next(report for report in reports if report.id == (to.linked_to or to.id))
    assume(head.state not in (EntryState.RETRACTED, EntryState.REJECTED))
    after = linked(reports, one.id, to.id)

    episodes, units = figures(count_fractures(after, judgements, definition, rule))
    episodes_before, units_before = figures(count_fractures(reports, judgements, definition, rule))
    assert episodes <= episodes_before
    assert units <= units_before
    heads = {r.linked_to for r in after if r.linked_to}
    assert not [r for r in after if r.id in heads and r.linked_to]


def told(*places, **more):
    return Told(more.pop("id", UUID(int=1)), 1, more.pop("state", EntryState.VALIDATED), NOON, places, **more)


def judged(site, status, place, **more):
    return Judgement(more.pop("entry", UUID(int=1)), more.pop("version", 1), site, more.pop("reader", READERS[0]),
                     more.pop("seq", 1), status, place, **more)


RADIUS, ULNA = Place("radius", "left", "shaft"), Place("ulna", "left", "shaft")


@pytest.mark.parametrize(("codes", "rule", "units"), [
    (("22r-D/5.1", "22u-D/5.2"), TRIAL, 1), (("22r-D/5.1", "22u-D/1.1"), TRIAL, 2), ((None, None), TRIAL, 2),
    (("22r-D/5.1", "22u-D/1.1"), OTHER, 1), ((None, None), OTHER, 1),
    (("22r-D/5.1", "22u-D/5.2"), CountingRule("always_two", "per_rib"), 2),
])
def test_paired_bones_count_by_their_patterns_as_the_protocol_says(codes, rule, units):
    films = [judged(n, S.CONFIRMED_RADIOGRAPHIC, place, ao_code=code, seq=n)
             for n, (place, code) in enumerate(zip((RADIUS, ULNA), codes, strict=True))]

    assert count_fractures([told(RADIUS, ULNA)], films, X_RAY, rule).units == units


def test_ribs_count_as_the_protocol_says():
    report = told(Place("rib", "left", count=3), Place("rib", "right"), Place("rib", "left"))

    assert count_fractures([report], [], FAMILY, TRIAL).units == 4
    assert count_fractures([report], [], FAMILY, OTHER).units == 2


def test_osteotomy_and_what_is_no_fracture_never_count():
    greedy = CaseDefinition("G", "Greedy", family_reports=True, statuses=list(S), screening=True)
    for status in (S.IATROGENIC_OSTEOTOMY, S.NOT_FRACTURE):
        count = count_fractures([told(RADIUS)], [judged(0, status, RADIUS)], greedy, TRIAL)
        assert figures(count) == (0, 0), status


def test_vertebra_of_a_screening_film_counts_only_where_the_definition_says_so():
    vertebra = Place("vertebra", level="L1")
    film = judged(1, S.CONFIRMED_RADIOGRAPHIC, vertebra, detection=Detection.SCREENING)
    count = count_fractures([told(RADIUS)], [film], X_RAY, TRIAL)

    assert [e.why for e in count.excluded] == [NotCounted.NOT_ADJUDICATED, NotCounted.SCREENING_ONLY]
    assert count_fractures([told(RADIUS)], [film], replace_screening(X_RAY), TRIAL).units == 1


def replace_screening(definition):
    return CaseDefinition(definition.id, definition.title, statuses=definition.statuses, screening=True)


def test_readers_who_differ_count_nothing_and_it_is_said():
    both = [judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS), judged(0, S.NOT_FRACTURE, RADIUS, reader=READERS[1], seq=2)]

    assert [e.why for e in count_fractures([told(RADIUS)], both, X_RAY, TRIAL).excluded] == [
        NotCounted.READERS_DISAGREE]
    assert figures(count_fractures([told(RADIUS)], both, FAMILY, TRIAL)) == (1, 1)


def test_readers_newest_word_counts():
    again = [judged(0, S.NOT_FRACTURE, RADIUS), judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS, seq=2)]

    assert figures(count_fractures([told(RADIUS)], again, X_RAY, TRIAL)) == (1, 1)


def test_judgement_of_an_earlier_version_counts_no_more_and_it_is_said():
    old = judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS, version=1)
    report = replace(told(RADIUS), version=2)

    assert [e.why for e in count_fractures([report], [old], X_RAY, TRIAL).excluded] == [
        NotCounted.JUDGED_BEFORE_CORRECTION]


def test_reader_places_it_anew_and_the_definition_looks_at_that_bone():
    long = CaseDefinition("LONG", "Long bones", statuses=[S.CONFIRMED_RADIOGRAPHIC], only_bones=["radius"])
    film = judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS)
    hand = judged(0, S.CONFIRMED_RADIOGRAPHIC, Place("hand", "left"))

    assert figures(count_fractures([told(Place("hand", "left"))], [film], long, TRIAL)) == (1, 1)
    assert [e.why for e in count_fractures([told(RADIUS)], [hand], long, TRIAL).excluded] == [
        NotCounted.BONE_NOT_COUNTED]


def test_event_is_not_lost_when_the_report_others_are_linked_to_is_taken_back():
    head = told(RADIUS, state=EntryState.RETRACTED)
    other = told(RADIUS, id=UUID(int=2), state=EntryState.DUPLICATE, linked_to=head.id)

    count = count_fractures([head, other], [], FAMILY, TRIAL)

    assert [episode.entry_id for episode in count.episodes] == [other.id]


def test_report_of_a_linked_group_that_readers_judged_is_the_one_that_counts():
    head, other = told(RADIUS), told(RADIUS, id=UUID(int=2), state=EntryState.DUPLICATE, linked_to=UUID(int=1))

    count = count_fractures([head, other], [judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS, entry=other.id)], X_RAY, TRIAL)

    assert [episode.entry_id for episode in count.episodes] == [other.id]


def test_status_that_the_definition_does_not_name_does_not_count():
    count = count_fractures([told(RADIUS)], [judged(0, S.PROBABLE, RADIUS)], X_RAY, TRIAL)

    assert [e.why for e in count.excluded] == [NotCounted.STATUS_NOT_COUNTED]


def test_bones_of_two_sides_are_never_one():
    assert count_fractures([told(RADIUS, replace(ULNA, side="right"))], [], FAMILY, OTHER).units == 2


def test_of_several_judged_reports_of_a_group_the_first_counts():
    head = told(RADIUS, id=UUID(int=2))
    earlier = replace(told(RADIUS, linked_to=head.id), received_at=NOON - timedelta(hours=1))
    films = [judged(0, S.CONFIRMED_RADIOGRAPHIC, RADIUS, entry=head.id), judged(0, S.NOT_FRACTURE, RADIUS, seq=2)]

    assert figures(count_fractures([head, earlier], films, X_RAY, TRIAL)) == (0, 0)
