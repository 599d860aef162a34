"""`serve`: the API and the two pages on one port. Any number of these processes may run side by side."""

import signal
from types import FrameType
from typing import NoReturn

import click
import uvicorn
from litestar import Litestar

from backend.app import create_app
from backend.commands.start import refuse_database_faults, refuse_taken_port, usable_wiring
from backend.commands.whole_answers import WholeAnswers
from backend.logs import start_logging
from backend.settings import Settings

PATIENCE = 7
"""Seconds that running requests have when we are asked to stop; with closing the database it stays under 10."""


@click.command()
@click.option("--host", help="Address to listen on; otherwise HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; otherwise PORT.")
def serve(host: str | None, port: int | None) -> None:
    """Answer phones and browsers."""
    chosen = {"host": host, "port": port}
    wiring = usable_wiring(**{name: value for name, value in chosen.items() if value is not None})
    start_logging(wiring.settings.log_format)
    refuse_database_faults(wiring.settings, wiring.seal)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    refuse_taken_port(wiring.settings.host, wiring.settings.port)
    app = create_app(wiring)
    app.state.traffic.log_as(wiring.settings.log_format)
    uvicorn.Server(server_config(app, wiring.settings)).run()


def server_config(app: Litestar, settings: Settings) -> uvicorn.Config:
    """How we listen, also used by the demo.

    httptools, because h11 answers a request with both Content-Length and Transfer-Encoding and reads on (request
    smuggling). The peer's address is taken from X-Forwarded-For only behind the proxies that the settings name. With
    a certificate of our own we speak TLS (1.2 at least) and nothing else.
    """
    proxies = settings.trusted_proxies.replace(" ", "")
    return uvicorn.Config(
        app, host=settings.host, port=settings.port, http=WholeAnswers, ws="none", lifespan="on",
        proxy_headers=bool(proxies), forwarded_allow_ips=proxies or "",
        access_log=False, log_config=None, server_header=False, date_header=True,
        timeout_graceful_shutdown=PATIENCE,
        ssl_certfile=settings.tls_cert_file or None, ssl_keyfile=settings.tls_key_file or None,
    )


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """uvicorn stops gracefully and then raises the same signal again: an ordered end is a success."""
    raise SystemExit(0)
