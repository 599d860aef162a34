"""What the timetable calls."""

from datetime import datetime

from backend.attachments.clearing import clear_unnamed
from backend.attachments.storing import store_whole_uploads
from backend.attachments.uploads import give_up_old_uploads
from backend.clock import machine_now
from backend.wiring import Wiring


async def make_images_safe(wiring: Wiring, now: datetime) -> int:
    return await store_whole_uploads(wiring.images, now)


async def give_up_uploads(wiring: Wiring, now: datetime) -> int:
    return await give_up_old_uploads(wiring.images, now)


async def clear_images(wiring: Wiring, now: datetime) -> int:
    """The store tells the machine's own time, which a sandbox's clock may have left behind."""
    del now
    return await clear_unnamed(wiring.images, machine_now())
