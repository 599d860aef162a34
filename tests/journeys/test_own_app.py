"""The app that the README writes in an afternoon, exactly as it stands there, against a real server."""

import re
from ast import literal_eval
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.fields import new_id
from tests.processes import free_port, serving
from tests.wire import client_at

README = Path(__file__).parents[2] / "README.md"
FRACTURE = {"occurred": "2026-11-20T14:30", "sites": [{"bone": "femur", "side": "left"}], "pain": 6}
ANNA = {"email": "anna@example.org", "password": "one child and two dogs", "display_name": "Anna", "language": "sv",
        "timezone": "Europe/Stockholm"}


def blocks() -> list[str]:
    section = README.read_text("utf-8").partition("### Write your own app")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def written() -> dict[str, Any]:
    """What the README's program defines."""
    memory, loop, _use = blocks()
    names: dict[str, Any] = {}
    exec(compile(memory + loop, str(README), "exec"), names)
    return names


async def linking_code(cast, port: int) -> str:
    async with client_at(port, cast.nora) as nora:
        issued = await nora.post(f"/api/v1/participants/{cast.leo.id}/linking-codes",
                                 json={"relation": "other_guardian", "role": "guardian"})
        assert issued.status_code == 201, issued.text
        return issued.json()["code"]


def test_sync_loop_has_thirty_lines_at_most():
    _memory, loop, _use = blocks()

    assert len(loop.strip().splitlines()) <= 30


async def test_app_of_the_readme_does_what_the_readme_says(study, cast, capsys):
    with serving(study.settings) as (_process, port):
        code = await linking_code(cast, port)
        whole = "\n".join(blocks()).replace("7KXM-2PQW-HT4C", code).replace("mia@", "anna@")
        whole = whole.replace(":8000", f":{port}").replace('"diary.json"', f'"{study.settings.data_folder}.json"')

        names: dict[str, Any] = {}
        exec(compile(whole, str(README), "exec"), names)
        names["phone"].http.close()

    assert literal_eval(capsys.readouterr().out) == [FRACTURE]


async def test_app_of_the_readme_survives_what_happens_to_phones(study, cast, written, tmp_path):
    port, file = free_port(), str(tmp_path / "diary.json")
    with serving(study.settings, port):
        phone = written["Phone"](f"http://127.0.0.1:{port}", file)
        phone.redeem(await linking_code(cast, port), **ANNA)
        phone.log("fracture", **FRACTURE)
        phone.sync()

        # its token has run out
        phone.keep(access_token="run.out.long-ago")
        phone.log("fracture", **FRACTURE)
        phone.sync()
        assert (len(phone.kept["entries"]), phone.kept["outbox"]) == (2, [])

    # the server is down, and the phone is started anew
    phone.log("fracture", **FRACTURE)
    with pytest.raises(httpx.TransportError):
        phone.sync()
    phone.http.close()
    phone = written["Phone"](f"http://127.0.0.1:{port}", file)
    assert len(phone.kept["outbox"]) == 1

    # the server comes back from a backup: the phone's place is not one of its own any more
    phone.keep(place={**phone.kept["place"], "epoch": str(new_id())})
    with serving(study.settings, port):
        phone.sync()
    phone.http.close()
    assert (len(phone.kept["entries"]), phone.kept["outbox"]) == (3, [])
    assert {entry["state"] for entry in phone.kept["entries"].values()} == {"received"}
