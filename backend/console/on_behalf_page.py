"""The page on which staff write down what a family tells, or correct it: the protocol's own questions as one form."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from backend.console.on_behalf_form import answers_typed, asked, is_filled, rows, typed_from
from backend.console.on_behalf_groups import grouped
from backend.console.on_behalf_parent import PARENT, fractures_to_choose
from backend.console.pages import page
from backend.console.participant_page import OpenParticipant
from backend.console.remarks import remarks_in, ticked_in
from backend.console.typed import Typed
from backend.diary.schemas import OnBehalf, RevisionView
from backend.errors import InvalidBody, StudyError
from backend.review.schemas import ReviewView
from models import Guardianship
from models.forms_then import form_then
from models.protocol import Form
from models.vocabulary import ChangeReason, EntryKind, EntrySource, Relation
from notifications.local_time import to_utc, zone_named

RELATIONS = [relation for relation in Relation if relation is not Relation.SITE_STAFF]
REASONS = (
    ChangeReason.MISTYPED, ChangeReason.REMEMBERED_BETTER, ChangeReason.DETAILS_ADDED, ChangeReason.TOLD_BY_CLINICIAN,
    ChangeReason.OTHER,
)
CHART = "chart"
MINUTE = "%Y-%m-%dT%H:%M"
WHO = ("guardianship_id", "relation")
"""What the use case is told apart, the page asks as one question."""


async def telling(
    opened: OpenParticipant, kind: EntryKind, typed: Typed, refusal: StudyError | None = None, *,
    corrects: UUID | None = None,
) -> Response[Any]:
    """`corrects`: the entry that is corrected; a new one otherwise. Raises NotFound."""
    participant = await opened.record()
    found, with_names = await opened.people()
    protocol = opened.wiring.protocol
    form = await form_for(opened, kind, corrects)
    questions = asked(form)
    remarks = remarks_in(refusal, typed, [*questions, *WHO, PARENT, "told_by", "told_at", "reason"], confirmable=True)
    who = [remark for part in WHO for remark in remarks.beside.pop(part, [])]
    if who:
        remarks.beside["told_by"] = who[:1]
    return page(
        opened.request, "on_behalf.html", status=refusal.status if refusal else 200, participant=participant,
        kind=kind, kinds=list(protocol.file.form), groups=grouped(questions, typed, remarks), typed=typed,
        refusal=refusal,
        remarks=remarks, guardians=[link for link in found if _holds(link, opened.now)], chart=CHART,
        with_names=with_names, relations=RELATIONS, rows=rows, is_filled=is_filled, corrects=corrects,
        reasons=REASONS, parents=await fractures_to_choose(opened.id, form, protocol.form(EntryKind.FRACTURE)),
    )


def told_now(opened: OpenParticipant) -> str:
    """As the field for it shows it, on the writer's own clock."""
    return f"{opened.now.astimezone(zone_named(opened.actor.timezone)):{MINUTE}}"


async def form_for(opened: OpenParticipant, kind: EntryKind, corrects: UUID | None) -> Form:
    """Today's; for a correction with what was asked when the entry was written, so that nothing of it gets lost."""
    protocol = opened.wiring.protocol
    return await form_then(protocol, kind, [corrects]) if corrects else protocol.form(kind)


async def as_typed(opened: OpenParticipant, review: ReviewView, people: list[Guardianship]) -> Typed:
    """The entry as it would have been typed; what was looked at and confirmed stays ticked."""
    entry = review.entry
    living = [link for link in people if _holds(link, opened.now)]
    ticks = {f"confirmed.{f['field']}.{f['code']}": "yes" for f in entry.findings if f.get("confirmed")}
    return {
        **typed_from(await form_for(opened, entry.kind, entry.id), entry.data), **ticks, "seen": f"s{entry.seq}",
        "told_by": _who_told(review.revisions[-1], living), "told_at": told_now(opened),
        PARENT: str(entry.data.get(PARENT) or ""),
    }


def _who_told(newest: RevisionView, people: list[Guardianship]) -> str:
    """As before; who has no access any more is chosen as somebody without the app."""
    if newest.source is EntrySource.CHART_REVIEW:
        return CHART
    link = next((link for link in people if link.account_id == newest.originator_id), None)
    return f"guardianship:{link.id}" if link else f"relation:{newest.relation}"


def told_in(opened: OpenParticipant, kind: EntryKind, typed: Typed, form: Form) -> OnBehalf:
    """Raises InvalidBody."""
    who = typed.get("told_by", "")
    told = OnBehalf(
        kind=kind, data=answers_typed(form, typed),
        source="chart_review" if who == CHART else "site_interview", told_at=_told_at(typed, opened.actor.timezone),
        confirmed=sorted({remark.code for remark in ticked_in(typed)}), reason=_reason(typed),
    )
    if PARENT in form.field and typed.get(PARENT):
        told.data[PARENT] = typed[PARENT]
    if who != CHART:
        told.guardianship_id, told.relation = _teller(who)
    return told


def _holds(link: Guardianship, now: datetime) -> bool:
    return not link.locked_at and link.starts_at <= now and (link.ends_at is None or link.ends_at > now)


def _teller(who: str) -> tuple[UUID | None, Relation | None]:
    """A guardianship or, of somebody without an account, the relation."""
    what, _, which = who.partition(":")
    try:
        return (UUID(which), None) if what == "guardianship" else (None, Relation(which))
    except ValueError as unknown:
        raise InvalidBody(errors=[{"pointer": "/told_by", "detail": "is not somebody to choose"}]) from unknown


def _reason(typed: Typed) -> ChangeReason | None:
    text = typed.get("reason", "")
    try:
        return ChangeReason(text) if text else None
    except ValueError as unknown:
        raise InvalidBody(errors=[{"pointer": "/reason", "detail": "is not on the list"}]) from unknown


def _told_at(typed: Typed, zone: str) -> datetime | None:
    """On the writer's own clock."""
    text = typed.get("told_at", "").strip()
    if not text:
        return None
    try:
        wall = datetime.strptime(text, MINUTE)  # noqa: DTZ007 - what a field of this kind sends has no zone
    except ValueError as odd:
        raise InvalidBody(errors=[{"pointer": "/told_at", "detail": "is no day and time"}]) from odd
    return to_utc(wall, zone_named(zone)).astimezone(zone_named(zone))
