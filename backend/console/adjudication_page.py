"""One fracture before a reader: the places as they were told, the judgements, and the form to sign one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend import audit
from backend.access.actor import Actor, CurrentActor
from backend.access.permissions import may
from backend.adjudication.reading import adjudication_of
from backend.adjudication.schemas import MOST_PLACES, AdjudicationView, JudgedPlaceView
from backend.clock import Now
from backend.console.answers import answers_of
from backend.console.pages import page
from backend.console.remarks import remarks_in
from backend.console.typed import Asked, Typed
from backend.console.words import say
from backend.errors import NotFound, StudyError
from models.actions import Action
from models.forms_then import form_then
from models.fractures.places import UNKNOWN
from models.protocol import Protocol
from models.vocabulary import AdjudicationStatus, Detection, EntryKind, EntryState, EvidenceKind

PLACE = ("bone", "side", "segment", "level")
QUESTIONS = (*PLACE, "count", "status", "detection", "ao_code", "genant", "evidence", "comment")


@dataclass(frozen=True)
class OpenFracture:
    request: Asked
    actor: Actor
    id: UUID
    now: datetime

    @property
    def protocol(self) -> Protocol:
        protocol: Protocol = self.request.app.state.wiring.protocol
        return protocol

    async def view(self) -> AdjudicationView:
        """Raises NotFound."""
        found = await adjudication_of(self.actor.acting(Action.ADJUDICATION_READ), self.id, self.protocol)
        await audit.note_read(self.actor, found.participant_id, self.now)
        return found

    async def show(self) -> Response[Any]:
        view = await self.view()
        return page(
            self.request, "adjudication_entry.html", view=view, told=await self._told(view),
            next_index=_next_index(view),
            headings=[_heading(place) for place in view.places], may_sign=self._may_sign(view), place_of=place_in_words,
        )

    async def form(
        self, site_index: int, *, typed: Typed | None = None, refusal: StudyError | None = None
    ) -> Response[Any]:
        """Raises NotFound for a number that is no place and not the next free one."""
        view = await self.view()
        if not 0 <= site_index < MOST_PLACES or site_index > _next_index(view):
            raise NotFound
        place = next((one for one in view.places if one.site_index == site_index), None)
        sites = self.protocol.form(EntryKind.FRACTURE).field.get("sites")
        return page(
            self.request, "adjudication_sign.html", status=refusal.status if refusal else 200, view=view,
            told=await self._told(view), site_index=site_index, heading=_heading(place) if place else "A further place",
            typed=typed or _as_told(place), refusal=refusal, remarks=remarks_in(refusal, typed or {}, QUESTIONS),
            codes={name: sites.item[name].codes if sites and name in sites.item else [] for name in PLACE},
            statuses=list(AdjudicationStatus), detections=list(Detection), kinds=list(EvidenceKind),
        )

    async def _told(self, view: AdjudicationView) -> list[Any]:
        return answers_of(await form_then(self.protocol, EntryKind.FRACTURE, [view.entry_id]), view.data)

    def _may_sign(self, view: AdjudicationView) -> bool:
        return view.state is EntryState.VALIDATED and may(self.actor, Action.ADJUDICATE)


CurrentFracture: TypeAlias = NamedDependency[OpenFracture]


async def provide_fracture(request: Asked, entry_id: FromPath[UUID], actor: CurrentActor, now: Now) -> OpenFracture:
    """The dependency behind CurrentFracture."""
    return OpenFracture(request, actor, entry_id, now)


def place_in_words(place: dict[str, Any]) -> str:
    parts = [say("value", place["bone"])]
    parts += [say("value", place[name]) for name in PLACE[1:] if place.get(name, UNKNOWN) != UNKNOWN]
    return ", ".join(parts) + (f" ({place['count']})" if place.get("count", 1) > 1 else "")


def _heading(place: JudgedPlaceView) -> str:
    return place_in_words(place.told) if place.told else "A place that only readers have seen"


def _next_index(view: AdjudicationView) -> int:
    return max(place.site_index for place in view.places) + 1


def _as_told(place: JudgedPlaceView | None) -> Typed:
    """The form begins with what the family said."""
    if place is None or place.told is None:
        return {}
    told = {name: str(place.told[name]) for name in PLACE if place.told[name] != UNKNOWN}
    return {**told, "count": str(place.told["count"])}
