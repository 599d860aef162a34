"""`replan`: running children are moved to the protocol version that this installation runs."""

import click

from backend.access import scope
from backend.access.actor import SYSTEM
from backend.clock import utc_now
from backend.commands.start import in_database, refuse, refuse_database_faults, usable_wiring
from backend.errors import NotFound
from backend.visits.replanning import Replanned, replan_all
from backend.wiring import Wiring
from models.actions import Action


@click.command()
@click.option("--site", "site_code", help="Code of a site such as SE01; without it, children of all sites.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
def replan(site_code: str | None, dry_run: bool) -> None:
    """Count the visits of running children by today's protocol version.

    Until then each keeps the plan it was counted by. Appointments stay, only their windows move; what took place stays
    as it is. Interrupted, it is started again.
    """
    wiring = usable_wiring()
    refuse_database_faults(wiring.settings)
    try:
        moved, refused = in_database(wiring, _replan(wiring, site_code, dry_run))
    except NotFound:
        refuse(f"--site: there is no site {site_code}")
    ending = " A dry run: nothing was stored." if dry_run else ""
    click.echo(f"Children moved to protocol version {wiring.protocol.file.version}: {moved:,}.{ending}")
    if refused:
        click.echo(f"{refused:,} could not be counted and keep their plan.", err=True)
        raise SystemExit(1)


async def _replan(wiring: Wiring, site_code: str | None, dry_run: bool) -> tuple[int, int]:
    actor, moved, refused = SYSTEM.acting(Action.VISIT_PLAN), 0, 0
    site = await scope.site_for(actor, site_code) if site_code else None
    async for one in replan_all(actor, wiring.protocol, utc_now(), site=site, dry_run=dry_run):
        click.echo(_said(one), err=one.done is None)
        moved, refused = moved + (one.done is not None), refused + (one.done is None)
    return moved, refused


def _said(one: Replanned) -> str:
    if one.done is None:
        return f"{one.code}: can't be counted"
    told = {"new": one.done.new, "moved": one.done.moved, "cancelled": one.done.cancelled,
            "agreed outside the window": one.done.agreed_outside_window}
    return f"{one.code}: " + ("; ".join(f"{what} {', '.join(codes)}" for what, codes in told.items() if codes)
                              or "no day changes")
