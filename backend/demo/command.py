"""`demo`: make the made-up study (once), run everything in one process, play one entry through, stay up."""

import asyncio
import base64
import contextlib
import dataclasses
import secrets
import signal
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click
import msgspec
import uvicorn

from backend.app import create_app
from backend.clock import utc_now
from backend.commands.embedded import prepare_embedded
from backend.commands.serve import server_config
from backend.commands.start import refuse_taken_port
from backend.demo.cohort import build_people
from backend.demo.depth import tell_in_depth
from backend.demo.diaries import two_years
from backend.demo.people import FAMILIES, PASSWORD, STAFF, STUDY_TEAM, address_of
from backend.demo.play import Stuck, play, unused_code
from backend.demo.reminders import tell_of_reminders
from backend.demo.story import tell_the_story
from backend.demo.study_team import study_team
from backend.settings import Settings, read_settings
from backend.wiring import Wiring, prepare_study, wire
from backend.worker import start_clock
from models import Account, DataQuery, Participant
from models.database import close_database, open_database
from models.migrator import migrate
from notifications.channels.console import ConsoleChannel

FOLDER = Path("data") / "demo"


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where the demo keeps its study.")
@click.option("--port", type=click.IntRange(1, 65534), default=8000, help="Of the API; the study team gets the next.")
@click.option("--codes", is_flag=True, help="Only print the staff's current authenticator codes.")
@click.option("--once", is_flag=True, help="End after the play instead of staying up.")
def demo(folder: Path, port: int, codes: bool, once: bool) -> None:
    """Show a whole study with made-up families, on this machine only."""
    settings = prepare_embedded(_demo_settings(folder, port))
    if codes:
        asyncio.run(_print_codes(settings))
        return
    for taken in (port, port + 1):
        refuse_taken_port(settings.host, taken)
    click.echo(f"The demo study lives in {folder} (delete the folder to begin anew).")
    asyncio.run(migrate(settings.database_url))
    with (folder / "notices.log").open("a", encoding="utf-8") as notices:
        wiring = dataclasses.replace(wire(settings), channels=(ConsoleChannel(notices, shows_links=True),))
        raise SystemExit(asyncio.run(_run(wiring, port, once=once)))


def _demo_settings(folder: Path, port: int) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    destinations = folder / "destinations.toml"
    secret = _secret_in(destinations) or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    destinations.touch(0o600)
    destinations.write_text(
        f'[[destination]]\ncode = "{STUDY_TEAM}"\nkind = "webhook"\nurl = "http://127.0.0.1:{port + 1}/diary"\n'
        f'secret = "{secret}"\nallow_private = true\n\n'
        '[[destination]]\ncode = "folder"\nkind = "folder"\nfolder = "forwarded"\n', "utf-8")
    return msgspec.structs.replace(
        read_settings({}), database_url=f"sqlite:///{folder / 'study.db'}", data_folder=str(folder), port=port,
        destinations_file=str(destinations), public_url=f"http://localhost:{port}",
    )


def _secret_in(destinations: Path) -> str | None:
    """Of an earlier start, which may have had another port."""
    if not destinations.exists():
        return None
    found: list[dict[str, Any]] = tomllib.loads(destinations.read_text("utf-8"))["destination"]
    return next((str(rule["secret"]) for rule in found if "secret" in rule), None)


async def _run(wiring: Wiring, port: int, *, once: bool) -> int:
    await open_database(wiring.settings.database_url)
    arrived: dict[str, dict[str, Any]] = {}
    try:
        await prepare_study(wiring, utc_now())
        await _build_once(wiring)
        secret = next(rule.secrets[0] for rule in wiring.destinations if rule.code == STUDY_TEAM)
        receiver = study_team(secret, arrived.__setitem__)
        app = create_app(wiring, opens_database=False)
        async with _serving(app, wiring.settings), _serving(receiver, msgspec.structs.replace(
                wiring.settings, port=port + 1)):
            clock = start_clock(wiring)
            try:
                return await _show(wiring, arrived, once=once)
            finally:
                await clock.stop()
    finally:
        await close_database()


async def _build_once(wiring: Wiring) -> None:
    if await Participant.all().exists():
        if not await DataQuery.all().exists():  # the story is told last
            raise click.ClickException("An earlier start was interrupted while it made the study: delete the folder")
        click.echo("Found the study of an earlier start; its data is as you left it.")
        return
    click.echo("Making a study: 2 sites, staff of every role, 20 children with two years of diary (once).")
    now = utc_now()
    cast = await build_people(wiring, now)
    with click.progressbar(range(len(FAMILIES)), label="  diaries") as numbers:
        for number in numbers:
            await two_years(wiring, cast, number, now)
    click.echo("  details, pain, medicines, a photo, readings of films, a safety case, the duty roster")
    await tell_in_depth(wiring, cast, now)
    click.echo("  reminders of twelve weeks, a family that is not heard from")
    await tell_of_reminders(wiring, cast, now)
    click.echo("  questions, conflicts, deliveries, visits")
    await tell_the_story(wiring, cast, now)


async def _show(wiring: Wiring, arrived: dict[str, dict[str, Any]], *, once: bool) -> int:
    url = wiring.settings.public_url
    click.echo("\nOne entry's way, phone → site review → study team:")
    try:
        await play(url, wiring.seal, arrived)
    except Stuck as reason:
        click.echo(f"  It got stuck: {reason}", err=True)
        return 1
    if once:
        return 0
    click.echo(f"\nFamily page  {url}/app/      sign in as {address_of('mia', staff=False)}")
    click.echo(f"Staff page   {url}/console/  sign in as {address_of('nora', staff=True)}")
    click.echo(f"API          {url}/api       (OpenAPI document at /api/openapi.json)")
    click.echo(f"Mails        {wiring.settings.data_folder}/notices.log  "
               "(none is sent: reminders, and the links to reset a password or confirm an address, stand there)")
    click.echo(f"Password of everybody: {PASSWORD}")
    await _print_codes_here(wiring)
    click.echo("New codes: python -m backend demo --codes      Stop: Ctrl-C")
    await _until_told()
    return 0


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
    click.echo("Stopping …")


@contextlib.asynccontextmanager
async def _serving(app: Any, settings: Settings) -> AsyncIterator[None]:
    server = uvicorn.Server(server_config(app, settings))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has a flag, not an event
        await asyncio.sleep(0.05)
    if task.done():
        raise click.ClickException(f"Port {settings.port} can't be used; choose another with --port")
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _print_codes(settings: Settings) -> None:
    await open_database(settings.database_url, 1)
    try:
        await _print_codes_here(wire(settings))
    finally:
        await close_database()


async def _print_codes_here(wiring: Wiring) -> None:
    click.echo("Authenticator codes of staff, good for the next half minute:")
    for person in STAFF:
        if await Account.exists(email=address_of(person.name, staff=True)):
            where = person.site or "whole study"
            code = await unused_code(wiring.seal, person.name, within=0)
            click.echo(f"  {code}  {address_of(person.name, staff=True):22} {person.role} ({where})")
