"""What the timetable calls."""

import os
import socket
from datetime import datetime

from backend.clock import utc_now
from backend.forwarding.dispatcher import Dispatcher
from backend.wiring import Wiring


async def forward_due(wiring: Wiring, _now: datetime | None = None) -> int:
    """Deliver outbox messages that are due. Returns how many tries were made."""
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}"
    return await Dispatcher(worker, utc_now).deliver_due(wiring.destinations)
