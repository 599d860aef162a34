"""TIMETABLE: everything that happens by itself, and how often. APScheduler is the clock and nothing else.

Jobs claim due rows with a lease (models/delivery.py), so any number of workers may run, and a killed one loses nothing.
"""

import asyncio
import logging
import os
import secrets
import signal
import socket
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend.accounts.mails import send_account_mails
from backend.adherence.jobs import close_work_items, open_work_items
from backend.attachments.jobs import clear_images, give_up_uploads, make_images_safe
from backend.clock import machine_now, utc_now
from backend.consent.jobs import settle_consents
from backend.forwarding.jobs import forward_due
from backend.housekeeping import clear_what_is_over
from backend.inbox.jobs import plan_notices, send_notices
from backend.reach.phone_codes import send_phone_codes
from backend.safety.jobs import climb_ladders, warn_of_empty_duty
from backend.sandbox import follow_clock
from backend.visits.jobs import close_windows
from backend.wiring import Wiring, close_channels, prepare_study
from models import Heartbeat
from models.database import close_database, open_database

BEAT = 10.0
PATIENCE = 8.0
"""Seconds that running jobs have when we are asked to stop; what is cut off then is due again by its lease."""
Job = Callable[[Wiring, datetime], Awaitable[int]]
log = logging.getLogger("backend.worker")

TIMETABLE: list[tuple[str, float, Job]] = [
    # what, every … seconds, job
    ("forward", 2, forward_due),
    ("send account mails", 2, send_account_mails),
    ("send phone codes", 2, send_phone_codes),
    ("make images safe", 2, make_images_safe),
    ("send notices", 5, send_notices),
    ("plan notices", 60, plan_notices),
    ("climb ladders", 60, climb_ladders),
    ("settle consents", 60, settle_consents),
    ("close work items", 60, close_work_items),
    ("close visit windows", 900, close_windows),
    ("give up uploads", 900, give_up_uploads),
    ("open work items", 3600, open_work_items),
    ("warn of empty duty", 3600, warn_of_empty_duty),
    ("clear what is over", 3600, clear_what_is_over),
    ("clear images", 3600, clear_images),
]


def worker_name() -> str:
    """host:process:random — the health check of a container looks for its own host."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass
class Clock:
    """One process's running timetable."""

    wiring: Wiring
    name: str = field(default_factory=worker_name)
    started_at: datetime = field(default_factory=utc_now)
    scheduler: AsyncIOScheduler = field(
        # The executor that calls in place: `_begin` only starts a task of ours. (That of asyncio cancels at shutdown
        # what it has begun in the same breath, and prints it as a failure.)
        default_factory=lambda: AsyncIOScheduler(timezone="UTC", executors={"default": DebugExecutor()}, job_defaults={
            "coalesce": True, "misfire_grace_time": None,  # late is never too late
        })
    )
    running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, timetable: list[tuple[str, float, Job]]) -> None:
        for what, seconds, job in [*timetable, ("beat", BEAT, self._beat)]:
            self.scheduler.add_job(
                self._begin, "interval", (what, job), seconds=seconds, jitter=seconds / 10, id=what,
                next_run_time=machine_now(),
            )
        self.scheduler.start()

    async def stop(self) -> None:
        """Start nothing more; let what runs finish; cancel only what takes longer than PATIENCE."""
        self.scheduler.pause()
        if self.running:
            await asyncio.wait(self.running, timeout=PATIENCE)
        for task in self.running:
            task.cancel()
        self.scheduler.shutdown(wait=False)
        await asyncio.gather(*self.running, return_exceptions=True)

    def _begin(self, what: str, job: Job) -> None:
        """A task of our own, so that `stop` can wait for it; not while the one before it still runs."""
        if any(task.get_name() == what for task in self.running):
            return
        task = asyncio.create_task(self._guarded(what, job), name=what)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _guarded(self, what: str, job: Job) -> None:
        """No failure ever stops the clock."""
        try:
            if self.wiring.settings.sandbox:
                await follow_clock()
            done = await job(self.wiring, utc_now())
        except Exception as failure:
            # Frames only: an exception's message may quote what somebody wrote.
            where = "".join(traceback.format_tb(failure.__traceback__))
            log.error("job=%r failed type=%s\n%s", what, type(failure).__name__, where)
        else:
            if done:
                log.info("job=%r did=%d", what, done)

    async def _beat(self, _wiring: Wiring, now: datetime) -> int:
        await Heartbeat.update_or_create(
            worker=self.name, defaults={"beat_at": now, "started_at": self.started_at}
        )
        return 0


def start_clock(wiring: Wiring) -> Clock:
    """Start the timetable in this event loop; the database is open. Whoever starts it awaits `stop()`."""
    clock = Clock(wiring)
    clock.start(TIMETABLE)
    return clock


async def work_until_told(wiring: Wiring) -> None:
    """The worker process: until SIGTERM or SIGINT, then an ordered end."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await open_database(wiring.settings.database_url, wiring.settings.database_pool)
    try:
        await prepare_study(wiring, utc_now())
        clock = start_clock(wiring)
        log.info("worker=%s started", clock.name)
        await told.wait()
        await clock.stop()
        log.info("worker=%s stopped", clock.name)
    finally:
        await close_channels(wiring)
        await close_database()
