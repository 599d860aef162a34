"""One participant's facts over a window: the ledger, its contradictions, its check-ins, and events per person-time."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from backend.coverage.claims import Claim
from backend.coverage.facts import Facts
from backend.coverage.schemas import CheckIns, Denominator, PersonTime
from models.coverage.cuts import CutOut, cut_outs
from models.coverage.days import DAY, Days, Span, count, united, without
from models.coverage.events import Contradiction, Place, contradictions, place_of
from models.coverage.ledger import TIMELY, Attestation, Ledger, attestations_of, ledger
from models.protocol import Protocol, last_days, rhythm_at
from models.vocabulary import Lateness

LONGEST_PERIOD = timedelta(days=366)
"""No rhythm of a protocol is slower."""


@dataclass(frozen=True)
class Time:
    """What a participant's diary comes to in a window."""

    facts: Facts
    protocol: Protocol
    window: Span

    @cached_property
    def attestations(self) -> list[tuple[Claim, Attestation]]:
        """Of the window, in order of time, whatever the order in which they came."""
        rule, recall_days = self.protocol.file.lateness, self.protocol.file.check_in.recall_days
        found = [
            (claim, one) for claim in self.facts.diary.claims if claim.telling.span.meets(self.window)
            for one in attestations_of(claim.telling, rule, recall_days) if one.span.meets(self.window)
        ]
        return sorted(found, key=lambda pair: (pair[1].span, pair[1].entry_id, pair[0].told_at))

    @cached_property
    def cuts(self) -> list[CutOut]:
        facts = self.facts
        return cut_outs(self.window, facts.activated_on, facts.today, facts.history)

    @cached_property
    def usable(self) -> Days:
        """The days that are somebody's to attest."""
        return without((self.window,), united(cut.span for cut in self.cuts))

    @cached_property
    def ledger(self) -> Ledger:
        return ledger(self.window, self.cuts, [one for _, one in self.attestations])

    @cached_property
    def contradictions(self) -> list[Contradiction]:
        zeros = [zero for zero in self.facts.diary.zeros if zero.span.meets(self.window)]
        return contradictions([e for e in self.facts.diary.events if e.span.meets(self.window)], zeros)

    def person_times(self) -> list[PersonTime]:
        kept = self.ledger
        return [
            self._person_time("calendar", kept.usable), self._person_time("covered", kept.days_of(Lateness)),
            self._person_time("timely", kept.days_of(TIMELY)),
        ]

    def _person_time(self, denominator: Denominator, days: Days) -> PersonTime:
        places = [place_of(event.span, days) for event in self.facts.diary.events if event.span.meets(self.window)]
        return PersonTime(denominator, count(days), places.count(Place.INSIDE), places.count(Place.PARTLY))

    def check_ins(self) -> CheckIns:
        rule, facts, expected = self.protocol.file.check_in, self.facts, self.expected
        days = [day for day, _ in expected]
        answered: set[date] = set()
        for one in facts.diary.answers:
            if one.by_family:
                oldest = max(one.asked.first, one.told_on - LONGEST_PERIOD)
                chosen = expected[bisect_left(days, oldest):bisect_right(days, one.asked.last)]
                answered.update(day for day, every_days in chosen if one.told_on <= day + timedelta(days=every_days))
        return CheckIns(
            rhythm_at(rule, min(self.window.last, facts.today), facts.anchors), len(days), len(answered),
            len(answered) / len(days) if days else None,
        )

    @cached_property
    def expected(self) -> list[tuple[date, int]]:
        """The periods that ended on a usable day before today, each with its length; none where nobody is asked."""
        if not self.facts.is_asked:
            return []
        yesterday, rule = self.facts.today - DAY, self.protocol.file.check_in
        return [period for span in self.usable
                for period in last_days(rule, span.first, min(span.last, yesterday), self.facts.anchors)]
