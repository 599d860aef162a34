"""Cases as staff see them: the list by deadline, and one with its whole history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend.access import scope
from backend.access.actor import Actor
from backend.audit import note_read
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_of
from backend.safety.contacts import contacts_of
from backend.safety.schemas import CaseEntry, CaseItem, CaseStepView, CaseView, PersonNamed
from models import Account, DiaryEntry, EntryRevision, SafetyCase, SafetyCaseStep
from models.vocabulary import CaseState, CaseStepKind


@dataclass(frozen=True)
class CaseFilter:
    site: str | None = None
    state: CaseState | None = None
    overdue: bool = False
    cursor: str | None = None
    limit: int = 50


async def cases(actor: Actor, wanted: CaseFilter, now: datetime) -> Page[CaseItem]:
    """By deadline; without a state those that are not closed. Raises NotFound for a site outside the actor's sight."""
    chosen = scope.cases_of(actor)
    if wanted.site:
        chosen = chosen.filter(site_id=(await scope.site_for(actor, wanted.site)).id)
    chosen = chosen.filter(state=wanted.state) if wanted.state else chosen.exclude(state=CaseState.CLOSED)
    if wanted.overdue:
        chosen = chosen.filter(state=CaseState.OPEN, due_at__lt=now)
    if after := decode_cursor(wanted.cursor, datetime, UUID):
        chosen = chosen.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]))
    found = await chosen.order_by("due_at", "id").limit(wanted.limit + 1).select_related("participant", "site", "entry")
    return page_of([_item(case, now) for case in found], wanted.limit, lambda last: encode_cursor(last.due_at, last.id))


async def case_view(actor: Actor, case_id: UUID, now: datetime) -> CaseView:
    """Raises NotFound."""
    found = scope.cases_of(actor).filter(id=case_id)
    case = await found.select_related("participant", "site", "entry").first()
    if case is None:
        raise NotFound
    await note_read(actor, case.participant_id, now)
    steps = await SafetyCaseStep.filter(case_id=case.id).order_by("at", "id")
    return CaseView(
        _item(case, now), _entry(case.entry), case.device_time, await _late_by(case, steps),
        await _step_views(steps), await contacts_of(case.site_id, now),
    )


async def open_cases(actor: Actor) -> int:
    """How many nobody has acknowledged, at the actor's sites."""
    return await scope.cases_of(actor).filter(state=CaseState.OPEN).count()


def _item(case: SafetyCase, now: datetime) -> CaseItem:
    return CaseItem(
        case.id, case.participant_id, case.participant.code, case.site.code, case.entry_id, case.entry.kind,
        case.rules, case.fitting, case.state, case.assessment, case.seq, case.known_since, case.due_at,
        case.state is CaseState.OPEN and case.due_at < now, case.acknowledged_at, case.next_step_at,
    )


def _entry(entry: DiaryEntry) -> CaseEntry:
    return CaseEntry(entry.id, entry.kind, entry.state, entry.version, entry.data, entry.relation, entry.source,
                     entry.received_at)


async def _late_by(case: SafetyCase, steps: list[SafetyCaseStep]) -> int | None:
    """A phone that is two minutes fast told a time two minutes too late."""
    try:
        written = datetime.fromisoformat(case.device_time or "")
    except ValueError:
        return None
    if written.tzinfo is None:
        return None
    started = [s.entry_version for s in steps if s.kind in (CaseStepKind.OPENED, CaseStepKind.RULE_ADDED)]
    revision = await EntryRevision.get_or_none(entry_id=case.entry_id, version=started[-1]) if started else None
    ahead = revision.clock_skew or 0 if revision else 0
    return max(0, int((case.known_since - written).total_seconds()) + ahead)


async def _step_views(steps: list[SafetyCaseStep]) -> list[CaseStepView]:
    named = await names_of({one for step in steps for one in (*_told(step), *([step.by_id] if step.by_id else []))})
    return [
        CaseStepView(
            step.id, step.kind, step.at, named[step.by_id] if step.by_id else None,
            [named[one] for one in _told(step)], {k: v for k, v in step.detail.items() if k != "told"}, step.note,
            step.meaning, step.signed_name, step.entry_version, step.content_hash,
        )
        for step in steps
    ]


def _told(step: SafetyCaseStep) -> list[UUID]:
    return [UUID(one) for one in step.detail.get("told", "").split(",") if one]


async def names_of(account_ids: Iterable[UUID]) -> dict[UUID, PersonNamed]:
    found = await Account.filter(id__in=list(account_ids)).only("id", "display_name")
    return {account.id: PersonNamed(account.id, account.display_name) for account in found}
