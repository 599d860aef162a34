"""Entries that staff of the site write down for somebody."""

from uuid import UUID

from litestar import Controller, Response, put
from litestar.params import FromPath, JSONBody

from backend.access.actor import CurrentActor
from backend.border.etags import IfMatch, IfNoneMatch, change_tag, number_in
from backend.clock import Now
from backend.diary.on_behalf import correct_on_behalf, log_or_keep
from backend.diary.schemas import EntryView, OnBehalf
from backend.errors import PreconditionMissing
from backend.wiring import CurrentWiring
from models.actions import Action


class OnBehalfController(Controller):
    path = "/api/v1/participants/{participant_id:uuid}/entries-on-behalf"
    tags = ["diary"]

    @put("/{entry_id:uuid}", operation_id="LogOnBehalf", action=Action.ENTRY_LOG_ON_BEHALF)
    async def log(
        self, participant_id: FromPath[UUID], entry_id: FromPath[UUID], data: JSONBody[OnBehalf], actor: CurrentActor,
        now: Now, wiring: CurrentWiring, if_match: IfMatch = None, if_none_match: IfNoneMatch = None,
    ) -> Response[EntryView]:
        """Write down what was told (If-None-Match: *), or correct what staff wrote down (If-Match: "s<seq>").

        Without a valid consent it is kept (403, `kept`), and becomes an entry by itself once the consent is there.
        """
        if if_match is None and if_none_match == "*":
            view = await log_or_keep(actor, participant_id, entry_id, data, wiring.protocol, now)
            return _with_tag(view, 201)
        if if_match is None:
            raise PreconditionMissing
        seen = number_in(if_match, "s")
        return _with_tag(await correct_on_behalf(
            actor, participant_id, entry_id, seen, data, protocol=wiring.protocol, now=now
        ), 200)


def _with_tag(view: EntryView, status: int) -> Response[EntryView]:
    return Response(view, status_code=status, headers={"ETag": change_tag(view.seq)})
