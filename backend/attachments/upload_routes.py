"""tus 1.0.0 over HTTP: create, ask how far, go on, give up. `routes.py` tells what a phone does."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, head, patch, post, route
from litestar.di import Provide
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException, InternalServerException
from litestar.params import FromPath

from backend.access.actor import Actor, CurrentActor
from backend.access.authentication import LOOKED_AT_FOR, authorise
from backend.attachments import tus
from backend.attachments.receiving import Cut, Receiving
from backend.attachments.uploads import begin_upload, end_upload, is_whole, open_upload_for, upload_for
from backend.border.problems import on_http_exception, on_study_error
from backend.clock import Now, utc_now
from backend.errors import InvalidParameter, StudyError
from backend.failpoints import reach
from backend.wiring import CurrentWiring, Wiring
from models import Attachment
from models.actions import Action

Asked = Request[Any, Any, Any]
SPOKEN = {"Tus-Resumable": tus.VERSION, "Cache-Control": "no-store"}


def _spoken(answer: Response[Any]) -> Response[Any]:
    answer.headers |= SPOKEN
    return answer


def refused(request: Asked, refusal: StudyError) -> Response[Any]:
    """Refusals speak tus too."""
    return _spoken(on_study_error(request, refusal))


def refused_by_http(request: Asked, failure: HTTPException) -> Response[Any]:
    return _spoken(on_http_exception(request, failure))


async def actor_at_the_door(request: Asked) -> Actor:
    """Who sends, before the body is here: it is taken piece by piece, and who sends is looked at again with each."""
    actor: Actor = request.scope["actor"]  # type: ignore[typeddict-item]
    return actor


class UploadController(Controller):
    path = "/api/v1/uploads"
    include_in_schema = False
    exception_handlers = {StudyError: refused, HTTPException: refused_by_http}

    @route("/", http_method=[HttpMethod.OPTIONS], public=True, status_code=204)
    async def abilities(self) -> Response[None]:
        """What we speak."""
        return Response(None, status_code=204, headers=tus.ABILITIES)

    @route("/{upload_id:uuid}", http_method=[HttpMethod.OPTIONS], public=True, status_code=204)
    async def abilities_of_one(self, upload_id: FromPath[UUID]) -> Response[None]:
        """The same at every upload's address."""
        del upload_id
        return Response(None, status_code=204, headers=tus.ABILITIES)

    @post("/", operation_id="BeginUpload", action=Action.ATTACHMENT_UPLOAD)
    async def create(self, request: Asked, actor: CurrentActor, now: Now) -> Response[None]:
        """Begin an upload, or find the one begun under this id."""
        tus.require_version(request.headers)
        upload = await begin_upload(actor, tus.announced_in(request.headers), now)
        reach("attachment.after_creation")
        return Response(None, status_code=201, headers={
            "Location": f"/api/v1/uploads/{upload.id}", "Upload-Offset": str(upload.received),
            **_expiry(upload), **SPOKEN,
        })

    @head("/{upload_id:uuid}", operation_id="FindUpload", action=Action.ATTACHMENT_UPLOAD)
    async def how_far(
        self, request: Asked, upload_id: FromPath[UUID], actor: CurrentActor, now: Now
    ) -> Response[None]:
        """Where to go on."""
        tus.require_version(request.headers)
        upload = await upload_for(actor, upload_id, now)
        return Response(None, headers={
            "Upload-Offset": str(upload.received), "Upload-Length": str(upload.length),
            **_expiry(upload), **SPOKEN,
        })

    @patch(
        "/{upload_id:uuid}", operation_id="ContinueUpload", action=Action.ATTACHMENT_UPLOAD, status_code=204,
        request_max_body_size=tus.MAX_SIZE,
        dependencies={"actor": Provide(actor_at_the_door)},
    )
    async def go_on(
        self, request: Asked, upload_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring
    ) -> Response[None]:
        """Take what comes next."""
        return await _take(request, actor, upload_id, wiring)

    @delete("/{upload_id:uuid}", operation_id="EndUpload", action=Action.ATTACHMENT_UPLOAD, status_code=204)
    async def end(
        self, request: Asked, upload_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[None]:
        """Give up an upload that isn't whole."""
        return await _end(request, actor, upload_id, wiring, now)

    @post(
        "/{upload_id:uuid}", operation_id="ContinueUploadByPost", action=Action.ATTACHMENT_UPLOAD, status_code=204,
        request_max_body_size=tus.MAX_SIZE,
        dependencies={"actor": Provide(actor_at_the_door)},
    )
    async def by_another_name(
        self, request: Asked, upload_id: FromPath[UUID], actor: CurrentActor, wiring: CurrentWiring, now: Now
    ) -> Response[None]:
        """For networks that let only POST through: `X-HTTP-Method-Override` says PATCH or DELETE."""
        meant = request.headers.get("x-http-method-override", "").upper()
        if meant == "PATCH":
            return await _take(request, actor, upload_id, wiring)
        if meant == "DELETE":
            return await _end(request, actor, upload_id, wiring, now)
        raise InvalidParameter("X-HTTP-Method-Override must say PATCH or DELETE")


async def _take(request: Asked, actor: Actor, upload_id: UUID, wiring: Wiring) -> Response[None]:
    tus.require_version(request.headers)
    upload = await open_upload_for(actor, upload_id, utc_now())
    offset, checksum = tus.offset_in(request.headers), tus.checksum_in(request.headers)

    async def still_allowed() -> None:
        looked_at: datetime = request.scope["looked_at"]  # type: ignore[typeddict-item]
        if utc_now() - looked_at > LOOKED_AT_FOR:
            await authorise(request, request.route_handler)
            await open_upload_for(await actor_at_the_door(request), upload_id, utc_now())

    receiving = Receiving(wiring.images, upload, offset, checksum, utc_now, still_allowed)
    with suppress(Cut):  # nobody is there to be answered
        await receiving.take(_chunks(request))
    reach("attachment.before_answer")
    return Response(None, status_code=204, headers={
        "Upload-Offset": str(upload.received), **_expiry(upload), **SPOKEN,
    })


async def _end(request: Asked, actor: Actor, upload_id: UUID, wiring: Wiring, now: datetime) -> Response[None]:
    tus.require_version(request.headers)
    await end_upload(actor, upload_id, wiring.images, now)
    return Response(None, status_code=204, headers=SPOKEN)


async def _chunks(request: Asked) -> AsyncIterator[bytes]:
    """Raises Cut where the connection ends too early."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as cut:  # what Litestar says then
        raise Cut from cut


def _expiry(upload: Attachment) -> dict[str, str]:
    """Only of what is not whole: the rest stays."""
    at = upload.expires_at
    return {} if is_whole(upload) or at is None else {"Upload-Expires": tus.expires(at)}
