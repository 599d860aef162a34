"""The study protocol in words: what is run, what is unset, nothing without a word."""

import re

from models.protocol import BOOSTB4, load_protocol, not_published
from models.protocol.loading import read_protocol
from models.protocol.repeats import by_code
from tests.browsers import read

PROTOCOL = load_protocol()


async def test_staff_read_the_protocol_with_its_version_and_fingerprint(browser_of):
    shown = read(await (await browser_of("nora")).see("/console/protocol")).text

    for words in (
        f"version {PROTOCOL.file.version}", PROTOCOL.hash, "Every 7 days; the last day is a Sunday",
        "reminded at 18:00",
        "after 7, 21, 42 days", "after 4 hours: investigators", "12 rules", "no later than 48 hours after a dose",
        "6 months after the last dose", "4 months after the first dose", "DOSE-1 treatment at the first dose",
        "FU-Y3 … FU-Y10 long-term follow-up 3 years after the first dose, then every year until 10 years after it",
        "from 8 years on", "one fracture if both broke in the same way", "not decided yet",
    ):
        assert words in shown, words


async def test_what_the_trial_has_not_published_is_said_on_the_page_and_in_the_api(browser_of, as_):
    shown = read(await (await browser_of("nora")).see("/console/protocol")).text
    said = (await as_("mia").get("/api/v1/protocol")).json()["not_published"]

    visits = list(by_code(PROTOCOL.file.visit))
    assert {one["key"]: one["of"] for one in said} == {
        "visit.window": visits, "visit.bring": visits, "case_definition": ["CD-BOOSTB4"],
        "country.child_tiers": ["GB"], "safety.fracture_with_admission_is_serious": [],
    }
    unset = shown.partition("Not published by the trial")[2].partition("When families are asked")[0]
    for words in ("FU-Y5", "CD-BOOSTB4", ": GB", "admission to hospital is reported as serious"):
        assert words in unset, words


def test_what_is_set_is_no_longer_called_unpublished():
    body = BOOSTB4.read_text("utf-8").replace("child_tiers = []", "child_tiers = [8]")
    body = body.replace("clock_hours = 24", "clock_hours = 24\nfracture_with_admission_is_serious = false")
    body = re.sub(r'(?m)^(offset = "P.*")$', r'\1\nwindow_before = 7\nwindow_after = 7\nbring = ["fasting"]', body)

    assert [one.key for one in not_published(read_protocol(body, "own.toml").file)] == ["case_definition"]


async def test_page_has_a_word_for_every_code_it_shows(browser_of):
    shown = read(await (await browser_of("max")).see("/console/protocol")).text

    assert set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", shown)) == set()


async def test_families_and_strangers_have_no_protocol_page(browser_of):
    assert (await (await browser_of("mia")).see("/console/protocol")).status_code == 403
    assert (await (await browser_of()).see("/console/protocol")).status_code in (303, 401)
