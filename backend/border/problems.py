"""Every refusal leaves as RFC 9457 problem+json: ours, Litestar's own, the database's and bugs."""

import logging
import sqlite3
import traceback
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from tortoise.exceptions import DBConnectionError, OperationalError

from backend import errors
from backend.border.request_id import request_id
from backend.errors import StudyError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("backend")

BY_STATUS: dict[int, type[StudyError]] = {
    401: errors.NotSignedIn,
    403: errors.RoleMayNot,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.WrongContentType,
}
LOST_CONNECTION = (
    asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError, asyncpg.TooManyConnectionsError, asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError, asyncpg.DiskFullError, DBConnectionError, ConnectionError, TimeoutError,
)


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details. `code` is stable; `errors` carries JSON pointers."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None


def as_problem(refusal: StudyError) -> dict[str, Any]:
    """The problem's members, also used for single items of a batch."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        **refusal.extra,
    }


def respond(refusal: StudyError) -> Response[Any]:
    return Response(
        as_problem(refusal), status_code=refusal.status, media_type=MEDIA_TYPE, headers=refusal.headers
    )


def on_study_error(_request: Request[Any, Any, Any], refusal: StudyError) -> Response[Any]:
    return respond(refusal)


def on_http_exception(_request: Request[Any, Any, Any], failure: HTTPException) -> Response[Any]:
    if failure.status_code >= 500:
        return on_bug(_request, failure)
    if failure.status_code == 400 and any(fault["pointer"] == "/data" for fault in _parameter_faults(failure)):
        return respond(errors.MalformedBody("The body is empty"))
    known = BY_STATUS.get(failure.status_code)
    refusal = known() if known else errors.InvalidParameter(errors=_parameter_faults(failure))
    refusal.headers = {k: v for k, v in (failure.headers or {}).items() if k.lower() in ("allow", "retry-after")}
    return respond(refusal)


def _parameter_faults(failure: HTTPException) -> list[dict[str, str]]:
    faults = failure.extra if isinstance(failure.extra, list) else []
    return [{"pointer": f"/{f.get('key', '')}", "detail": str(f.get("message", ""))} for f in faults
            if isinstance(f, dict)]


def on_bug(_request: Request[Any, Any, Any], failure: Exception) -> Response[Any]:
    """A lost database is 503; all else is a bug, logged under the request's id without the request's content."""
    if database_is_away(failure):
        return respond(errors.DatabaseAway())
    reference = request_id(_request.scope)
    # Frames only: an exception's message may quote what somebody wrote.
    where = "".join(traceback.format_tb(failure.__traceback__))
    log.error("bug reference=%s type=%s\n%s", reference, type(failure).__name__, where)
    return respond(errors.Bug(reference=reference))


def database_is_away(failure: BaseException | None) -> bool:
    if isinstance(failure, LOST_CONNECTION):
        return True
    if isinstance(failure, OperationalError):
        cause = failure.args[0] if failure.args else failure.__cause__
        return isinstance(cause, sqlite3.OperationalError) and any(
            word in str(cause) for word in ("locked", "busy", "full", "disk I/O", "unable to open")
        )
    return False
