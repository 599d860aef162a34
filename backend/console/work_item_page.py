"""The page of one work item: why it is there, what was tried, and what can be done about it."""

from dataclasses import dataclass
from typing import Any, get_args, get_type_hints
from uuid import UUID

from litestar import Response

from backend.adherence.reach import family_reach
from backend.adherence.reading import work_item_view
from backend.adherence.schemas import WorkItemEnd, WorkItemView
from backend.console.pages import may_at, page
from backend.console.remarks import remarks_in
from backend.console.seen_page import SeenPage
from backend.console.typed import Typed
from backend.errors import StudyError
from backend.wiring import Wiring
from models import Participant
from models.actions import Action
from models.vocabulary import ContactWay

HERE = "/console/work-items"
QUESTIONS = ("way", "reached", "note", "closing")
CLOSINGS = get_args(get_type_hints(WorkItemEnd)["closing"])


@dataclass(frozen=True)
class OpenItem(SeenPage):
    """The work item somebody has before them, and the request they made about it."""

    here = HERE

    async def show(self, *, typed: Typed | None = None, refusal: StudyError | None = None) -> Response[Any]:
        """The page; after a refusal with what was typed, and as the item stands now. Raises NotFound."""
        view = await work_item_view(self.actor.acting(Action.WORK_ITEM_READ), self.id, self.now)
        reader = self.actor.acting(Action.ADHERENCE_READ)
        wiring: Wiring = self.request.app.state.wiring
        return page(
            self.request, "work_item.html", status=refusal.status if refusal else 200, view=view, item=view.item,
            reach=await family_reach(reader, view.item.participant_id, self.now), now=self.now,
            site_after_days=wiring.protocol.file.reminders.site_after_days, ways=list(ContactWay), closings=CLOSINGS,
            typed=typed or {}, refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
            may=await self._possible(view),
        )

    async def _possible(self, view: WorkItemView) -> dict[str, bool]:
        """Act → whether this person may do it at this site; nothing is left to do about a closed one."""
        site_id: UUID = (await Participant.get(id=view.item.participant_id)).site_id
        is_open, owner = view.item.closing is None, view.item.owner
        is_mine = owner is not None and owner.id == self.actor.account_id
        return {
            "open_participant": may_at(self.actor, Action.PARTICIPANT_READ, site_id),
            "take": is_open and not is_mine and may_at(self.actor, Action.WORK_ITEM_TAKE, site_id),
            "contact": is_open and may_at(self.actor, Action.WORK_ITEM_CONTACT, site_id),
            "close": is_open and may_at(self.actor, Action.WORK_ITEM_CLOSE, site_id),
        }
