"""Ten years of one child: 520 check-ins of two guardians and 60 fractures, read as attested time and pulled whole."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from backend.clock import utc_now
from backend.settings import Settings
from backend.wiring import Wiring
from models import DiaryEntry, EntryRevision, Guardianship, Participant, Site
from models.fields import new_id
from models.vocabulary import EntryKind, EntryState, Relation, RevisionState, Role
from tests.bench.measures import Bench, Row, limits_of
from tests.bench.scene import Run
from tests.bench.study import ACCOUNT, FULL, PARTICIPANT, SESSION, WRITERS, in_study, made_id

CHILD = WRITERS - 1
"""A family of the bench that has no other entries in the study where much is stored."""
OTHER_PARENT = WRITERS - 2
DAYS, CHECK_INS, FRACTURES = 3650, 520, 60


def fill_ten_years(settings: Settings) -> None:
    """As phones would have sent it; every fifth check-in came a week late."""
    asyncio.run(in_study(settings, _fill))


async def _fill(wiring: Wiring) -> None:
    now = utc_now()
    began = (now - timedelta(days=DAYS)).date()
    child = made_id(PARTICIPANT, CHILD)
    await Participant.filter(id=child).update(
        enrolled_at=now - timedelta(days=DAYS), birth_month=began.replace(day=1), seq=CHECK_INS + FRACTURES)
    await Guardianship.create(
        account_id=made_id(ACCOUNT, OTHER_PARENT), participant_id=child, role=Role.GUARDIAN,
        relation=Relation.FATHER, capabilities=FULL, starts_at=now - timedelta(days=1))
    site = await Site.get(code="SE01")
    rows = [_rows(seq, content, site, wiring.protocol.hash) for seq, content in enumerate(_told(began), 1)]
    await DiaryEntry.bulk_create([entry for entry, _ in rows])
    await EntryRevision.bulk_create([revision for _, revision in rows])


def _told(began: date) -> Iterator[tuple[EntryKind, dict[str, Any], date, date]]:
    """Kind, content, the day it is about, the day it was told."""
    for week in range(CHECK_INS):
        last = began + timedelta(days=7 * week + 6)
        data = {"from": (last - timedelta(days=6)).isoformat(), "to": last.isoformat(), "answer": "nothing_happened"}
        yield EntryKind.CHECK_IN, data, last, last + timedelta(days=7 * (week % 5 == 4))
    for number in range(FRACTURES):
        day = began + timedelta(days=DAYS * number // FRACTURES)
        since = (day - timedelta(days=3)).isoformat()
        data = {"occurred": day.isoformat(), "sites": [{"bone": "femur", "side": "left"}], "nothing_else_since": since}
        yield EntryKind.FRACTURE, data, day, day + timedelta(days=1)


def _rows(
    seq: int, told: tuple[EntryKind, dict[str, Any], date, date], site: Site, protocol_hash: str
) -> tuple[DiaryEntry, EntryRevision]:
    kind, data, day, told_on = told
    author = made_id(ACCOUNT, CHILD if seq % 2 else OTHER_PARENT)
    relation = Relation.MOTHER if seq % 2 else Relation.FATHER
    at, midnight = datetime.combine(told_on, time(18), UTC), datetime.combine(day, time.min, UTC)
    entry = DiaryEntry(
        id=new_id(), participant_id=made_id(PARTICIPANT, CHILD), site_id=site.id, kind=kind,
        state=EntryState.VALIDATED, version=1, validated_version=1, seq=seq, data=data, findings=[],
        occurred_from=midnight, occurred_to=midnight + timedelta(hours=23), recorded_by_id=author, relation=relation,
        received_at=at, changed_at=at)
    revision = EntryRevision(
        id=new_id(), entry_id=entry.id, version=1, state=RevisionState.ACCEPTED, seq=seq, data=data, sent=data,
        resolves=[], findings=[], author_id=author, relation=relation, session_id=made_id(SESSION, CHILD),
        device_time=at.isoformat(), timezone="Europe/Stockholm", clock_skew=0, protocol_hash=protocol_hash,
        received_at=at)
    return entry, revision


def coverage_of_ten_years(bench: Bench) -> Row:
    runs = _runs(bench, "/coverage")
    took = _milliseconds(runs)
    return Row(f"coverage of ten years ({CHECK_INS} check-ins, {FRACTURES} fractures)", f"{took:.1f} ms", aim="< 50 ms",
               limits=limits_of(runs), met=took < 50)


def pull_of_ten_years(bench: Bench) -> Row:
    """Everything, as a new phone asks for it."""
    pages = [_runs(bench, f"/changes?limit=500&since={since}") for since in (0, 500)]
    took = sum(_milliseconds(runs) for runs in pages)
    return Row(f"pull of ten years ({CHECK_INS + FRACTURES} entries, two pages)", f"{took:.1f} ms", aim="< 1,000 ms",
               limits=limits_of([run for runs in pages for run in runs]), met=took < 1000)


def _runs(bench: Bench, what: str) -> list[Run]:
    family = bench.much.study.families[CHILD]
    wanted = [("gets", [f"/api/v1/participants/{family.participant}{what}", family.token])]
    return [bench.much.load(wanted, bench.effort.seconds) for _ in range(bench.effort.rounds)]


def _milliseconds(runs: list[Run]) -> float:
    return median(run.p50 for run in runs) * 1e3
