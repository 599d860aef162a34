"""Reading attested time: of one participant over a window, and of all that somebody may look on."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from backend import audit
from backend.access.actor import Actor
from backend.access.scope import participant_for, participants_of
from backend.coverage.claims import Claim
from backend.coverage.facts import Facts, facts_of
from backend.coverage.person_time import Time
from backend.coverage.schemas import (
    AttestationView,
    ContradictionView,
    CoverageLine,
    CoverageView,
    CoveredSpan,
    CutOutView,
    DaySpan,
)
from backend.errors import InvalidParameter
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Participant
from models.coverage.days import Span, count
from models.coverage.ledger import FIRST_DAY, LAST_DAY, Attestation
from models.protocol import Protocol
from models.vocabulary import Lateness

ShortCode = Annotated[str, msgspec.Meta(max_length=20)]


async def coverage_of(
    actor: Actor, participant_id: UUID, wanted: tuple[date | None, date | None], protocol: Protocol, now: datetime
) -> CoverageView:
    """From the first to the last day wanted; without one from activation, and until today. Raises NotFound,
    InvalidParameter.
    """
    return view_of(await time_of(actor, participant_id, wanted, protocol, now))


async def time_of(
    actor: Actor, participant_id: UUID, wanted: tuple[date | None, date | None], protocol: Protocol, now: datetime
) -> Time:
    """As `coverage_of`, before it is put into words."""
    participant = await participant_for(actor, participant_id)
    await participant.fetch_related("site")
    await audit.note_read(actor, participant.id, now)
    facts = (await facts_of([participant], protocol, now))[participant.id]
    return Time(facts, protocol, _window(facts, *wanted))


async def coverage_listing(
    actor: Actor, site: str | None, protocol: Protocol, now: datetime, *, cursor: str | None, limit: int
) -> Page[CoverageLine]:
    """Participants by code, each from activation to today. Raises InvalidParameter, UnknownCursor."""
    chosen = participants_of(actor).filter(site__code=site) if site else participants_of(actor)
    if after := decode_cursor(cursor, ShortCode):
        chosen = chosen.filter(code__gt=after[0])
    people = await chosen.order_by("code").limit(page_limit(limit) + 1).select_related("site")
    page: Page[Participant] = page_of(people, limit, lambda last: encode_cursor(last.code))
    facts = await facts_of(page.items, protocol, now)
    return Page([_line(Time(facts[p.id], protocol, _window(facts[p.id]))) for p in page.items], page.next_cursor)


def _window(facts: Facts, first: date | None = None, last: date | None = None) -> Span:
    last = last or facts.today
    first = first or min(facts.activated_on or facts.today, last)
    if first > last or first < FIRST_DAY or last > LAST_DAY:
        detail = f"must not be after `to`, and both lie between {FIRST_DAY} and {LAST_DAY}"
        raise InvalidParameter(errors=[{"pointer": "/from", "detail": detail}])
    return Span(first, last)


def view_of(time: Time) -> CoverageView:
    kept, facts = time.ledger, time.facts
    covered = sorted((span, lateness) for lateness, days in kept.covered.items() for span in days)
    return CoverageView(
        participant_id=facts.participant.id, code=facts.participant.code, protocol_hash=time.protocol.hash,
        window=_days(time.window), data_cut=facts.today, activated_on=facts.activated_on,
        usable_days=count(kept.usable), covered_days=count(kept.days_of(Lateness)), covered_share=kept.share,
        days_by_class={lateness: count(days) for lateness, days in kept.covered.items()},
        unconfirmed_days=count(kept.unconfirmed), person_time=time.person_times(),
        fractures_not_rated=facts.diary.not_rated, check_ins=time.check_ins(),
        covered=[CoveredSpan(*span, span.length, lateness) for span, lateness in covered],
        gaps=[_days(span) for span in kept.gaps],
        cut_outs=[CutOutView(*cut.span, cut.span.length, cut.reason) for cut in kept.cut_outs],
        attestations=[_attestation(claim, one) for claim, one in time.attestations],
        contradictions=[ContradictionView(*one) for one in time.contradictions],
    )


def _line(time: Time) -> CoverageLine:
    kept, person = time.ledger, time.facts.participant
    longest = max(kept.gaps, key=lambda span: span.length, default=None)
    return CoverageLine(
        person.id, person.code, person.site.code, person.state, count(kept.usable),
        count(kept.days_of(Lateness)), kept.share, count(kept.unconfirmed), _days(longest) if longest else None,
        len(time.contradictions),
    )


def _attestation(claim: Claim, one: Attestation) -> AttestationView:
    return AttestationView(
        *one.span, one.span.length, one.entry_id, claim.kind, one.lateness, one.lag_days, one.counts, claim.account,
        claim.relation, claim.source,
    )


def _days(span: Span) -> DaySpan:
    return DaySpan(span.first, span.last, span.length)
