"""/metrics: how the installation fares, in Prometheus' text format. No names, no participant codes.

What the database knows is asked at every scrape, so that all processes say the same; what a process knows of itself
(requests, memory) is its own.
"""

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric

from backend.border.problems import database_is_away
from backend.clock import Now
from backend.errors import NotFound
from backend.metrics_queries import Figure, study_figures
from backend.version import VERSION
from backend.wiring import CurrentWiring, Wiring

HELP = {
    "build_info": "This version, and the study protocol it runs under",
    "database_up": "Whether the database answered",
    "disk_free_ratio": "Of the disk that holds DATA_FOLDER",
    "clock_skew_seconds": "This machine's clock, ahead of the database's (PostgreSQL)",
    "migrations_pending": "Migrations that have not run",
    "worker_beat_age_seconds": "Since the last sign of life of any worker",
    "workers": "Workers that have given a sign of life within a minute",
    "queue_depth": "Rows by state: due, later, dead; counting stops at 10,000 per queue",
    "queue_oldest_due_seconds": "How long the oldest due row has been waiting",
    "queue_most_attempts": "Tries of the row that was tried most often",
    "worklist_depth": "Entries that wait for a site's staff; counting stops at 1,000 per site",
    "worklist_oldest_seconds": "How long the oldest of them has been waiting",
    "quarantine_open": "Items that could not be stored and nobody has dealt with; counting stops at 10,000",
    "quarantine_oldest_seconds": "How long the oldest of them has been waiting",
    "conflicts_open": "Entries with a conflict that nobody has settled; counting stops at 10,000",
    "data_queries": "Data queries that are open or answered; counting stops at 10,000",
    "safety_cases_open": "Safety cases nobody has acknowledged; counting stops at 1,000 per site",
    "safety_cases_overdue": "Those of them whose deadline has passed",
    "safety_oldest_open_seconds": "How long the oldest of them has been known",
    "sites_without_duty": "Sites with participants at which nobody is on duty now",
    "sites_with_duty_gaps": "Sites with participants at which nobody is on duty some time in the next seven days",
    "work_items_open": "Families that are not heard from, and nobody has closed it; counting stops at 10,000",
    "work_items_overdue": "Those of them that staff should have acted on by now",
    "notices_failed": "Notices that a channel gave up within a day, by the code of the reason; at most 10,000",
    "push_devices": "Registered devices that nobody has ended; counting stops at 10,000 per service",
    "push_devices_ended": "Those that ended within a day, by the code of the reason; at most 10,000",
    "sms_segments": "SMS segments counted this month (UTC), where SMS is set up",
    "sms_segments_cap": "How many there may be: SMS_MONTHLY_CAP",
    "sync_lag_seconds": "From writing on the phone to arrival here, of the last 200 entries that came in",
}


@get("/metrics", public=True, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], wiring: CurrentWiring, now: Now) -> Response[bytes]:
    """Figures for Prometheus, for who shows METRICS_TOKEN; for everybody else there is no such address."""
    if not _may_see(request.headers.get("authorization", ""), wiring.settings.metrics_token):
        raise NotFound
    figures = [*own_figures(wiring), *await _of_database(wiring, now)]
    body = exposition(figures) + generate_latest(request.app.state.traffic.registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


def _may_see(authorisation: str, token: str) -> bool:
    return bool(token) and hmac.compare_digest(authorisation.encode(), f"Bearer {token}".encode())


def own_figures(wiring: Wiring) -> Iterator[Figure]:
    """What needs no database."""
    file = wiring.protocol.file
    labels = {"version": VERSION, "protocol": file.code, "protocol_version": file.version,
              "protocol_hash": wiring.protocol.hash[:16]}
    yield Figure("build_info", 1, labels)
    folder = Path(wiring.settings.data_folder).absolute()
    disk = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    yield Figure("disk_free_ratio", disk.free / disk.total)


async def _of_database(wiring: Wiring, now: datetime) -> list[Figure]:
    """An away database is a figure too: a scrape must tell it, not fail."""
    try:
        return [Figure("database_up", 1), *await study_figures(wiring, now)]
    except Exception as failure:
        if not database_is_away(failure):
            raise
        return [Figure("database_up", 0)]


def exposition(figures: list[Figure]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Ready(figures))
    return generate_latest(registry)


class _Ready:
    """Figures that were asked for already, as the library wants to collect them."""

    def __init__(self, figures: list[Figure]) -> None:
        self.families: dict[str, GaugeMetricFamily] = {}
        for figure in figures:
            family = self.families.setdefault(figure.name, GaugeMetricFamily(
                f"diary_{figure.name}", HELP[figure.name], labels=list(figure.labels)))
            family.add_metric(list(figure.labels.values()), figure.value)

    def collect(self) -> Iterator[Metric]:
        yield from self.families.values()
