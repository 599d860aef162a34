"""The family page as served: its headers, its versions, its languages and its codes."""

import json
import re
from pathlib import Path

import pytest

from backend.family_app.routes import CONTENT_SECURITY_POLICY
from backend.family_app.shell import LANGUAGES, PAGE, shell
from backend.inbox import preference_findings
from backend.inbox.schemas import NoticeStatus
from models.protocol import load_protocol
from models.vocabulary import (
    BringItem,
    ChangeReason,
    ConsentDecision,
    NoticeKind,
    Relation,
    Role,
    Snooze,
    VisitState,
)

TEXTS = {code: json.loads((PAGE / "texts" / f"{code}.json").read_text("utf-8")) for code in LANGUAGES}


@pytest.mark.parametrize("path", ["/app/", "/app/link", "/app/start.js", "/app/sw.js", "/app/config.json"])
async def test_every_file_of_the_page_keeps_strangers_out(as_, path):
    answer = await as_().get(path)

    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"


async def test_unchanged_file_is_not_sent_again(as_):
    first = await as_().get("/app/start.js")

    again = await as_().get("/app/start.js", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/app/nothing.js", "/app/../settings.py", "/app/%2e%2e/routes.py", "/app/texts/"])
async def test_page_serves_nothing_but_its_own_files(as_, path):
    answer = await as_().get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_linking_code_stays_out_of_what_the_server_sees(as_):
    answer = await as_().get("/link")

    assert (answer.status_code, answer.headers["location"]) == (307, "/app/link")


async def test_page_outside_the_scope_of_its_worker_leads_into_it(as_):
    answer = await as_().get("/app")

    assert answer.headers["location"] == "/app/"


def test_service_worker_names_every_file_and_changes_with_any_of_them():
    files, renamed = shell("Diary"), shell("Another name")

    stamp = json.loads(re.search(r"= (\{.*\});", files["sw.js"].content.decode())[1])

    assert set(stamp["files"]) == {"/app/", *(f"/app/{name}" for name in files if name not in ("sw.js", "index.html"))}
    assert stamp["version"] not in renamed["sw.js"].content.decode()


def test_page_has_nothing_inline_and_calls_nobody_else():
    for path in PAGE.rglob("*"):
        if path.suffix not in (".html", ".js", ".css"):
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=\"|innerHTML|eval\(", text), path
        assert not re.search(r"https?://(?!www\.w3\.org)", text), path
        assert len(text.splitlines()) <= 300, path


def test_every_text_the_page_asks_for_exists_in_every_language():
    source = "".join(path.read_text("utf-8") for path in PAGE.rglob("*.js"))
    asked = set(re.findall(r"\bt\(\"([a-z_.A-Z]+)\"", source))

    assert asked
    for language, texts in TEXTS.items():
        assert asked <= texts.keys(), (language, asked - texts.keys())
    assert TEXTS["en"].keys() == TEXTS["sv"].keys()


def test_every_code_of_the_protocol_has_words():
    content = load_protocol().file
    wanted = {f"check.{check.code}" for check in content.edit_check}
    wanted |= {f"reason.{reason}" for reason in ChangeReason} | {f"relation.{relation}" for relation in Relation}
    wanted |= {f"role.{role}" for role in Role} | {f"consent.you_{word}" for word in ConsentDecision}
    for form in content.form.values():
        for name, field in form.field.items():
            wanted |= {f"{name}.{code}" for code in field.codes}
            wanted |= {f"{part}.{code}" for part, item in field.item.items() for code in item.codes}

    wanted |= _about_reminders()
    missing = {key for key in wanted if key not in TEXTS["en"] and f"code.{key.split('.')[1]}" not in TEXTS["en"]
               and not key.startswith("level.")}  # T12 is its own name

    assert missing == set()


def _about_reminders() -> set[str]:
    findings = (Path(preference_findings.__file__)).read_text("utf-8")
    return {f"bring.{item}" for item in BringItem} | {f"kind_of_notice.{kind}" for kind in NoticeKind} | {
        f"snooze.{until}" for until in Snooze} | {f"inbox.{status}" for status in NoticeStatus} | {
        f"visit_state.{state}" for state in VisitState if state is not VisitState.PLANNED} | {
        f"finding.{code}" for code in re.findall(r'\("([a-z_]+)", f?"/', findings)}
