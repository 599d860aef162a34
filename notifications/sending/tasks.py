"""What the notices of one batch ask for, and whether that has been done, moved or answered since.

Everything is read with one statement per kind of thing, however many notices there are.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models import ConsentDocument, ConsentSignature, DataQuery, DiaryEntry, Notice, Visit
from models.follow_ups import TOLD_NO_LONGER
from models.vocabulary import EntryKind, NoticeKind, QueryState, VisitState
from notifications.local_time import local_date
from notifications.planning.check_ins import Attested, attested
from notifications.planning.reminders import Listener
from notifications.slots import day_of, days_of, task
from notifications.visit_dates import date_of

DONE = frozenset({"done", "answered", "decided"})
"""Of the reasons why there is nothing to tell: those of which somebody may be told that it is done."""
NOT_WANTED = "not_wanted"
"""As the planner calls what fell away: it comes back when the visit moves back."""
Decision = tuple[UUID, UUID, str, str]
"""Participant, signer, the document's code and version, in whatever language it was read."""


@dataclass(frozen=True)
class Tasks:
    """The subjects of a batch as they stand."""

    attested: Attested
    visits: dict[UUID, Visit]
    open_queries: frozenset[UUID]
    documents: dict[UUID, ConsentDocument]
    decided: frozenset[Decision]
    fractures: dict[UUID, DiaryEntry]
    answers: dict[UUID | None, list[datetime]] = field(default_factory=dict)
    """Fracture → when follow-ups of it came."""

    def moot(self, notice: Notice, hearer: Listener, now: datetime) -> str | None:
        """Why there is nothing to tell any more."""
        match notice.kind:
            case NoticeKind.CHECK_IN_DUE:
                return "done" if self.attested.covers(notice.subject_id, task(notice.slot)) else None
            case NoticeKind.VISIT_AHEAD:
                return self._visit_moot(notice, hearer, now)
            case NoticeKind.QUERY_WAITING:
                return None if notice.subject_id in self.open_queries else "answered"
            case NoticeKind.CONSENT_WAITING:
                return self._consent_moot(notice)
            case NoticeKind.FOLLOW_UP_DUE:
                return self._card_moot(notice, hearer)
            case _:
                return None

    def _visit_moot(self, notice: Notice, hearer: Listener, now: datetime) -> str | None:
        visit, visit_on = self.visits.get(notice.subject_id), day_of(notice.slot)
        if visit is None or visit.state is not VisitState.PLANNED or date_of(visit) != visit_on:
            return NOT_WANTED
        over = local_date(now, hearer.zone) > visit_on or (visit.agreed_at and visit.agreed_at <= now)
        return "over" if over else None

    def _consent_moot(self, notice: Notice) -> str | None:
        """This person has decided on that version since."""
        document = self.documents[notice.subject_id]
        mine = (notice.participant_id, notice.account_id, document.code, document.version)
        return "decided" if mine in self.decided else None

    def _card_moot(self, notice: Notice, hearer: Listener) -> str | None:
        fracture = self.fractures.get(notice.subject_id)
        if fracture is None or fracture.state in TOLD_NO_LONGER or fracture.occurred_to is None:
            return "retracted"
        due_on = local_date(fracture.occurred_to, hearer.zone) + timedelta(days=days_of(notice.slot))
        came = self.answers.get(fracture.id, [])
        return "done" if any(local_date(at, hearer.zone) >= due_on for at in came) else None


async def tasks_of(notices: Collection[Notice], now: datetime) -> Tasks:
    """Read what these notices are about."""
    about: dict[NoticeKind, set[UUID]] = defaultdict(set)
    for notice in notices:
        about[notice.kind].add(notice.subject_id)
    documents = await _documents(about[NoticeKind.CONSENT_WAITING])
    fractures, answers = await _cards(about[NoticeKind.FOLLOW_UP_DUE], {n.participant_id for n in notices})
    return Tasks(
        await attested(about[NoticeKind.CHECK_IN_DUE], now) if about[NoticeKind.CHECK_IN_DUE] else Attested([]),
        {visit.id: visit for visit in await _visits(about[NoticeKind.VISIT_AHEAD])},
        await _open_queries(about[NoticeKind.QUERY_WAITING]), documents,
        await _decided(documents, notices), fractures, answers,
    )


async def _visits(ids: set[UUID]) -> list[Visit]:
    return await Visit.filter(id__in=ids) if ids else []


async def _open_queries(ids: set[UUID]) -> frozenset[UUID]:
    waiting = DataQuery.filter(id__in=ids, state=QueryState.OPEN)
    return frozenset(await waiting.values_list("id", flat=True)) if ids else frozenset()  # type: ignore[arg-type]


async def _documents(ids: set[UUID]) -> dict[UUID, ConsentDocument]:
    found = await ConsentDocument.filter(id__in=ids).only("id", "code", "version") if ids else []
    return {document.id: document for document in found}


async def _decided(documents: dict[UUID, ConsentDocument], notices: Collection[Notice]) -> frozenset[Decision]:
    if not documents:
        return frozenset()
    asked = [notice for notice in notices if notice.kind is NoticeKind.CONSENT_WAITING]
    signed = ConsentSignature.filter(
        participant_id__in={n.participant_id for n in asked}, signer_id__in={n.account_id for n in asked},
        document__code__in={document.code for document in documents.values()},
    )
    columns = ("participant_id", "signer_id", "document__code", "document__version")
    return frozenset(await signed.values_list(*columns))


async def _cards(
    ids: set[UUID], participants: set[UUID]
) -> tuple[dict[UUID, DiaryEntry], dict[UUID | None, list[datetime]]]:
    if not ids:
        return {}, {}
    fractures = {entry.id: entry for entry in await DiaryEntry.filter(id__in=ids)}
    answers: dict[UUID | None, list[datetime]] = defaultdict(list)
    told = DiaryEntry.filter(participant_id__in=participants, parent_id__in=ids, kind=EntryKind.FOLLOW_UP)
    for entry in await told.exclude(state__in=list(TOLD_NO_LONGER)):
        if isinstance(entry.data.get("healed"), str):
            answers[entry.parent_id].append(entry.received_at)
    return fractures, answers
