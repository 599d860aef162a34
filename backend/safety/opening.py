"""What fits a safety rule opens a case, in the transaction of the entry and under its participant's lock.

One case per entry. It is never closed by itself: what fits no longer is a step, and people decide.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from backend.access.actor import SYSTEM
from backend.audit import next_seq, record
from backend.safety.roster import on_duty
from backend.safety.rules import Around, Span, Told, asks_for_doses, code_in, fitting, name_of
from backend.safety.steps import append, next_step_at, save, start_clock, tell
from models import DiaryEntry, Dose, Participant, SafetyCase, Site
from models.actions import Action
from models.fields import new_id
from models.protocol import Protocol
from models.vocabulary import CaseState, CaseStepKind, EntryState

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
TELLS_NOTHING = (EntryState.RETRACTED, EntryState.REJECTED, EntryState.DUPLICATE)
"""Entries that are no event of their own."""


@dataclass(frozen=True)
class Arrival:
    """When the server received what is looked at, and when the phone says it was written."""

    received_at: datetime
    device_time: str | None = None


async def look_at(
    protocol: Protocol, participant: Participant, entry: DiaryEntry, arrival: Arrival, now: datetime, *,
    unsettled: dict[str, Any] | None = None,
) -> None:
    """Open the entry's case, or note what has changed about it. The caller holds the participant's lock.

    `unsettled`: what somebody sent as well and nobody has settled yet; it may add a rule and takes none away.
    """
    if not protocol.safety_rules(entry.kind):
        return
    case = await SafetyCase.get_or_none(entry_id=entry.id)
    names = await _names(protocol, participant, entry, entry.data if unsettled is None else unsettled)
    if case is None and names:
        await _open(protocol, participant, entry, arrival, now, names)
    elif case is not None:
        await _follow(protocol, participant, entry, case, arrival, now=now, names=names,
                      adds_only=unsettled is not None)


async def _names(
    protocol: Protocol, participant: Participant, entry: DiaryEntry, data: dict[str, Any]
) -> list[str]:
    if entry.state is EntryState.RETRACTED:
        return []
    told = Told(entry.kind, data, _span(entry), participant.kind, participant.arm)
    return [name_of(rule) for rule in fitting(protocol, told, await _around(protocol, participant, entry))]


def _span(entry: DiaryEntry) -> Span:
    return entry.occurred_from or LONG_AGO, entry.occurred_to or entry.changed_at


async def _around(protocol: Protocol, participant: Participant, entry: DiaryEntry) -> Around:
    doses = Dose.filter(participant_id=participant.id) if asks_for_doses(protocol, entry.kind) else None
    return Around(
        ZoneInfo((await Site.get(id=participant.site_id)).timezone),
        await _others(protocol, entry),
        tuple([dose.given_on for dose in await doses]) if doses else (),
    )


async def _others(protocol: Protocol, entry: DiaryEntry) -> tuple[Span, ...]:
    """Near enough to count with this entry."""
    wanted = [t.within_days for rule in protocol.safety_rules(entry.kind) for t in rule.trigger if t.within_days]
    if not wanted:
        return ()
    (first, last), most = _span(entry), timedelta(days=max(wanted))
    others = DiaryEntry.filter(
        Q(occurred_from__isnull=True) | Q(occurred_from__lte=last + most, occurred_to__gte=first - most),
        participant_id=entry.participant_id, kind=entry.kind,
    )
    return tuple([_span(other) for other in await others.exclude(id=entry.id).exclude(state__in=TELLS_NOTHING)])


async def _open(
    protocol: Protocol, participant: Participant, entry: DiaryEntry, arrival: Arrival, now: datetime, names: list[str]
) -> None:
    case = SafetyCase(
        id=new_id(), participant_id=participant.id, site_id=participant.site_id, entry_id=entry.id, rules=names,
        fitting=names, seq=await next_seq(participant),
    )
    start_clock(case, protocol.file.safety, arrival.received_at, arrival.device_time)
    people = await on_duty(participant.site_id, now)
    case.next_step_at = next_step_at(case, protocol.file.safety, people, now)
    await case.save(force_create=True)
    detail = {"rules": ",".join(names), "told": await tell(people, now)}
    await append(case, CaseStepKind.OPENED, now, detail=detail, entry_version=entry.version)
    await record(SYSTEM, Action.SAFETY_OPEN, case, now, participant=participant, seq=case.seq,
                 changes={"rules": [None, names]})


async def _follow(
    protocol: Protocol, participant: Participant, entry: DiaryEntry, case: SafetyCase, arrival: Arrival, *,
    now: datetime, names: list[str], adds_only: bool,
) -> None:
    """Rules are compared by code: another version of a rule that fitted already is nothing new."""
    fitted, fits = {code_in(name) for name in case.fitting}, {code_in(name) for name in names}
    added = [name for name in names if code_in(name) not in fitted]
    gone = [] if adds_only else [name for name in case.fitting if code_in(name) not in fits]
    if not added and not gone:
        return
    before = case.fitting
    case.fitting = [name for name in case.fitting if name not in gone] + added
    case.rules = case.rules + [name for name in added if name not in case.rules]
    state = case.state
    if added:
        await _add_rules(protocol, participant, entry, case, arrival, now=now, added=added)
    if gone:
        why = {"rules": ",".join(gone)}
        await append(case, CaseStepKind.RULE_GONE, now, detail=why, entry_version=entry.version)
    await save(case, participant, await next_seq(participant))
    changes = {"fitting": [before, case.fitting]} | ({"state": [state, case.state]} if state != case.state else {})
    act = Action.SAFETY_REOPEN if state != case.state else Action.SAFETY_OPEN
    await record(SYSTEM, act, case, now, participant=participant, seq=case.seq, changes=changes)


async def _add_rules(
    protocol: Protocol, participant: Participant, entry: DiaryEntry, case: SafetyCase, arrival: Arrival, *,
    now: datetime, added: list[str],
) -> None:
    """A case that somebody has looked at is open again, on a clock of its own; the step keeps the one that was."""
    detail = {"rules": ",".join(added)}
    if case.state is not CaseState.OPEN:
        detail |= {"was": case.state, "known_since": case.known_since.isoformat(), "due_at": case.due_at.isoformat()}
        start_clock(case, protocol.file.safety, arrival.received_at, arrival.device_time)
        people = await on_duty(participant.site_id, now)
        case.next_step_at = next_step_at(case, protocol.file.safety, people, now)
        detail["told"] = await tell(people, now)
    await append(case, CaseStepKind.RULE_ADDED, now, detail=detail, entry_version=entry.version)
