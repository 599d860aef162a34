"""A sandbox: an installation for trying things out, whose clock can be moved forward for all its processes at once.

What was made as a sandbox stays one, and nothing else ever becomes one: the study's row says which it is.
"""

import contextlib
import math
from datetime import datetime, timedelta

from litestar.types import ASGIApp, Receive, Scope, Send

from backend import audit
from backend.access.actor import Actor
from backend.clock import machine_now, run_ahead
from backend.errors import DoesNotFit
from backend.settings import Settings, SettingsError
from models import Study
from models.actions import Action
from models.statement import is_postgres, rows
from models.transaction import atomic

FARTHEST = timedelta(days=20 * 365)
"""A childhood; beyond it dates run out sooner or later."""
IS_SANDBOX = "this database belongs to a sandbox; it can't be used without SANDBOX=true"
IS_NO_SANDBOX = "SANDBOX is set, but this database was made for a real study; make a new one"


async def sandbox_faults(settings: Settings) -> list[str]:
    """Whether the database is of the other sort; an empty one becomes what the settings say."""
    study = await Study.get_or_none(id=1)
    if study is None or study.sandbox is settings.sandbox:
        return []
    return [IS_SANDBOX if study.sandbox else IS_NO_SANDBOX]


async def enter(settings: Settings) -> None:
    """What every process does once its database is open. Raises SettingsError for one of the other sort."""
    if faults := await sandbox_faults(settings):
        raise SettingsError(*faults)
    if settings.sandbox:
        await follow_clock()


async def follow_clock() -> None:
    """Take over how far the study's clock was moved. Only a sandbox asks."""
    found = await rows("SELECT clock_offset FROM study WHERE id = 1")
    run_ahead(timedelta(seconds=found[0]["clock_offset"]))


def following(handler: ASGIApp) -> ASGIApp:
    """The application, with every request at the time that any process has moved the clock to."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(Exception):  # without its database the request itself says so
            await follow_clock()
        await handler(scope, receive, send)

    return handle


@atomic
async def move_clock(actor: Actor, by: timedelta | None, at: datetime | None, now: datetime) -> None:
    """Move it by a duration, or to an instant. Raises DoesNotFit for backwards, too far, both or neither."""
    chosen = Study.filter(id=1)
    study = await (chosen.select_for_update() if is_postgres() else chosen).get()
    ahead = study.clock_offset
    if at is not None and by is None:
        wanted = math.ceil((at - machine_now()).total_seconds())
    elif by is not None and at is None:
        wanted = ahead + math.ceil(by.total_seconds())
    else:
        raise _refused("", "say either advance or at")
    if wanted < ahead:
        raise _refused("/at" if at else "/advance", "the clock only goes forward")
    if wanted > FARTHEST.total_seconds():
        raise _refused("/at" if at else "/advance", "at most 20 years ahead of the real clock")
    study.clock_offset = wanted
    await study.save(update_fields=["clock_offset"])
    await audit.record(actor, Action.CLOCK_MOVE, study, now, changes={"clock_offset": [ahead, wanted]})


def _refused(pointer: str, detail: str) -> DoesNotFit:
    return DoesNotFit(errors=[{"pointer": pointer, "detail": detail}])
