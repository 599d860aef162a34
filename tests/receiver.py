"""A strict study team: a real HTTP server that verifies every signature and takes each message once.

What it does with a message is planned per request: answer, fail, or misbehave on the wire.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
OLD_SECRET = "whsec_" + "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w="


@dataclass
class Plan:
    """What happens to one request. `taken` = it commits the message, whatever it then says."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    taken: bool = True
    wire: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None
    """Instead of an answer."""


def fail(status: int, **headers: str) -> Plan:
    return Plan(status, {name.replace("_", "-"): value for name, value in headers.items()}, taken=False)


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@dataclass
class Receiver:
    secret: str = SECRET
    plan: Callable[[str, int], Plan] = lambda _message_id, _nth: Plan()
    """(message id, how often it came before + 1) → what to do."""
    port: int = 0
    came: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    """Ids in the order in which they took effect."""
    effects: dict[str, bytes] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/diary"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._one(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        headers = {name.lower(): value.strip() for name, _, value in (
            line.partition(":") for line in head.split("\r\n")[1:] if line
        )}
        body = await reader.readexactly(int(headers["content-length"]))
        plan = self._judge(headers, body)
        if plan.wire:
            await plan.wire(writer)
        else:
            more = "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())
            length = "" if plan.status == 204 else "content-length: 0\r\n"
            writer.write(f"HTTP/1.1 {plan.status} x\r\n{length}{more}\r\n".encode())
        await writer.drain()

    def _judge(self, headers: dict[str, str], body: bytes) -> Plan:
        self.headers.append(headers)
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError as fault:
            self.faults.append(str(fault))
            return fail(400)
        message_id = headers["webhook-id"]
        self.came[message_id] += 1
        plan = self.plan(message_id, self.came[message_id])
        if self.effects.get(message_id, body) != body:
            self.faults.append("other bytes under the same id")
        if plan.taken and message_id not in self.effects:
            self.effects[message_id] = body
            self.order.append(message_id)
        return plan


@asynccontextmanager
async def receiving(receiver: Receiver | None = None) -> AsyncIterator[Receiver]:
    receiver = receiver or Receiver()
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in asyncio.all_tasks():
            if getattr(task.get_coro(), "__qualname__", "") == "Receiver.handle":
                task.cancel()
        await asyncio.sleep(0)
