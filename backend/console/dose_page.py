"""The page of a participant's doses and visits: what was given, what is planned, agreed and happened, and the forms."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from backend.access.actor import Actor
from backend.console.pages import may_at, onward, page
from backend.console.participant_page import OpenParticipant
from backend.console.remarks import remarks_in
from backend.console.typed import Typed, typed_in
from backend.console.visit_words import against_the_plan
from backend.errors import FindingsRefused, IllegalState, InvalidBody, StudyError
from backend.visits.anchor_days import anchor_days_of
from backend.visits.doses import doses_of
from backend.visits.recount import version_of
from backend.visits.schedule import visits_of
from backend.visits.schemas import Visits
from models import Participant, Visit
from models.actions import Action
from models.protocol import Protocol
from models.vocabulary import BringItem, ChangeReason, DayAnchor, DoseRoute, VisitCancelReason, VisitState

SAID_ON_THE_PAGE = (FindingsRefused, IllegalState, InvalidBody)
REASONS = (ChangeReason.MISTYPED, ChangeReason.TOLD_BY_CLINICIAN, ChangeReason.ENTERED_IN_ERROR, ChangeReason.OTHER)
CANCEL_REASONS = [reason for reason in VisitCancelReason if reason is not VisitCancelReason.PLAN_CHANGED]
QUESTIONS = ("given_on", "route", "reason", "visit_id", "at", "attended_on", "on_day", "first_dose_on", "bring")
AHEAD = (VisitState.PLANNED, VisitState.MISSED)
ACTS = (
    Action.DOSE_NOTE, Action.VISIT_PLAN, Action.VISIT_AGREE, Action.VISIT_ATTEND, Action.VISIT_ADD, Action.VISIT_CANCEL,
    Action.ANCHOR_NOTE,
)


async def attempt(
    opened: OpenParticipant, act: Callable[[Typed], Awaitable[Any]], *, form: str, done: str
) -> Response[Any]:
    """Do what the form says; what refuses is said on the page."""
    typed = await typed_in(opened.request)
    try:
        await act(typed)
    except SAID_ON_THE_PAGE as refusal:
        return await show_doses(opened, form=form, typed=typed, refusal=refusal)
    return onward(opened.request, f"{opened.address}/doses", done=done)


async def show_doses(
    opened: OpenParticipant, *, form: str = "", typed: Typed | None = None, refusal: StudyError | None = None
) -> Response[Any]:
    actor, protocol = opened.actor, opened.wiring.protocol
    participant = await opened.record()
    doses = await doses_of(actor.acting(Action.DOSE_READ), opened.id, opened.now)
    rule = protocol.file.doses
    following = len(doses) + 1 if len(doses) < rule.most else None
    return page(
        opened.request, "doses.html", status=refusal.status if refusal else 200, participant=participant, doses=doses,
        has_doses=participant.arm in rule.arms, next_number=following,
        numbers=[str(number) for number in (*(dose.number for dose in doses), following)],
        reasons=REASONS, routes=list(DoseRoute), may=_possible(actor, participant),
        form=form, typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
        **await _visits(opened, participant, protocol),
    )


async def _visits(opened: OpenParticipant, participant: Participant, protocol: Protocol) -> dict[str, Any]:
    """What the page says about visits, and what its forms offer."""
    visits = await visits_of_participant(opened)
    days = await anchor_days_of(opened.actor.acting(Action.VISIT_READ), opened.id, opened.now)
    counted_from = {rule.anchor for rule in protocol.file.visit}
    planned = [visit for visit in visits if not visit.unscheduled]
    return {
        "visits": Visits.of(visits, protocol, opened.now).visits,
        "ahead": [visit for visit in visits if visit.state in AHEAD],
        "cancelled": [visit for visit in visits if visit.state is VisitState.CANCELLED],
        "anchors": [anchor for anchor in DayAnchor if str(anchor) in counted_from],
        "known_days": {row.anchor: row.on_day for row in days},
        "is_older_plan": bool(planned) and version_of(planned, protocol) != protocol.hash,
        "site_zone": participant.site.timezone, "bring_items": list(BringItem), "cancel_reasons": CANCEL_REASONS,
        "against_the_plan": against_the_plan,
    }


def _possible(actor: Actor, participant: Participant) -> dict[str, bool]:
    return {act.name: may_at(actor, act, participant.site_id) for act in ACTS}


async def visits_of_participant(opened: OpenParticipant) -> list[Visit]:
    return await visits_of(opened.actor.acting(Action.VISIT_READ), opened.id, opened.now)
