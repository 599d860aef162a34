"""Each request leaves one log line and is counted: method, route as we wrote it, status, time. No ids, no addresses."""

import sys
import time
from collections.abc import Callable
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram

from backend.border.request_id import request_id
from backend.logs import moment

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
NOWHERE = "(none)"
"""The route of what leads nowhere; its path may be anything."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
JSON = ('{{"time": "{at}", "level": "{level}", "logger": "backend.traffic", "message": "request", "method": "{method}",'
        ' "route": "{route}", "status": {status}, "ms": {ms:.1f}, "request_id": "{request_id}"}}\n')
TEXT = '{at} {level} backend.traffic {method} {route} {status} {ms:.1f} ms request_id={request_id}\n'


class Traffic:
    """What one process has answered. Written by hand: by `logging` a line costs three times as much."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.line = ""
        """The form of a log line; empty = nobody asked for lines."""
        self._histogram = Histogram(
            "diary_request_seconds", "Until the answer began, by route and class of status; of this process",
            ("method", "route", "status"), registry=self.registry, buckets=BUCKETS,
        )
        self._counters: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def log_as(self, form: str) -> None:
        self.line = JSON if form == "json" else TEXT

    def timed(self, handler: ASGIApp) -> ASGIApp:
        """The application, with the moment noted at which a request came."""

        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            scope["began"] = time.perf_counter()  # type: ignore[typeddict-unknown-key]
            await handler(scope, receive, send)

        return handle

    async def answered(self, message: Message, scope: Scope) -> None:
        """When an answer begins: name it, count it, log it."""
        if message["type"] != "http.response.start":
            return
        name = request_id(scope)
        message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
        began: float = scope.get("began", 0.0)  # type: ignore[assignment]
        seconds, status = time.perf_counter() - began, message["status"]
        asked = scope.get("method", "")
        method = asked if asked in METHODS else NOWHERE
        route = scope.get("path_template") or NOWHERE
        self._count(method, route, status // 100, seconds)
        if self.line:
            sys.stderr.write(self.line.format(
                at=moment(time.time()), level="error" if status >= 500 else "info", method=method, route=route,
                status=status, ms=seconds * 1000, request_id=name,
            ))

    def _count(self, method: str, route: str, kind: int, seconds: float) -> None:
        key = method, route, kind
        if (counter := self._counters.get(key)) is None:
            counter = self._counters[key] = self._histogram.labels(method, route, f"{kind}xx").observe
        counter(seconds)


def watch(app: Any, traffic: Traffic) -> None:
    """Every request of this application passes here first."""
    app.state.traffic = traffic
    app.asgi_handler = traffic.timed(app.asgi_handler)
