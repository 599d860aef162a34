"""The OpenAPI 3.1 document: title, security schemes, and the problems every operation can answer."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

import msgspec
from litestar import Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, OpenAPI, SecurityScheme

from backend import errors
from backend.access.authentication import cookie_name
from backend.api_constraints import constrain
from backend.api_examples import BODY_EXAMPLES
from backend.api_samples import sample
from backend.border.problems import MEDIA_TYPE, Problem, as_problem
from backend.diary.schemas import PushItem
from backend.settings import Settings

EXAMPLES = (
    errors.InvalidBody(errors=[{"pointer": "/data/pain", "detail": "must be a whole number"}]), errors.NotSignedIn(),
    errors.RoleMayNot(), errors.NotFound(), errors.IllegalState(state="validated"), errors.ResyncRequired(),
    errors.Stale(), errors.TooLarge(), errors.WrongContentType(), errors.UnstorableItem(), errors.AppTooOld(),
    errors.PreconditionMissing(), errors.TooManyAttempts(60), errors.Bug(reference="0f3c"), errors.DatabaseAway(),
)
OF_ONE_OPERATION = {
    "PushChanges": {426}, "PullChanges": {410}, "WatchChanges": {429}, "RetractEntry": {422},
    "CountFractures": {409, 422},
    "RedeemLinkingCode": {409, 410}, "RedeemLinkingCodeForMe": {410, 429}, "IssueInvitation": {429},
    "ChangePassword": {429}, "StepUp": {429}, "ChangeEmail": {429}, "ResendEmailVerification": {429},
    "TryPushDevice": {429}, "ChangePhone": {429}, "ProvePhone": {410},
    "VerifyEmail": {410}, "FirstSignIn": {410}, "ResetPassword": {410},
    # what the body or the query names may lie out of sight, or not be here at all
    "ListAwaitingAdjudication": {404}, "PlanDutyShift": {404}, "ReadDutyRosters": {404},
    "ListSafetyCases": {404}, "ListWorkItems": {404}, "ReadAdherence": {404},
    "AddConsentDocument": {404}, "EnrolParticipant": {404}, "ReadWorklist": {404}, "AddStaff": {404},
    "ReadSandboxClock": {404}, "MoveSandboxClock": {404},
}
CREATES_TOO = {"WriteEntry", "LogOnBehalf"}
"""PUT: 200 changes what is there, 201 makes it."""
Operation = dict[str, Any]


class DescribedApi(OpenAPI):
    """Litestar's description, completed by what it can't know."""

    def __init__(self, plain: OpenAPI, public: frozenset[str], bodies: tuple[Any, ...]) -> None:
        super().__init__(**{field.name: getattr(plain, field.name) for field in fields(plain)})
        self.public = public
        self.bodies = bodies

    def to_schema(self) -> dict[str, Any]:
        document = super().to_schema()
        schemas = document["components"]["schemas"]
        # Of what is sent, what reads it says best: Litestar loses a limit of 0 and puts others beside a choice.
        _add(schemas, Problem, PushItem, *self.bodies)
        constrain(document)
        document["components"]["responses"] = {_name(e.status): _response(e) for e in EXAMPLES}
        for method, path, operation in _operations(document):
            if operation["operationId"] in self.public:
                operation["security"] = []
            _complete(operation, method, path)
            for name in _sent_by(operation):
                schemas[name]["additionalProperties"] = False
        for name, example in BODY_EXAMPLES.items():
            schemas[name]["examples"] = [example]
        for content in _successes(document):
            content["example"] = sample(content["schema"], schemas)
        return document


@dataclass
class DescribedConfig(OpenAPIConfig):
    public: frozenset[str] = frozenset()
    """Operations that need no session."""
    bodies: tuple[Any, ...] = ()
    """What is sent to any operation."""

    def to_openapi_schema(self) -> OpenAPI:
        return DescribedApi(super().to_openapi_schema(), self.public, self.bodies)


class Once(OpenAPIRenderPlugin):
    """A document that never changes while the process runs, rendered at the first request and kept as bytes."""

    kept = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if not self.kept:
            self.kept = super().render(request, openapi_schema)  # type: ignore[safe-super] # the other parent's
        return self.kept


class JsonOnce(Once, JsonRenderPlugin):
    """The document as JSON."""


class YamlOnce(Once, YamlRenderPlugin):
    """The document as YAML: making it takes a second."""


def openapi_config(settings: Settings, handlers: list[Any]) -> OpenAPIConfig:
    return DescribedConfig(
        public=frozenset(_public(handlers)), bodies=tuple(_bodies(handlers)),
        title="fracture-diary",
        version="1",
        openapi_router=Router(path="/api", route_handlers=[], opt={"public": True}, include_in_schema=False),
        # The document only: the usual readers come from other people's servers, which our pages never load from.
        render_plugins=[JsonOnce(), YamlOnce()],
        security=[{"bearer": []}, {"cookie": []}],
        components=Components(security_schemes={
            "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
            "cookie": SecurityScheme(type="apiKey", name=cookie_name(settings.public_url), security_scheme_in="cookie"),
        }),
    )


def _routes(handlers: list[Any]) -> Iterator[HTTPRouteHandler]:
    for handler in handlers:
        for route in vars(handler).values() if isinstance(handler, type) else [handler]:
            if isinstance(route, HTTPRouteHandler):
                yield route


def _public(handlers: list[Any]) -> Iterator[str]:
    return (str(route.operation_id) for route in _routes(handlers) if route.opt.get("public"))


def _bodies(handlers: list[Any]) -> Iterator[Any]:
    """The structs that are read from bodies: `JSONBody[T]` is Annotated[T, …]."""
    for route in _routes(handlers):
        sent = get_type_hints(route.fn).get("data")
        if isinstance(sent, type) and issubclass(sent, msgspec.Struct):
            yield sent


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def _successes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The JSON content of every 2xx answer."""
    for _, _, operation in _operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("2") and "schema" in response.get("content", {}).get("application/json", {}):
                yield response["content"]["application/json"]


