"""What the timetable does for notices: plan what comes up, send what is due."""

from datetime import datetime

from backend.clock import utc_now
from backend.wiring import Wiring
from notifications.planning.planner import plan_reminders
from notifications.sending.sender import send_due


async def plan_notices(wiring: Wiring, now: datetime) -> int:
    return await plan_reminders(wiring.protocol, now)


async def send_notices(wiring: Wiring, now: datetime) -> int:
    """Reads the clock for every mail anew: a round may take minutes, and quiet hours begin on the hour."""
    del now
    return await send_due(wiring.channels, wiring.settings.app_name, utc_now, wiring.protocol.file.reminders)
