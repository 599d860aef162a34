"""`check`: is this installation sound? Numbered lines without values; exit code 1 when something is not."""

import asyncio
import secrets
import socket
from datetime import datetime, timedelta

import click

from backend.access.keys import sealed_otherwise
from backend.access.seal import Seal
from backend.clock import utc_now
from backend.commands.embedded import prepare_embedded
from backend.commands.start import SEALED_OTHERWISE, UNREACHABLE
from backend.image_store import ImageStore, ImageStoreError
from backend.safety.roster import Cover, uncovered
from backend.sandbox import follow_clock, sandbox_faults
from backend.settings import Settings, SettingsError, read_settings
from backend.unsafe_settings import faults_in
from backend.wiring import wire
from models import Heartbeat
from models.database import check_durability, close_database, open_database
from models.migrator import pending_here
from models.protocol import ProtocolError
from models.statement import is_postgres, rows
from notifications.channels.sms_budget import used

FRESH = timedelta(seconds=60)


class Report:
    """Lines as they are found; a fault makes the exit code 1, a remark does not."""

    def __init__(self) -> None:
        self.number = 0
        self.faults = 0

    def fine(self, what: str, sentence: str) -> None:
        self.number += 1
        click.echo(f"{self.number:2}. {what:<13} {sentence}")

    def faulty(self, what: str, *sentences: str) -> None:
        for sentence in sentences:
            self.faults += 1
            self.fine(what, f"to mend: {sentence}")

    def judge(self, what: str, faults: list[str], good: str) -> None:
        if faults:
            self.faulty(what, *faults)
        else:
            self.fine(what, good)


@click.command()
@click.option("--worker", "worker_only", is_flag=True, help="Only: does a worker of this host live? (health check)")
def check(worker_only: bool) -> None:
    """Say whether this installation is sound."""
    report = Report()
    try:
        settings = prepare_embedded(read_settings())
    except SettingsError as fault:
        report.faulty("settings", *map(str, fault.args))
    else:
        if not worker_only:
            _check_files(report, settings)
        asyncio.run(_check_database(report, settings, worker_only))
    click.echo("Sound." if not report.faults else f"{report.faults} thing(s) to mend.")
    raise SystemExit(1 if report.faults else 0)


def _check_files(report: Report, settings: Settings) -> None:
    report.judge("settings", faults_in(settings), "usable")
    try:
        wiring = wire(settings)
    except ProtocolError as fault:
        report.faulty("protocol", *map(str, fault.args))
    except SettingsError as fault:
        report.faulty("wiring", str(fault))
    else:
        file = wiring.protocol.file
        report.fine("protocol", f"{file.code} version {file.version}, {len(file.site)} sites")
        report.fine("destinations", ", ".join(f"{rule.code} ({rule.kind})" for rule in wiring.destinations) or "none")
        report.fine("channels", ", ".join(channel.name for channel in wiring.channels))
        if not faults_in(settings):
            asyncio.run(_check_images(report, wiring.images))


async def _check_images(report: Report, store: ImageStore) -> None:
    """What can't be put there is refused to families, so it is tried out."""
    name = f"trial/{secrets.token_hex(8)}"
    try:
        await store.put(name, name.encode())
        found = await store.get(name)
        await store.delete([name])
    except (OSError, ImageStoreError) as failure:
        report.faulty("images", f"ATTACHMENT_STORE can't be written to or read from ({type(failure).__name__})")
    else:
        sound = found == name.encode()
        report.judge("images", [] if sound else ["ATTACHMENT_STORE gave back something else"], "can be put and got")


async def _check_database(report: Report, settings: Settings, worker_only: bool) -> None:
    try:
        await open_database(settings.database_url, 1)
        try:
            await rows("SELECT 1 AS one")
            if not worker_only:
                await _check_tables(report)
                await _check_secret_key(report, settings)
            if worker_only or not await pending_here():
                await _check_sandbox(report, settings)
                await _check_worker(report, utc_now(), own_host=worker_only)
            if not worker_only and not await pending_here():
                await _check_duty(report, utc_now())
                await _check_sms(report, settings, utc_now())
        finally:
            await close_database()
    except UNREACHABLE as failure:
        report.faulty("database", f"can't be reached ({type(failure).__name__})")


async def _check_tables(report: Report) -> None:
    report.fine("database", "PostgreSQL answers" if is_postgres() else "SQLite answers")
    missing = await pending_here()
    report.judge(
        "migrations", ["some have not run; run `fracture-diary migrate`"] if missing else [], "all have run"
    )
    report.judge("durability", await check_durability(), "what was acknowledged survives a power cut")


async def _check_sandbox(report: Report, settings: Settings) -> None:
    if faults := await sandbox_faults(settings):
        report.faulty("sandbox", *faults)
    elif settings.sandbox:
        await follow_clock()
        report.fine("SANDBOX", "THIS IS NO REAL STUDY: made-up people only; anybody signed in may move its clock")


async def _check_secret_key(report: Report, settings: Settings) -> None:
    if settings.secret_key and not await pending_here() and await sealed_otherwise(Seal(settings.secret_key)):
        report.faulty("secret key", SEALED_OTHERWISE)


async def _check_worker(report: Report, now: datetime, *, own_host: bool) -> None:
    beats = Heartbeat.all().order_by("-beat_at")
    if own_host:
        beats = beats.filter(worker__startswith=f"{socket.gethostname()[:50]}:")
    latest = await beats.first()
    if latest is None and not own_host:
        report.fine("worker", "none has run yet; nothing is forwarded and nobody is reminded until one does")
    elif latest is None or now - latest.beat_at > FRESH:
        report.faulty("worker", "no sign of life in the last 60 seconds; start `fracture-diary worker`")
    else:
        report.fine("worker", f"last sign of life {max(0, round((now - latest.beat_at).total_seconds()))} s ago")


async def _check_sms(report: Report, settings: Settings, now: datetime) -> None:
    if not settings.sms_provider:
        return
    sent, cap = await used(now), settings.sms_monthly_cap
    faults = ["SMS_MONTHLY_CAP is used up: nobody is told by SMS before next month"] if sent >= cap else []
    report.judge("SMS", faults, f"{sent} of {cap} segments of this month are used")


async def _check_duty(report: Report, now: datetime) -> None:
    faults = [_without_duty(cover) for cover in await uncovered(now)]
    report.judge("duty", faults, "somebody answers for every site with participants, for seven days")


def _without_duty(cover: Cover) -> str:
    if not cover.on_duty:
        return f"at {cover.site.code} nobody is on duty now; plan a shift or give somebody the role of duty person"
    starts, ends = cover.gaps[0]
    return f"at {cover.site.code} nobody is on duty from {starts:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"
