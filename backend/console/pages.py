"""Pages: a template filled in, always escaped, under the headers that let nothing foreign in; and calm refusals."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from backend.access.actor import Actor
from backend.access.authentication import cookie_name
from backend.access.permissions import may, sites_for
from backend.border.page_headers import page_headers
from backend.border.problems import on_bug, on_http_exception, respond
from backend.console import words
from backend.console.typed import Asked
from backend.errors import StepUpRequired, StudyError
from models.actions import Action

NAVIGATION = (
    ("/console/worklist", "Worklist", Action.WORKLIST_READ),
    ("/console/safety", "Safety", Action.SAFETY_READ),
    ("/console/work-items", "Work items", Action.WORK_ITEM_READ),
    ("/console/adjudication", "Adjudication", Action.ADJUDICATION_READ),
    ("/console/participants", "Participants", Action.PARTICIPANT_READ),
    ("/console/coverage", "Coverage", Action.COVERAGE_READ),
    ("/console/adherence", "Adherence", Action.ADHERENCE_READ),
    ("/console/sync-issues", "Sync issues", Action.QUARANTINE_READ),
    ("/console/forwarding", "Forwarding", Action.FORWARDING_READ),
    ("/console/duty", "Duty", Action.DUTY_READ),
    ("/console/documents", "Consent texts", Action.CONSENT_DOCUMENT_READ),
    ("/console/protocol", "Protocol", Action.PROTOCOL_READ),
    ("/console/staff", "Staff", Action.STAFF_READ),
)
SIGN_IN = "/console/sign-in"
STEP_UP = "/console/step-up"
_ID = re.compile(r"[0-9a-f-]{36}")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)
_templates.globals.update(
    say=words.say, moment=words.moment, age=words.age, clock_skew=words.clock_skew, device_time=words.device_time,
    partial_date=words.partial_date, fault=words.fault, reach_fault=words.reach_fault, day=words.day,
    remark=words.remark, month=words.month, day_range=words.day_range, share=words.share,
    instant=datetime.fromisoformat,
)


def page(request: Asked, template: str, *, status: int = 200, **content: Any) -> Response[Any]:
    actor: Actor | None = request.scope.get("actor")  # type: ignore[assignment]
    settings = request.app.state.wiring.settings
    done, of = request.query_params.get("done", ""), request.query_params.get("of", "")
    text = _templates.get_template(template).render(
        navigation=[row for row in NAVIGATION if actor and actor.is_staff and may(actor, row[2])],
        here=request.url.path, zone=actor.timezone if actor else "UTC", app_name=settings.app_name,
        sandbox=settings.sandbox, signed_in=cookie_name(settings.public_url) in request.cookies,
        done=words.ENGLISH["done"].get(done, ""),
        of=of if _ID.fullmatch(of) else "", **content,
    )
    return Response(text, status_code=status, media_type="text/html",
                    headers=page_headers(settings.public_url))


def onward(request: Asked, path: str, **query: str) -> Redirect:
    """See the result under its own address, so that a reload repeats nothing."""
    shown = f"{path}?{urlencode(query)}" if query else path
    return Redirect(shown, status_code=303, headers=page_headers(request.app.state.wiring.settings.public_url))


def may_at(actor: Actor, action: Action, site_id: UUID) -> bool:
    """Whether the actor may do this at that site: only then a button is shown."""
    sites = sites_for(actor.acting(action))
    return sites is None or site_id in sites


def local_path(text: str | None) -> str:
    """A page of the console to return to; anything else counts as the front page (no open redirect)."""
    parts = urlsplit(text or "")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/console/")
    is_plain = text is not None and text.isascii() and text.isprintable() and "\\" not in text and ".." not in text
    return text if is_ours and is_plain and text else "/console/"


def refusal_page(request: Asked, answer: Response[Any]) -> Response[Any]:
    """A problem as a page; who must sign in or prove it once more is led there and comes back."""
    if answer.status_code == 401:
        return onward(request, SIGN_IN, return_to=_return_address(request))
    if isinstance(answer.content, dict) and answer.content.get("code") == StepUpRequired.code:
        return onward(request, STEP_UP, then=_return_address(request))
    shown = page(request, "refusal.html", status=answer.status_code or 500, problem=answer.content)
    shown.headers.update(answer.headers)
    return shown


def _return_address(request: Asked) -> str:
    path, query = request.url.path, request.url.query
    if request.method != "GET":  # an act is not repeated by itself: back to the page it stood on
        has_page = request.scope["route_handler"].opt.get("has_page")
        return path if has_page else path.rpartition("/")[0] or "/console/"
    return f"{path}?{query}" if query else path


def on_study_error(request: Asked, refusal: StudyError) -> Response[Any]:
    return refusal_page(request, respond(refusal))


def on_http_error(request: Asked, failure: HTTPException) -> Response[Any]:
    return refusal_page(request, on_http_exception(request, failure))


def on_nowhere(request: Asked, failure: HTTPException) -> Response[Any]:
    """An address that no controller knows: here it is a page, too."""
    is_ours = request.url.path.startswith("/console/")
    return on_http_error(request, failure) if is_ours else on_http_exception(request, failure)


def on_failure(request: Asked, failure: Exception) -> Response[Any]:
    return refusal_page(request, on_bug(request, failure))


REFUSALS: dict[type[Exception] | int, Callable[..., Response[Any]]] = {
    StudyError: on_study_error, HTTPException: on_http_error, Exception: on_failure,
}
"""What every controller of the console does with what went wrong."""
