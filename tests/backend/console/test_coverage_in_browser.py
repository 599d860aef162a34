"""Attested time in a real browser: weeks in colour and in words, for a nurse who sees and for one who listens."""

from datetime import timedelta

import pytest

from models import Participant
from tests.backend.console.test_first_day_in_browser import cookie, look
from tests.backend.console.test_in_browser import BINARY, windows

pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium here"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def test_nora_reads_a_year_of_leo_and_the_list_of_her_site(settings, cast, now, as_, phone_of):
    await Participant.filter(id=cast.leo.id).update(enrolled_at=now - timedelta(days=240))
    phone = phone_of("mia")

    async def told(first, last, lag, answer="nothing_happened"):
        days = [(now - timedelta(days=n)).date().isoformat() for n in (first, last)]
        await phone.push(phone.item({"from": days[0], "to": days[1], "answer": answer}, kind="check_in",
                                    recorded_at=(now - timedelta(days=last - lag)).isoformat()))

    for first, last, lag in ((200, 190, 0), (189, 170, 9), (150, 130, 20), (110, 100, 50), (60, 31, 1), (20, 3, 1)):
        await told(first, last, lag)
    await phone.push(phone.item({"occurred": (now - timedelta(days=10)).date().isoformat(),
                                 "sites": [{"bone": "femur", "side": "left"}]}))
    for state, ago, reason in (("paused", 90, "holiday"), ("active", 70, "over")):
        await as_("nora").post(f"/api/v1/participants/{cast.leo.id}/status", json={
            "state": state, "effective_on": (now - timedelta(days=ago)).date().isoformat(), "reason": reason})

    async with windows(settings) as window:
        nora = await window(await cookie(cast, "nora", now))
        await nora.open(f"/console/participants/{cast.leo.id}")
        weeks = nora.page.get_by_role("list", name="The last 52 weeks")
        assert await weeks.get_by_role("listitem").count() == 52
        await nora.page.get_by_role("link", name="A fracture", exact=True).wait_for()
        await look(nora, "coverage-child")
        await nora.page.get_by_role("link", name="Coverage").click()
        await nora.page.get_by_role("link", name="SE01-001").wait_for()
        await look(nora, "coverage-site")
        assert nora.complaints == []
