"""The page of one safety case, and how its clock is said in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response

from backend.access.actor import Actor
from backend.access.permissions import sites_for
from backend.console.answers import answers_of
from backend.console.pages import may_at, page
from backend.console.remarks import remarks_in
from backend.console.seen_page import SeenPage
from backend.console.typed import Typed
from backend.console.words import age
from backend.errors import StudyError
from backend.safety.reading import case_view
from backend.safety.roster import uncovered
from backend.safety.rules import code_in
from backend.safety.schemas import CaseView
from models import Participant
from models.actions import Action
from models.forms_then import form_then
from models.protocol import Protocol
from models.vocabulary import Assessment, CaseState

HERE = "/console/safety"
QUESTIONS = ("assessment", "note", "reason")


def left(due_at: datetime, now: datetime) -> str:
    """How much of the clock is left."""
    hours = (due_at - now).total_seconds() / 3600
    return f"{age(hours)} left" if hours > 0 else f"{age(-hours)} over"


def titles_of(protocol: Protocol, rules: Iterable[str]) -> dict[str, str]:
    """What each rule says; a rule that the protocol has no more is known by its code."""
    titles = {rule.code: rule.title for rule in protocol.file.safety_rule}
    return {name: titles.get(code_in(name), "") for name in rules}


async def without_duty(actor: Actor, now: datetime) -> list[str]:
    """Of one's own sites those at which nobody would be told of a case, now or in the next seven days."""
    own = sites_for(actor.acting(Action.DUTY_READ))
    return [cover.site.code for cover in await uncovered(now) if own is None or cover.site.id in own]


@dataclass(frozen=True)
class OpenCase(SeenPage):
    """The case somebody has before them, and the request they made about it."""

    here = HERE

    async def show(self, *, typed: Typed | None = None, refusal: StudyError | None = None) -> Response[Any]:
        """The page; after a refusal with what was typed, and as the case stands now. Raises NotFound."""
        view = await case_view(self.actor.acting(Action.SAFETY_READ), self.id, self.now)
        protocol: Protocol = self.request.app.state.wiring.protocol
        names = {name for step in view.steps for name in step.detail.get("rules", "").split(",") if name}
        form = await form_then(protocol, view.entry.kind, [view.case.entry_id])
        return page(
            self.request, "safety_case.html", status=refusal.status if refusal else 200, view=view, case=view.case,
            titles=titles_of(protocol, names | set(view.case.rules)),
            left=left(view.case.due_at, self.now), answers=answers_of(form, view.entry.data),
            late_hours=(view.late_by_seconds or 0) / 3600, plan=protocol.file.safety, assessments=list(Assessment),
            signed=_signed_version(view), typed=typed or {}, refusal=refusal,
            remarks=remarks_in(refusal, typed or {}, QUESTIONS), may=await self._possible(view),
        )

    async def _possible(self, view: CaseView) -> dict[str, bool]:
        """Act → whether this person may do it at this site and the case's state allows it."""
        state, site_id = view.case.state, (await Participant.get(id=view.case.participant_id)).site_id
        known = state is CaseState.ACKNOWLEDGED
        return {
            "open_participant": may_at(self.actor, Action.PARTICIPANT_READ, site_id),
            "acknowledge": state is CaseState.OPEN and may_at(self.actor, Action.SAFETY_ACKNOWLEDGE, site_id),
            "assess": known and may_at(self.actor, Action.SAFETY_ASSESS, site_id),
            "close": known and view.case.assessment is not None and may_at(self.actor, Action.SAFETY_CLOSE, site_id),
            "reopen": state is CaseState.CLOSED and may_at(self.actor, Action.SAFETY_REOPEN, site_id),
        }


def _signed_version(view: CaseView) -> int | None:
    """The newest version that somebody has signed for."""
    return max((step.entry_version or 0 for step in view.steps if step.meaning), default=None)
