"""Typed clients of other people come out of our OpenAPI document without a warning, compile, and work."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import serving, typed

COMPILER = shutil.which("tsc")
TYPES = shutil.which("openapi-typescript")


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def document(settings, tmp_path) -> Path:
    printed = typed(settings, "openapi")
    assert printed.returncode == 0, printed.stderr
    path = tmp_path / "openapi.json"
    path.write_text(printed.stdout)
    return path


@pytest.mark.full
async def test_python_client_is_made_without_a_warning_and_reads_a_diary(document, tmp_path, study, cast, monkeypatch):
    pytest.importorskip("openapi_python_client", reason="pip install openapi-python-client")
    made = run(sys.executable, "-m", "openapi_python_client", "generate", "--path", document, "--output-path",
               tmp_path / "made_client", "--meta", "none", "--fail-on-warning")
    assert (made.returncode, made.stderr) == (0, ""), made.stdout + made.stderr
    monkeypatch.syspath_prepend(tmp_path)
    client_of = importlib.import_module("made_client").AuthenticatedClient
    get_own_account = importlib.import_module("made_client.api.accounts.get_own_account")
    pull_changes = importlib.import_module("made_client.api.sync.pull_changes")

    with serving(study.settings) as (_process, port), client_of(
        f"http://127.0.0.1:{port}", token=cast.mia.token
    ) as client:
        me = get_own_account.sync(client=client)
        page = pull_changes.sync(participant_id=me.participants[0].id, client=client)

    assert (me.participants[0].code, page.changes, page.has_more) == ("SE01-001", [], False)


@pytest.mark.full
@pytest.mark.skipif(not (COMPILER and TYPES), reason="npm install -g openapi-typescript typescript")
def test_typescript_types_are_made_without_a_warning_and_compile(document, tmp_path):
    made = run(TYPES, document, "-o", tmp_path / "diary.ts")
    assert made.returncode == 0, made.stderr
    assert "warn" not in (made.stdout + made.stderr).lower()

    compiled = run(COMPILER, "--noEmit", "--strict", tmp_path / "diary.ts")

    assert compiled.returncode == 0, compiled.stdout
