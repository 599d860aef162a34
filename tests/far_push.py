"""A push provider in a thread that keeps what it accepted, and `python -m tests.far_push`: a sender that talks to it.

Strict: the same notice under another tag, or a parcel that lacks either, is a fault.
"""

import asyncio
import json
import resource
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random

from models.database import close_database, open_database
from notifications.channels.base import ChannelError, Parcel, Reach, Receipt
from notifications.sending.sender import send_due

OK, BUSY, CUT = "ok", "busy", "cut"
"""Accepted and said so; not accepted; accepted, but the answer never came."""


class Provider:
    """What a push service does, over one line of JSON each way."""

    def __init__(self, seconds: float, plan: Callable[[], str]) -> None:
        self.seconds, self.plan = seconds, plan
        self.tags: dict[str, set[str]] = defaultdict(set)
        """Notice → the tags under which it was accepted."""
        self.accepted = 0
        self.at_once = self.most_at_once = 0
        self.faults: list[str] = []
        self.port = 0
        self.heard = threading.Condition()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = b""
        with suppress(ConnectionError, asyncio.CancelledError):  # who asked is dead, or the test is over
            line = await reader.readline()
            if line:
                said = self._judge(json.loads(line))
                await asyncio.sleep(self.seconds)
                if said != CUT:
                    writer.write(f"{said}\n".encode())
                    await writer.drain()
        self.at_once -= bool(line)
        writer.close()

    def _judge(self, parcel: dict[str, str]) -> str:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        said = self.plan()
        if said == BUSY:
            return said
        with self.heard:
            tags = self.tags[parcel["id"]]
            tags.add(parcel["tag"])
            if len(tags) > 1 or not parcel["tag"] or not parcel["account"]:
                self.faults.append(parcel["id"])
            self.accepted += 1
            self.heard.notify_all()
        return said

    def wait_for(self, accepted: int, seconds: float = 60) -> bool:
        with self.heard:
            return self.heard.wait_for(lambda: self.accepted >= accepted, seconds)


@contextmanager
def providing(seconds: float = 0.0, plan: Callable[[], str] = lambda: OK) -> Iterator[Provider]:
    """It listens on `port` while the block runs."""
    provider, ready = Provider(seconds, plan), threading.Event()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(provider.answer, "127.0.0.1", 0, backlog=1024)
        provider.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.1)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


class FarPush:
    """A channel to that provider."""

    name = "push"
    replaces = True

    def __init__(self, port: int) -> None:
        self.port = port

    def address_of(self, reach: Reach) -> str | None:
        return str(reach.account.id)

    async def send(self, parcel: Parcel) -> Receipt:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            line = {"id": str(parcel.id), "tag": parcel.tag, "account": parcel.address}
            writer.write(json.dumps(line).encode() + b"\n")
            said = (await reader.readline()).decode().strip()
            writer.close()
        except OSError as fault:
            raise ChannelError("connection_failed") from fault
        if said != OK:
            raise ChannelError(said or "no_answer", retry_after=timedelta(seconds=1))
        return Receipt(parcel.tag)

    async def close(self) -> None:
        pass


def faulty(seed: int) -> Callable[[], str]:
    """A provider of which every fourth parcel goes wrong somehow."""
    chance = Random(seed)
    return lambda: chance.choice([OK] * 6 + [BUSY, CUT])


async def _work(url: str, port: str, moment: str) -> None:
    """Send what is due as from that moment on, then say how many and how large we grew."""
    begun, loop = datetime.fromisoformat(moment), asyncio.get_running_loop()
    zero = loop.time()
    await open_database(url, 4)
    try:
        done = await send_due([FarPush(int(port))], "Diary", lambda: begun + timedelta(seconds=loop.time() - zero))
    finally:
        await close_database()
    print(json.dumps({"accepted": done, "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


if __name__ == "__main__":
    asyncio.run(_work(*sys.argv[1:4]))
