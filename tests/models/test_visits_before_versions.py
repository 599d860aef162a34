"""Visits from before a visit named the protocol version it was counted by: it was the one loaded last."""

from datetime import date, timedelta

import pytest

from backend.clock import utc_now
from models import Participant, Site, StudyProtocol, Visit
from models.migrator import migrate
from tests.models.conftest import opened

OLD, LAST = "1" * 64, "2" * 64


@pytest.mark.full
async def test_visits_of_an_upgraded_study_name_the_version_that_ran_last(database_url: str) -> None:
    now = utc_now()
    async with opened(database_url):
        site = await Site.create(code="SE01", name="Stockholm", country="SE", timezone="UTC", language="sv")
        leo = await Participant.create(code="SE01-001", site=site, arm="postnatal", enrolled_at=now)
        for days, version in ((9, OLD), (2, LAST)):
            await StudyProtocol.create(
                hash=version, code="X", version=version[:1], body="", loaded_at=now - timedelta(days=days))
        await Visit.create(participant=leo, seq=1, plan_code="FU", target_on=date(2026, 1, 1), timezone="UTC")
    await migrate(database_url, "0010_guards_of_depth")
    await migrate(database_url)

    async with opened(database_url):
        visit = await Visit.get()
        assert (visit.protocol_hash, visit.sequence, visit.bring, visit.unscheduled) == (LAST, 0, [], False)