def _complete(operation: Operation, method: str, path: str) -> None:
    found = operation["responses"]
    found.pop("400", None)  # Litestar's own form of it, which nobody ever gets
    found.get("204", {}).pop("content", None)
    if operation["operationId"] == "WatchChanges":
        found["200"]["content"] = {"text/event-stream": {"schema": {}}}
    if operation["operationId"] in CREATES_TOO:
        found["201"] = found["200"]
    for status in sorted(_statuses(operation, method, path)):
        found[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}


def _statuses(operation: Operation, method: str, path: str) -> set[int]:
    """The problems that method, parameters and body make possible."""
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    public, body = operation.get("security") == [], "requestBody" in operation
    statuses = {500, 503} | OF_ONE_OPERATION.get(operation["operationId"], set())
    if parameters or body:
        statuses.add(400)
    if "cursor" in parameters:
        statuses.add(422)
    if not public or body:
        statuses |= {401, 403}
    if "{" in path:
        statuses.add(404)
    if body:
        statuses |= {413, 415, 422} | ({429} if public else set())
    if method != "get" and not public:
        statuses.add(409)
    if "If-Match" in parameters:
        statuses |= {412, 428}
    return statuses


def _sent_by(operation: Operation) -> Iterator[str]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        reference = content["schema"].get("$ref", "")
        if reference:
            yield reference.rpartition("/")[2]


def _name(status: int) -> str:
    return f"Problem{status}"


def _response(example: errors.StudyError) -> dict[str, Any]:
    headers = {name: {"schema": {"type": "string"}, "description": "Seconds to wait"} for name in example.headers}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": as_problem(example)}
    return {"description": example.title, "content": {MEDIA_TYPE: content}, **({"headers": headers} if headers else {})}


def _add(schemas: dict[str, Any], *structs: type[msgspec.Struct]) -> None:
    _, found = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    schemas.update(found)
