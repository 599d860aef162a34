"""`worker`: the timetable. Any number of these processes may run side by side."""

import asyncio

import click

from backend.commands.start import refuse_database_faults, usable_wiring
from backend.logs import start_logging
from backend.worker import work_until_told


@click.command()
def worker() -> None:
    """Do what happens by itself: forwarding, reminders, visit windows, tidying."""
    wiring = usable_wiring()
    start_logging(wiring.settings.log_format)
    refuse_database_faults(wiring.settings)
    asyncio.run(work_until_told(wiring))
