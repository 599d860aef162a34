"""Every route says who may call it, and keeps to it: walked over HTTP as every member of the cast and as nobody."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from backend.access.permissions import may
from models.actions import Action
from tests.cast import Cast

MADE_UP = {"uuid": lambda: str(uuid4()), "str": lambda: "made-up", "int": lambda: "7", "path": lambda: "made-up"}


@dataclass(frozen=True)
class Address:
    """One method of one path."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def action(self) -> Action | None:
        return self.handler.opt.get("action")

    @property
    def public(self) -> bool:
        return bool(self.handler.opt.get("public"))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def made_up(self) -> str:
        return re.sub(r"\{\w+:(\w+)\}", lambda found: MADE_UP[found[1]](), self.path)


def addresses(app: Litestar) -> Iterator[Address]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                yield from (Address(str(m), route.path, handler) for m in sorted(handler.http_methods - {"OPTIONS"}))


def written_by_us(address: Address) -> bool:
    return not address.handler.fn.__module__.startswith("litestar.")


def test_every_route_has_an_action_or_is_public(app: Litestar) -> None:
    silent = [str(a) for a in addresses(app) if written_by_us(a) and not a.public and a.action is None]

    assert silent == []


def test_no_route_is_both_public_and_permitted(app: Litestar) -> None:
    assert [str(a) for a in addresses(app) if a.public and a.action] == []


def test_every_route_has_a_sentence_and_an_operation_id(app: Litestar) -> None:
    ours = [a for a in addresses(app) if written_by_us(a) and a.handler.include_in_schema is not False]
    assert [str(a) for a in ours if not (a.handler.fn.__doc__ or "").strip()] == []

    ids: dict[str, str] = {}
    for address in ours:
        operation = address.handler.operation_id
        if address.path.startswith("/api/"):
            assert isinstance(operation, str), f"{address} has no operation_id"
            assert ids.setdefault(operation, str(address)) == str(address), f"{operation} stands twice"


def test_public_routes_are_these_and_no_others(app: Litestar) -> None:
    """A new public route is a decision; write it down here."""
    public = {a.path for a in addresses(app) if a.public and a.path not in ("/", "/api", "/api/{path:str}")}

    assert all(path.startswith(PUBLIC) for path in public), sorted(p for p in public if not p.startswith(PUBLIC))


PUBLIC = (
    "/health/", "/metrics", "/.well-known/jwks.json", "/api/v1/sessions", "/api/v1/first-sign-ins",
    "/api/v1/email-verifications", "/api/v1/password-resets", "/api/v1/linking-codes/redemption", "/app", "/link",
    "/verify-email", "/reset-password", "/first-sign-in", "/console/sign-in", "/console/static/",
    "/console/{elsewhere:path}", "/api/openapi", "/problems", "/calendar/{file:str}",
    "/u/{token:str}", "/sms-receipts/",
)


async def test_nobody_gets_past_any_route(app: Litestar, as_: Callable[..., httpx.AsyncClient]) -> None:
    nobody = as_()
    for address in addresses(app):
        answer = await nobody.request(address.method, address.made_up())
        assert answer.status_code < 500, f"{address}: {answer.status_code} {answer.text[:200]}"
        if written_by_us(address) and not address.public:
            assert _turned_away(answer), f"{address}: {answer.status_code}"


def _turned_away(answer: httpx.Response) -> bool:
    """The API says 401; a page of the console leads to its sign-in."""
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/console")
    return answer.status_code == 401 or to_sign_in


async def test_every_role_gets_as_far_as_the_table_says(
    app: Litestar, cast: Cast, as_: Callable[..., httpx.AsyncClient]
) -> None:
    clients = {name: as_(name) for name in cast.people}
    ends_the_session_last = sorted(addresses(app), key=lambda a: a.action == Action.SESSION_END)
    for address in ends_the_session_last:
        for name, client in clients.items():
            answer = await client.request(address.method, address.made_up())
            assert answer.status_code < 500, f"{address} as {name}: {answer.status_code} {answer.text[:200]}"
            if address.action is not None and address.action != Action.SESSION_END:
                allowed = may(await cast.actor(name, address.action), address.action)
                # a page of the console may refuse families besides
                if address.path.startswith("/api/") or not allowed:
                    assert _refused(answer) is not allowed, f"{address} as {name}: {answer.status_code}"


def _refused(answer: httpx.Response) -> bool:
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    has_body = is_problem and answer.request.method != "HEAD"
    return answer.status_code == 403 and (not has_body or answer.json()["code"] == "role.may_not")


async def test_a_token_of_an_ended_session_gets_nowhere(
    app: Litestar, cast: Cast, as_: Callable[..., httpx.AsyncClient], now: Any
) -> None:
    cast.mia.session.ended_at = now
    await cast.mia.session.save()
    for address in addresses(app):
        if written_by_us(address) and not address.public:
            answer = await as_("mia").request(address.method, address.made_up())
            assert _turned_away(answer), f"{address}: {answer.status_code}"


@pytest.mark.parametrize("path", ["/api/v1/nothing-here", "/api/v1/", "/%00", "/api/v1/participants/not-an-id/changes"])
async def test_addresses_that_do_not_exist_are_problems(path: str, as_: Callable[..., httpx.AsyncClient]) -> None:
    answer = await as_("mia").get(path)

    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"].startswith("application/problem+json")
