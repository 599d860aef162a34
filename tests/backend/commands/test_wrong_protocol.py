"""A protocol file with slips: `check` names each, nothing is started on it."""

import msgspec
import pytest

from models.protocol import BOOSTB4
from tests.processes import typed

SAID = (
    "own.toml, line 15, site.GB01: language is missing",
    "own.toml, line 24, check_in.weekday: must be a whole number >= 1",
    "own.toml, line 31, doses.mist: is unknown; is most meant?",
)


@pytest.fixture
def wrong(settings, tmp_path):
    body = BOOSTB4.read_text("utf-8").replace('language = "en"\n', "\n").replace("weekday = 7", "weekday = 0")
    (tmp_path / "own.toml").write_text(body.replace("most = 4", "mist = 4"), "utf-8")
    return msgspec.structs.replace(settings, protocol_file=str(tmp_path / "own.toml"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["check", "serve", "worker"])
def test_every_slip_of_the_protocol_is_named_and_nothing_started(wrong, command):
    ended = typed(wrong, command)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    said = [line for line in (ended.stdout + ended.stderr).splitlines() if "own.toml" in line]
    missing = [words for words in SAID if not any(words in line for line in said)]
    assert missing == [], said
