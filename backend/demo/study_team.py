"""A study team's server for the demo: takes Standard Webhooks as a strict receiver does, and keeps nothing twice."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, post
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

Listener = Callable[[str, dict[str, Any]], None]


def study_team(secret: str, on_message: Listener) -> Litestar:
    """The application; `on_message` hears of each message once, however often it is delivered."""
    webhook, seen = Webhook(secret), set[str]()

    @post("/diary", status_code=200)
    async def receive(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        body = await request.body()
        try:
            webhook.verify(body, dict(request.headers))
        except WebhookVerificationError:
            return Response({"taken": False}, status_code=401)
        message_id = request.headers["webhook-id"]
        if message_id not in seen:
            seen.add(message_id)
            on_message(message_id, msgspec.json.decode(body))
        return Response({"taken": True})

    return Litestar([receive], openapi_config=None, logging_config=None)
