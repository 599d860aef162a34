"""`worker`: the timetable. Any number of these processes may run side by side."""

import asyncio

import click

from backend.commands.start import log_quietly, refuse_database_faults, usable_wiring
from backend.worker import work_until_told


@click.command()
def worker() -> None:
    """Do what happens by itself: forwarding, reminders, visit windows, tidying."""
    log_quietly()
    wiring = usable_wiring()
    refuse_database_faults(wiring.settings)
    asyncio.run(work_until_told(wiring))
