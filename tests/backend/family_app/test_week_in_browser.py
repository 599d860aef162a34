"""The week in one tap, whatever is known of it; and what the phone is called."""

from datetime import date, timedelta

import pytest

from backend.clock import utc_now
from backend.diary.on_behalf import log_on_behalf
from backend.diary.schemas import OnBehalf
from models import DiaryEntry, Session
from models.actions import Action
from models.fields import new_id
from models.vocabulary import EntryKind, Relation
from notifications.local_time import local_date, zone_named
from tests.backend.family_app.test_page_in_browser import photograph

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
UA = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) {}"
DEVICES = [
    ("iPhone; CPU iPhone OS 18_5 like Mac OS X", "Version/18.5 Mobile/15E148 Safari/604.1", 5, "Safari on iPhone"),
    ("iPhone; CPU iPhone OS 18_5 like Mac OS X", "CriOS/140.0 Mobile/15E148 Safari/604.1", 5, "Chrome on iPhone"),
    ("Macintosh; Intel Mac OS X 10_15_7", "Version/18.5 Safari/605.1.15", 5, "Safari on iPad"),
    ("Macintosh; Intel Mac OS X 10_15_7", "Version/18.5 Safari/605.1.15", 0, "Safari on Mac"),
    ("Linux; Android 15; SM-S921B", "SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", 5,
     "Samsung Internet on Android"),
    ("Windows NT 10.0; Win64; x64", "Chrome/140.0 Safari/537.36 Edg/140.0", 0, "Edge on Windows"),
    ("X11; Linux x86_64; rv:143.0", "Gecko/20100101 Firefox/143.0", 0, "Firefox on Linux"),
    ("a toaster", "none", 0, ""),
]


async def told_of(cast, occurred: str) -> None:
    """A fracture of that day, as the father told the nurse."""
    told = OnBehalf(EntryKind.FRACTURE, {"occurred": occurred, "sites": [{"bone": "femur"}]}, "site_interview",
                    relation=Relation.FATHER)
    actor, now = await cast.actor("nora", Action.ENTRY_LOG_ON_BEHALF), utc_now()
    await log_on_behalf(actor, cast.leo.id, new_id(), told, cast.wiring.protocol, now)


def end_of_last_week(weekday: int) -> date:
    today = local_date(utc_now(), zone_named("Europe/Stockholm"))
    return today - timedelta(days=(today.isoweekday() - weekday) % 7)


def test_week_with_a_fracture_is_never_attested_as_one_in_which_nothing_happened(phone, installation):
    ends = end_of_last_week(installation.cast.wiring.protocol.file.check_in.weekday)
    installation.ask(lambda cast: told_of(cast, f"{ends - timedelta(days=7)}"))  # the week before
    mia = phone("mia")
    mia.sign_in()
    mia.page.get_by_role("button", name="Nothing happened this week").wait_for()
    installation.ask(lambda cast: told_of(cast, f"{ends - timedelta(days=2)}"))
    mia.page.reload()

    mia.page.get_by_role("button", name="Nothing else happened this week").wait_for()
    photograph(mia.page, "home-week-else")
    assert mia.page.get_by_text("Nothing happened this week").count() == 0
    mia.page.get_by_role("button", name="Nothing else happened this week").click()
    mia.page.get_by_text("is noted.").wait_for()
    mia.page.get_by_text("All sent").wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(kind="check_in"))
    assert (entry.data["answer"], entry.data["to"], entry.findings) == ("had", f"{ends}", [])
    assert mia.complaints == []


@pytest.mark.full
def test_device_is_called_as_people_call_it(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    names = mia.page.evaluate(
        "async (devices) => { const { deviceName } = await import('/app/device_name.js');"
        " return devices.map(([userAgent, maxTouchPoints]) => deviceName({ userAgent, maxTouchPoints })); }",
        [[UA.format(system, browser), points] for system, browser, points, _ in DEVICES],
    )

    assert names == [name for *_, name in DEVICES]
    newest = installation.ask(lambda cast: Session.filter(account_id=cast.mia.id).order_by("-id").first())
    assert newest.device_name == "Chrome on Linux"
