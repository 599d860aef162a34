"""A new engineer adds questions to the protocol's file and nothing else: the page asks them, the site sees them."""

import msgspec
import pytest

from models import DiaryEntry, StudyProtocol
from models.protocol import BOOSTB4

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
NEW = """splint = { type = "code", codes = ["none", "planned"] }
cast_off = { type = "date" }
days_in_hospital = { type = "integer", min = 0, max = 90 }
helpers = { type = "integer", min = 0, max = 3 }
pain = {"""


@pytest.fixture
def settings(settings, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(BOOSTB4.read_text("utf-8").replace("pain = {", NEW, 1), "utf-8")
    return msgspec.structs.replace(settings, protocol_file=str(file))


def test_questions_added_to_the_protocol_are_asked_and_stored_under_its_hash(phone, installation):
    mia = phone("mia")
    mia.sign_in()

    mia.page.get_by_role("button", name="Fracture").click()
    mia.page.get_by_role("button", name="Left thigh", exact=True).click()
    mia.page.get_by_role("button", name="Save").click()
    mia.page.get_by_role("link", name="Add details").click()
    mia.page.get_by_role("link", name="Anything else").click()
    mia.page.get_by_role("group", name="splint").get_by_role("button", name="Planned").click()
    mia.page.get_by_role("group", name="helpers").get_by_role("button", name="2").click()
    mia.page.get_by_label("cast off").fill("2026-11-01")
    mia.page.get_by_label("days in hospital").fill("12")
    mia.page.get_by_role("button", name="Done").click()
    mia.standing().get_by_text("Sent").wait_for()
    mia.page.locator(".entry").click()
    mia.page.get_by_role("definition").get_by_text("12", exact=True).wait_for()

    entry = installation.ask(lambda cast: DiaryEntry.get(participant=cast.leo))
    added = {name: entry.data[name] for name in ("splint", "helpers", "cast_off", "days_in_hospital")}
    assert added == {"splint": "planned", "helpers": 2, "cast_off": "2026-11-01", "days_in_hospital": 12}
    assert entry.findings == []
    assert "cast_off" in installation.ask(lambda _: StudyProtocol.all().order_by("-loaded_at").first()).body
    assert mia.complaints == []
