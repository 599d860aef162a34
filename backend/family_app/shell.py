"""The page's files, read once: their bytes, their tags, and the one version that names them all together."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.settings import Settings
from notifications.words.languages import LANGUAGES as MESSAGE_LANGUAGES
from notifications.words.safety_texts import safety_notice

PAGE = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html", ".js": "text/javascript", ".css": "text/css",
    ".json": "application/json", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
}
LANGUAGES = ("en", "sv")
"""Of the page itself; what we send comes in more (`message_languages`)."""


@dataclass(frozen=True)
class File:
    content: bytes
    kind: str

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


@cache
def shell(app_name: str, sandbox: bool = False, *, emergency: str = Settings().emergency_number,
          faces: bool = False) -> dict[str, File]:
    """Path below /app/ → file. The page itself is "index.html"; "sw.js" knows the version and all paths.

    What stands on the page whenever somebody is hurt comes with it, in every language: it must not need a network.
    """
    files = {
        path.relative_to(PAGE).as_posix(): File(path.read_bytes(), KINDS[path.suffix])
        for path in sorted(PAGE.rglob("*")) if path.suffix in KINDS
    }
    notices = {code: safety_notice(code, emergency) for code in LANGUAGES}
    files["config.json"] = _json({"app_name": app_name, "languages": LANGUAGES, "sandbox": sandbox, "faces": faces,
                                  "safety_notices": notices, "message_languages": MESSAGE_LANGUAGES}, ".json")
    files["manifest.webmanifest"] = _json(_manifest(app_name), ".webmanifest")
    worker = files.pop("sw.js")
    version = hashlib.sha256("".join(f"{name}{file.tag}" for name, file in files.items()).encode()).hexdigest()[:16]
    paths = ["/app/", *(f"/app/{name}" for name in files if name != "index.html")]
    stamp = {"version": version, "app_name": app_name, "files": paths}
    files["sw.js"] = File(worker.content.replace(b'"SHELL"', json.dumps(stamp).encode()), worker.kind)
    return files


def _json(content: object, suffix: str) -> File:
    return File(json.dumps(content, ensure_ascii=False).encode(), KINDS[suffix])


def _manifest(app_name: str) -> dict[str, object]:
    return {
        "name": app_name, "short_name": app_name, "id": "/app/", "start_url": "/app/", "scope": "/app/",
        "display": "standalone", "background_color": "#f6f7f5", "theme_color": "#2f5d62",
        "icons": [{"src": "/app/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
    }
